import type { Verdict } from "./finding.ts";

/** What a second mind, which saw claim and code only, says about a finding. Model text: untrusted. */
export type Judgement = {
  readonly verdict: Exclude<Verdict, "unverified">;
  /** Why, in a few sentences. */
  readonly evidence: string;
  /** The code that decides, as it stands in the head version; "" when none does. */
  readonly quote: string;
};

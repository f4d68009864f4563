import type { RuleDescription } from "../rule.ts";

/** A place in a text, as code unit indexes, end exclusive; what differs from the rule's own words stands here. */
export type Spot = {
  readonly start: number;
  readonly end: number;
  readonly title?: string;
  readonly message?: string;
  readonly severity?: RuleDescription["severity"];
};

/** A detector that reads a file as text, whatever language it is in. */
export type TextRule = RuleDescription & {
  /** What it finds must not be repeated in reports and logs: the quote shows only how it begins. */
  readonly hidesMatch?: true;
  /** In source order. Linear in the length of the text. */
  readonly find: (path: string, text: string) => readonly Spot[];
  /** Both run as tests. Written so that no scanner takes them for the real thing: `{}` stands for nothing. */
  readonly examples: { readonly invalid: readonly string[]; readonly valid: readonly string[] };
};

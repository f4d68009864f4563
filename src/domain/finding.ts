import { z } from "zod";

import { SEVERITIES } from "./severity.ts";

/** Kebab-case subjects that findings are grouped by; a rule or lens may add its own. */
export const CATEGORY = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);

/**
 * What one subagent or rule claims, anchored in the head (RIGHT) or base (LEFT) version. Lines are 1-based and inclusive.
 * Model text in it is untrusted: it passes `neutralize` before anybody sees it.
 */
export const Claim = z.object({
  path: z.string().min(1).max(1024),
  startLine: z.int().positive(),
  endLine: z.int().positive(),
  side: z.enum(["RIGHT", "LEFT"]),
  severity: z.enum(SEVERITIES),
  category: CATEGORY,
  title: z.string().min(1).max(200),
  detail: z.string().max(8_000),
  /** Concrete input or state -> wrong result; "" when the claim needs none. */
  failureScenario: z.string().max(4_000),
  /** Replacement for exactly startLine..endLine of the head version; absent when there is no safe one. */
  suggestion: z.string().max(8_000).optional(),
  /** The code that the claim is about, as it stands at startLine..endLine; "" when the claim is about the whole file. */
  quote: z.string().max(8_000),
  /** 0..1, the reporter's own estimate; 1 for deterministic rules. */
  confidence: z.number().min(0).max(1),
  source: z.enum(["model", "rule"]),
  ruleId: z.string().optional(),
});
export type Claim = z.infer<typeof Claim>;

/** introduced: on lines that the change added or altered. pre-existing: anywhere else. */
const SCOPES = ["introduced", "pre-existing"] as const;
export type Scope = (typeof SCOPES)[number];

/** What a second mind can say of a claim; unverified until it has. */
export const VERDICTS = ["confirmed", "plausible", "refuted", "unverified"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Where a finding is shown: on its lines, on its file, or in the review's body. */
const PLACEMENTS = ["inline", "file", "summary"] as const;

/** A claim after merging, with everything that readers and later runs need. */
export const Finding = Claim.extend({
  /** Short and stable within a run: `f1`, `f2`, ... in rank order. */
  id: z.string(),
  scope: z.enum(SCOPES),
  /** The lens that found it, or `rules`. */
  lens: z.string(),
  /** How many of the subagents that looked at this place reported it. */
  agreement: z.object({ found: z.int().nonnegative(), of: z.int().positive() }),
  verdict: z.enum(VERDICTS),
  /** What the verifier gave as evidence; absent when nobody verified it. Model text, as untrusted as the claim. */
  verification: z.string().max(8_000).optional(),
  /** Same finding, same fingerprint, across runs and moved lines. */
  fingerprint: z.string(),
  placement: z.enum(PLACEMENTS),
  /** Why it is not inline; absent for inline findings. */
  placementReason: z.string().optional(),
  /** Who decided that it is not to be shown, and why; absent when nobody has. It counts for nothing then. */
  ignored: z.object({ by: z.string(), reason: z.string() }).optional(),
  /** The comment that an earlier review posted on its lines, and whether its conversation was resolved; absent when there is none. */
  earlier: z.object({ url: z.string(), isResolved: z.boolean() }).optional(),
});
export type Finding = z.infer<typeof Finding>;

/** Whether a reader should act on it: not refuted, not ignored, and about this change. Only such findings are counted. */
export function isOpen({ scope, verdict, ignored }: Pick<Finding, "scope" | "verdict" | "ignored">): boolean {
  return scope === "introduced" && verdict !== "refuted" && ignored === undefined;
}

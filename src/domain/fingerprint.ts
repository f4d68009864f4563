import { createHash } from "node:crypto";

import { causeOf } from "./category.ts";
import type { Claim } from "./finding.ts";

/** Hex digits kept of the SHA-256: 64 bits, so that a million findings collide with a chance of one in 40 million. */
const LENGTH = 16;

/**
 * Identity of a finding across runs: rule (or cause of the category), path and code, no line number and no prose. It survives
 * lines that move, re-indentation and rewording. `code` is the text of the anchored lines. `occurrence` tells equal code in one
 * file apart: 0 for the first from the top, and so on.
 */
export function fingerprint(
  claim: Pick<Claim, "path" | "category" | "ruleId">,
  code: string,
  occurrence: number,
): string {
  const cause = claim.ruleId ?? causeOf(claim.category) ?? claim.category;
  return createHash("sha256")
    .update(JSON.stringify(["v1", cause, claim.path, code.split("\n").map(withoutSpace).join("\n"), occurrence]))
    .digest("hex")
    .slice(0, LENGTH);
}

/** The line without any white space, so that formatting does not count. */
export function withoutSpace(line: string): string {
  return line.replaceAll(/\s+/g, "");
}

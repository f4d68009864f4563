import { z } from "zod";

import type { CoverageEntry } from "./coverage.ts";
import type { ChangedFile } from "./diff.ts";
import type { Finding } from "./finding.ts";
import { withoutSpace } from "./fingerprint.ts";
import { kindOf, type PostedFinding } from "./posted-finding.ts";
import type { RepoPath } from "./repo-path.ts";
import type { FindingRecord } from "./review-record.ts";
import { SEVERITIES } from "./severity.ts";

/** A finding on lines of the diff whose code is gone since the review before. */
export const FixedFinding = z.object({
  fingerprint: z.string(),
  path: z.string(),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  /** Of the comment that an earlier review posted for it. */
  url: z.string(),
});
export type FixedFinding = z.infer<typeof FixedFinding>;

/** What it takes to say of a posted finding that it is gone. */
export type FixedInput = {
  readonly posted: readonly PostedFinding[];
  /** Of the reviews of the head that was reviewed last, with their code: what had gone by then has been said. */
  readonly last: readonly FindingRecord[];
  /** Of this review. */
  readonly findings: readonly Finding[];
  readonly files: readonly ChangedFile[];
  readonly headTexts: ReadonlyMap<RepoPath, string>;
  readonly coverage: readonly CoverageEntry[];
  /** Whether `files` are all of the changed ones. */
  readonly isWhole: boolean;
};

/**
 * The open findings of earlier reviews that are certainly gone: their lines have changed, their code stands in the file no more (nor in
 * any changed file, when theirs is not part of the change any more), this review read the file in full, and it has nothing of the
 * same kind to say there. What is not certain is not said. In the order of `posted`.
 */
export function fixedFindings(input: FixedInput): readonly FixedFinding[] {
  const reviewed = new Set(input.coverage.flatMap(({ path, status }) => (status === "reviewed" ? [path] : [])));
  const present = input.files.filter(({ status }) => status !== "removed");
  const changed = new Set(present.flatMap(({ path, previousPath }) => [path, previousPath ?? path]));
  const kinds = new Set(input.findings.map((finding) => `${finding.path}\n${kindOf(finding)}`));
  const codes = new Map<RepoPath, string>();
  const codeIn = (path: RepoPath): string => {
    const code = codes.get(path) ?? withoutSpace(input.headTexts.get(path) ?? "");
    codes.set(path, code);
    return code;
  };
  return input.posted.flatMap(({ finding, url, lines, isResolved }) => {
    const { fingerprint, path, severity, title } = finding;
    const record = input.last.find((each) => each.fingerprint === fingerprint || each.earlier?.url === url);
    const code = codeOf(record);
    if (isResolved || lines !== undefined || code === undefined) return [];
    if (kinds.has(`${path}\n${kindOf(finding)}`)) return [];
    const isGone = changed.has(path)
      ? reviewed.has(path) && input.headTexts.has(path) && !codeIn(path).includes(code)
      : input.isWhole && [...input.headTexts.keys()].every((other) => !codeIn(other).includes(code));
    return isGone ? [{ fingerprint, path, severity, title, url }] : [];
  });
}

/** Undefined where the code is not known, or not all of it. */
function codeOf(record: FindingRecord | undefined): string | undefined {
  if (record === undefined || record.side === "LEFT" || record.ignored !== undefined) return undefined;
  const code = withoutSpace(record.quote);
  return code === "" || code.endsWith("…") ? undefined : code;
}

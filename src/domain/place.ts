import { hunkAround } from "./diff-anchor.ts";
import type { ChangedFile } from "./diff.ts";
import type { Finding } from "./finding.ts";
import { isQuotedPath } from "./git-path.ts";
import type { Settings } from "./settings.ts";
import { compareSeverity } from "./severity.ts";

type Placed = Pick<Finding, "placement" | "placementReason">;

/** What a placement depends on beside the finding. */
export type PlacementLimits = Pick<Settings, "caps" | "minimumSeverity">;

/** GitHub rejects a whole review for one anchor it cannot render; a comment on a huge range helps nobody either. */
const MAX_INLINE_LINES = 100;
/** What a static rule finds is on a line only when it is right this often. */
const TRUSTED_RULE = 0.7;

/**
 * Where one finding can be shown, caps aside: `inline` on lines that GitHub takes a comment on (the range in one hunk, on its
 * side; a start before the end), else on its `file` when that is in the diff, else in the `summary`; the reason for anything
 * but inline. Refuted and pre-existing findings, those below the minimum and those that have a comment on lines already are in the
 * summary, never on a line.
 */
export function placeFinding(
  finding: Omit<Finding, "id" | "placement" | "placementReason">,
  file: ChangedFile | undefined,
  minimumSeverity: Settings["minimumSeverity"],
): Placed {
  if (finding.ignored !== undefined) return inSummary("somebody decided to ignore it");
  if (finding.verdict === "refuted") return inSummary("a second look did not confirm it");
  if (finding.earlier?.isResolved === true) return inSummary("its conversation was resolved");
  if (finding.earlier !== undefined) return inSummary("an earlier review's comment on it is still open");
  if (file === undefined) return inSummary("the file is not part of this change");
  if (isQuotedPath(file.path)) return inSummary("the file's name cannot be given to GitHub");
  if (finding.scope === "pre-existing") return inSummary("the change does not touch these lines");
  if (compareSeverity(finding.severity, minimumSeverity) > 0)
    return inSummary(`it is below the minimum severity (${minimumSeverity})`);
  if (finding.source === "rule" && finding.confidence < TRUSTED_RULE && finding.verdict !== "confirmed")
    return inSummary("the rule that found it is often wrong, and nobody has confirmed it");
  if (finding.quote === "") return onFile("it is about the whole file");
  if (file.hunks.length === 0) return onFile("the diff of this file is not shown");
  if (hunkAround(file, finding.side, finding.startLine, finding.endLine) === undefined) {
    return onFile("its lines are not in one hunk of the diff");
  }
  if (finding.endLine - finding.startLine >= MAX_INLINE_LINES)
    return onFile(`it covers more than ${MAX_INLINE_LINES} lines`);
  return { placement: "inline" };
}

/**
 * Placements for findings in rank order, caps applied: at most `caps.inlineComments` comments on lines, and at most `caps.nits`
 * findings of low severity on lines and files together; what is over goes to the summary and says so. Nothing is dropped.
 */
export function placeAll(
  findings: readonly Finding[],
  files: readonly ChangedFile[],
  limits: PlacementLimits,
): readonly Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  let comments = 0;
  let nits = 0;
  return findings.map((finding) => {
    const placed = placeFinding(finding, byPath.get(finding.path), limits.minimumSeverity);
    if (placed.placement === "summary") return moved(finding, placed);
    if (finding.severity === "low" && nits >= limits.caps.nits)
      return moved(finding, inSummary(`it is over the limit of ${limits.caps.nits} low findings`));
    if (placed.placement === "inline" && comments >= limits.caps.inlineComments) {
      return moved(finding, inSummary(`it is over the limit of ${limits.caps.inlineComments} comments`));
    }
    if (placed.placement === "inline") comments += 1;
    if (finding.severity === "low") nits += 1;
    return moved(finding, placed);
  });
}

function inSummary(placementReason: string): Placed {
  return { placement: "summary", placementReason };
}

function onFile(placementReason: string): Placed {
  return { placement: "file", placementReason };
}

function moved(finding: Finding, placed: Placed): Finding {
  const result: Finding = { ...finding, ...placed };
  if (placed.placementReason === undefined) delete result.placementReason;
  return result;
}

import { type Finding, isOpen } from "../domain/finding.ts";
import type { Report } from "../domain/report.ts";
import type { Severity } from "../domain/severity.ts";
import { showInvisible } from "../domain/visible-text.ts";
import { coverageTable } from "./coverage-table.ts";
import { BODY_LIMIT, cutMarkdown } from "./cut-markdown.ts";
import { findingSections, foldedFindings } from "./finding-sections.ts";
import { costText, speedText } from "./footer.ts";
import { headline } from "./headline.ts";
import type { Surroundings } from "./place-link.ts";
import { noticeOf } from "./review-body.ts";

/** GitHub takes this many annotations with one request (REST description of check runs). */
const ANNOTATIONS_PER_REQUEST = 50;

/** Limits of one annotation: title in characters, message in bytes (64 KB, three bytes a code unit at most). */
const MAX_TITLE = 255;
const MAX_MESSAGE = 21_000;

const CUT = "_Cut to fit GitHub's limit. Everything is in `findings.json` of this run._";

/** As GitHub's REST API spells it. */
export type CheckAnnotation = {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: "failure" | "warning" | "notice";
  readonly message: string;
  readonly title: string;
};

/** The `output` of a check run, its annotations in batches for one request each; there may be none. */
export type CheckOutput = {
  readonly title: string;
  readonly summary: string;
  readonly batches: readonly (readonly CheckAnnotation[])[];
};

const LEVELS: Readonly<Record<Severity, CheckAnnotation["annotation_level"]>> = {
  critical: "failure",
  high: "failure",
  medium: "warning",
  low: "notice",
};

/**
 * What the check run shows. Annotations are plain text on lines of the head version: findings on removed lines stand in the
 * summary only, as do refuted ones and those about older code.
 */
export function checkOutput(report: Report, where: Surroundings): CheckOutput {
  const annotations = report.findings
    .filter(isOpen)
    .filter((finding) => finding.side === "RIGHT")
    .map(annotation);
  const summary = [
    noticeOf(report),
    ...findingSections(report, where, false, true),
    ...foldedFindings(report, where, false),
    coverageTable(report.coverage, 100),
    `${speedText(report)} · ${costText(report)}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
  return {
    title: cutText(headline(report), MAX_TITLE),
    summary: cutMarkdown(summary, BODY_LIMIT, CUT),
    batches: Array.from({ length: Math.ceil(annotations.length / ANNOTATIONS_PER_REQUEST) }, (_, index) =>
      annotations.slice(index * ANNOTATIONS_PER_REQUEST, (index + 1) * ANNOTATIONS_PER_REQUEST),
    ),
  };
}

function annotation(finding: Finding): CheckAnnotation {
  const message = [finding.detail, finding.failureScenario === "" ? "" : `When it shows: ${finding.failureScenario}`]
    .filter((part) => part !== "")
    .join("\n\n");
  return {
    path: finding.path,
    start_line: finding.startLine,
    end_line: finding.endLine,
    annotation_level: LEVELS[finding.severity],
    title: cutText(showInvisible(finding.title), MAX_TITLE),
    message: cutText(showInvisible(message === "" ? finding.title : message), MAX_MESSAGE),
  };
}

function cutText(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

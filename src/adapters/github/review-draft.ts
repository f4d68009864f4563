import type { ChangeSet } from "../../domain/change-set.ts";
import { hunkAround } from "../../domain/diff-anchor.ts";
import type { Finding } from "../../domain/finding.ts";
import type { Report } from "../../domain/report.ts";
import type { ReviewRender } from "./review-render.ts";

/** One inline comment as `POST /pulls/{n}/reviews` takes it. */
export type DraftComment = {
  readonly path: string;
  readonly body: string;
  readonly line: number;
  readonly side: "RIGHT" | "LEFT";
  readonly start_line?: number;
  readonly start_side?: "RIGHT" | "LEFT";
};

/** A review ready to post: every finding of `report` is in one of `comments`, or in `body`, never in both. */
export type Draft = { readonly body: string; readonly comments: readonly DraftComment[]; readonly report: Report };

/** Longest text of one comment or review, without its marker. GitHub takes 65,536 characters and counts them after its own changes. */
export const MAX_BODY = 60_000;

/** One call takes an unknown number of comments; more than this reads as noise and risks the limit on content creation. */
const MAX_INLINE = 50;

/** The review with inline comments where GitHub will take them: on lines of the diff, `maxInline` at most, in rank order. */
export function draftReview(report: Report, changeSet: ChangeSet, render: ReviewRender, maxInline: number): Draft {
  const files = new Map(changeSet.files.map((file) => [file.path, file]));
  const limit = Math.min(maxInline, MAX_INLINE);
  const comments: DraftComment[] = [];
  const findings = report.findings.map((finding) => {
    if (finding.placement !== "inline") return finding;
    const file = files.get(finding.path);
    if (file === undefined || hunkAround(file, finding.side, finding.startLine, finding.endLine) === undefined) {
      return inBody(finding, "GitHub takes comments only on lines of the diff");
    }
    if (comments.length >= limit) return inBody(finding, `beyond the ${limit} inline comments of one review`);
    const body = render.findingComment(finding);
    if (body.length > MAX_BODY) return inBody(finding, "too long for an inline comment");
    comments.push(draftComment(finding, body));
    return finding;
  });
  const placed = { ...report, findings };
  return { body: render.reviewBody(placed), comments, report: placed };
}

/** The review without inline comments: every finding in the body, for the reason given. */
export function draftWithoutInline(report: Report, render: ReviewRender, reason: string): Draft {
  const findings = report.findings.map((finding) =>
    finding.placement === "inline" ? inBody(finding, reason) : finding,
  );
  const placed = { ...report, findings, notes: [...report.notes, `No inline comments: ${reason}`] };
  return { body: render.reviewBody(placed), comments: [], report: placed };
}

function inBody(finding: Finding, placementReason: string): Finding {
  return { ...finding, placement: "summary", placementReason };
}

function draftComment({ path, startLine, endLine, side }: Finding, body: string): DraftComment {
  // A range of one line is refused: then only `line` is sent.
  const start = startLine < endLine ? { start_line: startLine, start_side: side } : {};
  return { path, body, line: endLine, side, ...start };
}

import { describe, expect, it } from "vitest";

import type { Report } from "../../src/domain/report.ts";
import { checkOutput } from "../../src/render/check-output.ts";
import { findingComment } from "../../src/render/finding-comment.ts";
import { jobSummary } from "../../src/render/job-summary.ts";
import { planMarkdown, planText } from "../../src/render/plan-text.ts";
import { reviewBody } from "../../src/render/review-body.ts";
import { NO_STATUS, statusAfter } from "../../src/render/run-status.ts";
import type { RunStatus } from "../../src/render/run-status.ts";
import { statusComment } from "../../src/render/status-comment.ts";
import { terminalReport } from "../../src/render/terminal-report.ts";
import { SAMPLE_FINDINGS, SAMPLE_PLAN, SAMPLE_REPORT, WHERE } from "../support/sample-report.ts";

function halfway(): RunStatus {
  const status = statusAfter(NO_STATUS, { kind: "plan-ready", plan: SAMPLE_PLAN });
  const [s1, s2, s3, s4] = SAMPLE_PLAN.subtasks;
  const outcome = { usage: SAMPLE_REPORT.usage, costUsd: 0, turns: 1, startedMs: 0, endedMs: 1 };
  return [
    ...[s1!, s2!, s3!, s4!].map((subtask) => ({ kind: "subtask-start" as const, subtask })),
    { kind: "claims-report" as const, subtaskId: "s2", count: 2 },
    {
      kind: "subtask-end" as const,
      subtask: s1!,
      outcome: { ...outcome, subtaskId: "s1", claims: SAMPLE_FINDINGS.slice(0, 2), end: "done" as const },
    },
    {
      kind: "subtask-end" as const,
      subtask: s4!,
      outcome: { ...outcome, subtaskId: "s4", claims: [], end: "failed" as const, error: new Error("529") },
    },
    { kind: "degradation" as const, message: "No permission to write check runs; the summary has everything." },
  ].reduce(statusAfter, status);
}

/** A review after another one: its first finding is open still, its second was put away by its author, and one is gone. */
function secondReview(): Report {
  const [first, second, third] = SAMPLE_FINDINGS;
  const url = (id: number): string => `https://github.com/acme/shop/pull/7#discussion_r${id}`;
  return {
    ...SAMPLE_REPORT,
    findings: [
      { ...first!, placement: "summary", earlier: { url: url(1), isResolved: false } },
      { ...second!, placement: "summary", earlier: { url: url(2), isResolved: true } },
      third!,
    ],
    fixed: [
      { fingerprint: "f".repeat(16), path: "src/a`b.ts", severity: "high", title: "It *was* [here](x)", url: url(3) },
    ],
  };
}

/** The files are there to be read: each shows what people will see. */
describe("what people read", () => {
  it.each([
    ["review-body.md", () => reviewBody(SAMPLE_REPORT, WHERE)],
    ["review-body-again.md", () => reviewBody(secondReview(), WHERE)],
    ["finding-comment.md", () => findingComment(SAMPLE_FINDINGS[0]!, undefined)],
    ["finding-comment-by-rule.md", () => findingComment(SAMPLE_FINDINGS[3]!, undefined)],
    ["status-comment-running.md", () => statusComment(halfway(), WHERE)],
    [
      "status-comment-ended.md",
      () =>
        statusComment(statusAfter(halfway(), { kind: "run-end", report: SAMPLE_REPORT }), {
          ...WHERE,
          reviewUrl: "https://github.com/acme/shop/pull/7#pullrequestreview-1",
        }),
    ],
    ["job-summary.md", () => jobSummary(SAMPLE_REPORT, WHERE)],
    ["check-summary.md", () => checkOutput(SAMPLE_REPORT, WHERE).summary],
    ["plan.md", () => planMarkdown(SAMPLE_PLAN)],
    ["plan.txt", () => planText(SAMPLE_PLAN)],
    ["terminal-report.txt", () => terminalReport(SAMPLE_REPORT)],
  ])("is %s", async (file, text) => {
    await expect(`${text()}\n`).toMatchFileSnapshot(`snapshots/${file}.snap`);
  });
});

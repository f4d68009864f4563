import * as fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";

import type { Plan } from "../../src/domain/plan.ts";
import { checkOutput } from "../../src/render/check-output.ts";
import { BODY_LIMIT, cutMarkdown, JOB_SUMMARY_LIMIT } from "../../src/render/cut-markdown.ts";
import { codeSpan, fence } from "../../src/render/fence.ts";
import { findingComment } from "../../src/render/finding-comment.ts";
import { ganttChart } from "../../src/render/gantt.ts";
import { jobSummary } from "../../src/render/job-summary.ts";
import { planMarkdown } from "../../src/render/plan-text.ts";
import { parseRecord } from "../../src/render/record-mark.ts";
import { reviewBody } from "../../src/render/review-body.ts";
import { NO_STATUS, statusAfter } from "../../src/render/run-status.ts";
import { statusComment } from "../../src/render/status-comment.ts";
import { aFinding, aReport, aSubtaskRun } from "../support/builders.ts";
import { SAMPLE_PLAN, SAMPLE_REPORT, WHERE } from "../support/sample-report.ts";

const LONG = aReport({
  findings: Array.from({ length: 400 }, (_, index) =>
    aFinding({
      id: `f${index + 1}`,
      placement: "summary",
      placementReason: "it is over the limit of 25 comments",
      detail: "A long explanation with 😀 in it. ".repeat(60),
      quote: "```\nfence\n```",
    }),
  ),
  coverage: Array.from({ length: 3_000 }, (_, index) => ({
    path: `src/file-${index}.ts`,
    status: "reviewed" as const,
    subtasks: ["s1"],
  })),
  subtasks: Array.from({ length: 1_000 }, (_, index) =>
    aSubtaskRun({ id: `s${index + 1}`, startedMs: index, endedMs: index + 5 }),
  ),
});

const HUGE_PLAN: Plan = {
  ...SAMPLE_PLAN,
  subtasks: Array.from({ length: 4_000 }, (_, index) => ({
    ...SAMPLE_PLAN.subtasks[0]!,
    id: `s${index + 1}`,
    dependsOn: [],
  })),
};

function isWhole(markdown: string): void {
  expect(markdown.isWellFormed()).toBe(true);
  const page = marked.parse(markdown, { async: false });
  expect(page.match(/<details>/g)?.length ?? 0).toBe(page.match(/<\/details>/g)?.length ?? 0);
}

describe("limits", () => {
  it("keeps a review body under GitHub's limit, whole, and says what was left out", () => {
    const body = reviewBody(LONG, WHERE);

    expect(body.length).toBeLessThanOrEqual(BODY_LIMIT);
    expect(body).toContain("Everything is in `findings.json`");
    expect(body).toContain("400 findings");
    expect(parseRecord(body)).toMatchObject({ complete: false });
    expect(parseRecord(body)?.findings).not.toEqual([]);
    isWhole(body);
  });

  it("keeps every finding of an ordinary review in full", () => {
    const body = reviewBody(SAMPLE_REPORT, WHERE);

    for (const finding of SAMPLE_REPORT.findings.filter((each) => each.placement !== "inline")) {
      expect(body).toContain(finding.path);
    }
    expect(body).not.toContain("Cut to fit");
  });

  it("keeps a job summary under 1 MiB in bytes", () => {
    const summary = jobSummary(LONG, WHERE);

    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(JOB_SUMMARY_LIMIT);
    isWhole(summary);
  });

  it("shows what matters of thousands of subtasks while they run", () => {
    const planned = statusAfter(NO_STATUS, { kind: "plan-ready", plan: HUGE_PLAN });
    const running = statusAfter(planned, { kind: "subtask-start", subtask: HUGE_PLAN.subtasks[3_210]! });

    const text = statusComment(running, WHERE);

    expect(text.split("\n").length).toBeLessThan(80);
    expect(text).toContain("⏳ running");
    expect(text).toContain("and 3940 more: 3940 queued");
  });

  it("says how a run ended that has no report", () => {
    const text = statusComment(NO_STATUS, { abandoned: "The key was refused @admin" });

    expect(text).toContain("Review ended without a result:** The key was refused `@admin`");
  });

  it("cuts a plan of thousands of subtasks to a comment", () => {
    expect(planMarkdown(HUGE_PLAN).length).toBeLessThanOrEqual(BODY_LIMIT);
  });

  it("draws sixty bars at most, one section for each wave, and labels without syntax", () => {
    const chart = ganttChart(LONG);
    const odd = ganttChart(
      aReport({ subtasks: [aSubtaskRun({ description: "a:b;c#d%%e\n```\nclick x", startedMs: 3, endedMs: 3 })] }),
    );

    expect(chart.match(/ :done, /g)?.length).toBeLessThanOrEqual(60);
    expect(odd.split("\n")).toContain("    s1 a b c d e click x :done, s1, 3, 4");
  });

  it("makes batches of fifty annotations on lines of the new version", () => {
    const left = aFinding({ side: "LEFT" });
    const output = checkOutput({ ...LONG, findings: [...LONG.findings, left] }, WHERE);

    expect(output.batches.map((batch) => batch.length)).toEqual(Array.from({ length: 8 }, () => 50));
    expect(output.batches[0]?.[0]).toMatchObject({
      annotation_level: "failure",
      path: "src/orders.ts",
      start_line: 10,
      end_line: 10,
    });
    expect(output.summary.length).toBeLessThanOrEqual(BODY_LIMIT);
    const title = checkOutput(
      aReport({ findings: [aFinding({ title: "😀".repeat(100), detail: "x".repeat(8_000) })] }),
      WHERE,
    );
    expect(title.batches[0]?.[0]?.title.length).toBeLessThanOrEqual(255);
  });

  it("cuts anywhere without leaving a code block, details or surrogate pair open", () => {
    const text = reviewBody(SAMPLE_REPORT, WHERE) + "\n````ts\n```\n😀\n````\n".repeat(5);

    fc.assert(
      fc.property(fc.integer({ min: 100, max: text.length - 1 }), (limit) => {
        const cut = cutMarkdown(text, limit, "_cut_");

        expect(cut.length).toBeLessThanOrEqual(limit);
        expect(cut.endsWith("\n\n_cut_")).toBe(true);
        isWhole(cut);
        expect(marked.parse(cut, { async: false })).toContain("<em>cut</em>");
      }),
    );
  });
});

describe("fence and codeSpan", () => {
  it("hold any code", () => {
    const code = fc
      .array(fc.oneof(fc.constantFrom("`", "```", "~~~", "\n", "x", " "), fc.string()), { maxLength: 8 })
      .map((parts) => parts.join("").replaceAll(/[\r\0]/g, ""));

    fc.assert(
      fc.property(code, (text) => {
        const tokens = marked.lexer(fence(text, "ts"));
        expect(tokens).toHaveLength(1);
        expect(tokens[0]?.type).toBe("code");
        const inline = marked.lexer(`a ${codeSpan(text.replaceAll(/[^`x ]/g, ""))} b`);
        expect(inline).toHaveLength(1);
      }),
    );
  });
});

describe("findingComment", () => {
  it("shows a suggestion as a button only when told so, in a fence that nothing inside can end", () => {
    const finding = aFinding({ suggestion: "```\n~~~\n````\nx" });
    expect(findingComment(finding, undefined)).toContain("`````suggestion\n```\n~~~\n````\nx\n`````");
    const text = findingComment(finding, "the file is protected");
    expect(text).not.toContain("suggestion\n");
    expect(text).toContain("**Suggestion** (to apply by hand, the file is protected):");
  });

  it("makes no button of a suggestion that other robots would read as a command", () => {
    const text = findingComment(aFinding({ suggestion: "x\n/lgtm\n@dependabot merge" }), undefined);

    expect(text).not.toMatch(/^\/lgtm|@dependabot|```suggestion/m);
    expect(text).toContain("(at)dependabot merge");
  });

  it("can suggest to remove lines", () => {
    const text = findingComment(aFinding({ suggestion: "" }), undefined);

    expect(text).toContain("```suggestion\n```");
  });
});

import type { Report } from "../domain/report.ts";
import { coverageTable } from "./coverage-table.ts";
import { cutMarkdown, JOB_SUMMARY_LIMIT } from "./cut-markdown.ts";
import { counted, dollars, duration, tokens } from "./figures.ts";
import { findingSections, foldedFindings } from "./finding-sections.ts";
import { folded } from "./folded.ts";
import { costText, speedText } from "./footer.ts";
import { ganttChart } from "./gantt.ts";
import { headline } from "./headline.ts";
import { inlineText, tableCell } from "./neutralize.ts";
import { phaseTable } from "./phase-table.ts";
import type { Surroundings } from "./place-link.ts";
import { noticeOf } from "./review-body.ts";

const CUT = "_Cut to fit GitHub's limit for job summaries. Everything is in `findings.json` of this run._";

/** UTF-8 needs three bytes at most for one UTF-16 code unit. */
const SAFE_UNITS = Math.floor(JOB_SUMMARY_LIMIT / 3);

const MAX_ROWS = 400;

/** The summary of a run for the page of its job: everything the review says, and how the work went. At most 1 MiB in UTF-8. */
export function jobSummary(report: Report, where: Surroundings): string {
  const versions = [true, false].map((full) => summaryWith(report, where, full));
  const fitting = versions.find((text) => Buffer.byteLength(text, "utf8") <= JOB_SUMMARY_LIMIT);
  return fitting ?? cutMarkdown(versions.at(-1) ?? "", SAFE_UNITS, CUT);
}

function summaryWith(report: Report, where: Surroundings, full: boolean): string {
  const gantt = ganttChart(report);
  const table = coverageTable(report.coverage, full ? 3_000 : MAX_ROWS);
  return [
    `## ${headline(report)}`,
    noticeOf(report),
    ...findingSections(report, where, full, true),
    ...foldedFindings(report, where, full),
    gantt === ""
      ? ""
      : `### How the work ran\n\n${speedText(report)}. Longest chain of subtasks that waited for each other: ${duration(report.criticalPathMs)}.\n\n${gantt}`,
    `### Cost\n\n${costText(report)}, engine ${report.engine}.`,
    phaseTable(report),
    ...subtaskTable(report),
    table === ""
      ? ""
      : `### Coverage\n\n${report.coverage.length > 40 ? folded(counted(report.coverage.length, "file"), table) : table}`,
    full ? "" : CUT,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function subtaskTable(report: Report): readonly string[] {
  if (report.subtasks.length === 0) return [];
  const rows = report.subtasks.slice(0, MAX_ROWS).map((subtask) => {
    const prompt = subtask.usage.inputTokens + subtask.usage.cacheReadTokens + subtask.usage.cacheWriteTokens;
    const end = subtask.error === undefined ? subtask.status : `${subtask.status}: ${inlineText(subtask.error, 160)}`;
    const cells = [
      subtask.id,
      tableCell(subtask.description, 120),
      tableCell(end),
      duration(subtask.endedMs - subtask.startedMs),
    ];
    return `| ${[...cells, String(subtask.turns), tokens(prompt), tokens(subtask.usage.outputTokens), dollars(subtask.costUsd)].join(" | ")} |`;
  });
  const more = report.subtasks.length - rows.length;
  if (more > 0) rows.push(`| … | and ${more} more in findings.json | | | | | | |`);
  const head =
    "| Id | Subtask | Ended | Time | Turns | Tokens in | Tokens out | Cost |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |";
  return [folded(counted(report.subtasks.length, "subtask"), `${head}\n${rows.join("\n")}`)];
}

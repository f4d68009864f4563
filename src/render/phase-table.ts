import { type Phase, phaseOf, PHASES } from "../domain/phase.ts";
import type { Report, ReportedSubtask } from "../domain/report.ts";
import { addUsage, NO_USAGE, promptTokens } from "../domain/usage.ts";
import { dollars, tokens } from "./figures.ts";

const NAMES: Readonly<Record<Phase, string>> = {
  finder: "finding",
  gap: "gap passes",
  contract: "contract pass",
  verifier: "verifying",
  writer: "writing",
};

/** What each phase of the run used and cost, as a table whose rows add up to its last; "" when there was only one phase. */
export function phaseTable(report: Report): string {
  const phases = Map.groupBy(report.subtasks, phaseOf);
  if (phases.size < 2) return "";
  const rows = PHASES.flatMap((phase) => {
    const subtasks = phases.get(phase);
    return subtasks === undefined ? [] : [row(NAMES[phase], subtasks)];
  });
  return [
    "| Phase | Subtasks | Turns | Tokens in | From cache | Tokens out | Cost |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
    row("all", report.subtasks),
  ].join("\n");
}

function row(name: string, subtasks: readonly ReportedSubtask[]): string {
  const usage = subtasks.reduce((sum, subtask) => addUsage(sum, subtask.usage), NO_USAGE);
  const turns = subtasks.reduce((sum, subtask) => sum + subtask.turns, 0);
  const cost = subtasks.reduce((sum, subtask) => sum + subtask.costUsd, 0);
  const cells = [
    name,
    String(subtasks.length),
    String(turns),
    tokens(promptTokens(usage)),
    tokens(usage.cacheReadTokens),
    tokens(usage.outputTokens),
    dollars(cost),
  ];
  return `| ${cells.join(" | ")} |`;
}

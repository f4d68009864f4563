import { type Estimate, type PhaseEstimate } from "../domain/estimate.ts";
import { counted, dollars, tokens } from "./figures.ts";
import { logSafe } from "./log-safe.ts";
import { tableCell } from "./neutralize.ts";

const CAVEAT =
  "An estimate: sizes are counted, how long the model thinks and what it looks up are typical values. The budget holds whatever it does.";

/** What a run is expected to cost, as Markdown: a table with a row for each phase. */
export function estimateMarkdown(estimate: Estimate, model: string): string {
  const rows = estimate.phases.map((phase) => `| ${cells(phase).join(" | ")} |`);
  return [
    `**About ${dollars(estimate.costUsd)} with ${tableCell(model, 100)}.** Nothing has been sent to a model.`,
    [
      "| Phase | Subagents | Requests | Input | from cache | Output | Cost |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
      ...rows,
    ].join("\n"),
    `_${CAVEAT}_`,
  ].join("\n\n");
}

/** The same for a terminal. Ends without a line break. */
export function estimateText(estimate: Estimate, model: string): string {
  const lines = estimate.phases.map(({ phase, subtasks, requests, usage, costUsd }) => {
    const input = tokens(usage.inputTokens + usage.cacheWriteTokens);
    const sizes = `${input} tokens in, ${tokens(usage.cacheReadTokens)} from cache, ${tokens(usage.outputTokens)} out`;
    return `  ${phase}: ${counted(subtasks, "subagent")}, ${counted(requests, "request")}, ${sizes}: ${dollars(costUsd)}`;
  });
  return [`about ${dollars(estimate.costUsd)} with ${logSafe(model)}`, ...lines, `  ${CAVEAT}`].join("\n");
}

function cells({ phase, subtasks, requests, usage, costUsd }: PhaseEstimate): readonly string[] {
  return [
    phase,
    String(subtasks),
    String(requests),
    tokens(usage.inputTokens + usage.cacheWriteTokens),
    tokens(usage.cacheReadTokens),
    tokens(usage.outputTokens),
    dollars(costUsd),
  ];
}

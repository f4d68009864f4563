import type { Report } from "../domain/report.ts";
import { promptTokens } from "../domain/usage.ts";
import { counted, dollars, duration, tokens } from "./figures.ts";

/** `12 subtasks, 38 s instead of 2 min 10 s one after the other (3.4x)`. */
export function speedText(report: Report): string {
  const { subtasks, wallMs, sumMs, speedup } = report;
  if (subtasks.length === 0) return "no subtask ran";
  const faster = speedup >= 1.05 ? ` instead of ${duration(sumMs)} one after the other (${speedup.toFixed(1)}x)` : "";
  return `${counted(subtasks.length, "subtask")} in ${duration(wallMs)}${faster}`;
}

/** `$0.41, 182.0 k tokens in (91 % from cache), 6.1 k out`, or that no model was asked. */
export function costText(report: Report): string {
  const prompt = promptTokens(report.usage);
  if (prompt === 0 && report.usage.outputTokens === 0) return "no model asked, $0";
  const cached = Math.round((100 * report.usage.cacheReadTokens) / Math.max(1, prompt));
  return `${dollars(report.costUsd)}, ${tokens(prompt)} tokens in${cached === 0 ? "" : ` (${cached} % from cache)`}, ${tokens(report.usage.outputTokens)} out`;
}

import type { ToolName } from "../../domain/subtask.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import type { Tool } from "../toolbox.ts";
import { globTool } from "./glob.ts";
import { grepTool } from "./grep.ts";
import { readTool } from "./read.ts";

/** The read tools among the granted ones, over one snapshot. There is nothing in them that could write, run or reach out. */
export function readOnlyTools(snapshot: Snapshot, granted: readonly ToolName[]): readonly Tool[] {
  const tools = [readTool(snapshot), globTool(snapshot), grepTool(snapshot)];
  return tools.filter(({ spec }) => granted.some((name) => name === spec.name));
}

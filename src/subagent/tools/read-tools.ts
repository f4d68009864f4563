import type { Snapshot } from "../../ports/snapshot.ts";
import type { Tool } from "../toolbox.ts";
import { globTool } from "./glob.ts";
import { readTool } from "./read.ts";

/** Every read tool there is, over one snapshot; a subagent gets those of them that its subtask was granted. */
export function readTools(snapshot: Snapshot): readonly Tool[] {
  return [readTool(snapshot), globTool(snapshot)];
}

import { z } from "zod";

import { answer, defineTool, mistake, type Tool } from "../toolbox.ts";
import type { WorkingCopy } from "../working-copy.ts";
import { named, refusedPath, ROOT, treePath } from "./tool-path.ts";

const Input = z.object({
  file_path: z.string(),
  old_string: z.string(),
  new_string: z.string(),
  replace_all: z.boolean().optional(),
});

/** Claude Code's Edit on a working copy: an exact text, found once unless `replace_all`, becomes another. */
export function editTool(copy: WorkingCopy): Tool {
  return defineTool({
    spec: {
      name: "Edit",
      description:
        "Replace old_string by new_string in a file you may write. old_string must match the file exactly, indentation included and without Read's line numbers, and must occur once, unless replace_all is set. An empty old_string creates a file.",
      strict: false,
      inputSchema: {
        properties: {
          file_path: { type: "string", description: "path relative to the repository root" },
          old_string: { type: "string", description: "the text to replace" },
          new_string: { type: "string", description: "what to put there" },
          replace_all: { type: "boolean", description: "replace every occurrence; default false" },
        },
        required: ["file_path", "old_string", "new_string"],
        additionalProperties: false,
      },
    },
    input: Input,
    async run({ file_path: text, old_string, new_string, replace_all = false }, signal) {
      const path = treePath(text);
      if (path === undefined || path === ROOT) return mistake(refusedPath(text));
      const result = await copy.edit(path, { old: old_string, new: new_string, all: replace_all }, signal);
      if (!result.ok) return mistake(`${named(path)} was not changed. ${result.problem}`);
      if (result.kind === "created") return answer(`${named(path)} was created.`);
      const places = result.count === 1 ? "1 place" : `${result.count} places`;
      return answer(`${named(path)} was changed in ${places}.`);
    },
  });
}

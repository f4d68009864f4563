import { z } from "zod";

import { answer, defineTool, mistake, type Tool } from "../toolbox.ts";
import type { WorkingCopy } from "../working-copy.ts";
import { named, refusedPath, ROOT, treePath } from "./tool-path.ts";

const Input = z.object({ file_path: z.string(), content: z.string() });

/** Claude Code's Write on a working copy: a file's whole text at once. */
export function writeTool(copy: WorkingCopy): Tool {
  return defineTool({
    spec: {
      name: "Write",
      description:
        "Give a file you may write its whole text, or create it. Prefer Edit for a change to a part of a file that exists.",
      strict: false,
      inputSchema: {
        properties: {
          file_path: { type: "string", description: "path relative to the repository root" },
          content: { type: "string", description: "the entire new text of the file" },
        },
        required: ["file_path", "content"],
        additionalProperties: false,
      },
    },
    input: Input,
    async run({ file_path: text, content }, signal) {
      const path = treePath(text);
      if (path === undefined || path === ROOT) return mistake(refusedPath(text));
      const result = await copy.write(path, content, signal);
      if (!result.ok) return mistake(`${named(path)} was not written. ${result.problem}`);
      return answer(`${named(path)} ${SAID[result.kind]}.`);
    },
  });
}

const SAID = {
  created: "was created",
  changed: "was written",
  unchanged: "has this text already; nothing was changed",
} as const;

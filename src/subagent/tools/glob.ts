import { z } from "zod";

import { visibleText } from "../../domain/visible-text.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { answer, defineTool, mistake, type Tool } from "../toolbox.ts";
import { isWithin, named, refusedPath, ROOT, treePath } from "./tool-path.ts";

/** Claude Code's own cap. */
const MAX_PATHS = 100;

const Input = z.object({ pattern: z.string(), path: z.string().optional() });

/** Claude Code's Glob on a snapshot. A tree has no times, so the paths come in order of their names. */
export function globTool(snapshot: Snapshot): Tool {
  return defineTool({
    spec: {
      name: "Glob",
      description: `List files of the repository by a glob such as **/*.ts or src/{api,db}/**. At most ${MAX_PATHS} paths, sorted by path; dot files are included.`,
      strict: false,
      inputSchema: {
        properties: {
          pattern: { type: "string", description: "glob with *, **, ?, [a-z], {a,b}; relative to path" },
          path: { type: "string", description: "folder to look in; default the repository root" },
        },
        required: ["pattern"],
        additionalProperties: false,
      },
    },
    input: Input,
    async run({ pattern, path: text = ROOT }, signal) {
      const folder = treePath(text);
      if (folder === undefined) return mistake(refusedPath(text));
      const { compileGlob } = await import("./compile-glob.ts");
      const matches = compileGlob(pattern);
      if (matches === undefined) {
        return mistake(
          `${named(pattern)} is not a glob that is understood. Use *, **, ?, [a-z], {a,b}; at most 256 characters.`,
        );
      }
      const entries = (await snapshot.list(signal)).filter((entry) => isWithin(entry, folder));
      if (entries.length === 0) return mistake(`There is no folder ${named(folder)} in the repository.`);
      const start = folder === ROOT ? 0 : folder.length + 1;
      const paths = entries.flatMap(({ path }) => (matches(path.slice(start)) ? [visibleText(path)] : []));
      const doubt = snapshot.truncated ? "\n[The list of files is incomplete: the tree is too large.]" : "";
      if (paths.length === 0) return answer(`No files match.${doubt}`);
      const notice =
        paths.length > MAX_PATHS
          ? `\n[truncated: ${MAX_PATHS} of ${paths.length} paths. Use a narrower pattern or path.]`
          : "";
      return answer(paths.slice(0, MAX_PATHS).join("\n") + notice + doubt);
    },
  });
}

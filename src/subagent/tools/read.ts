import { z } from "zod";

import type { FileContent, Snapshot, TreeEntry } from "../../ports/snapshot.ts";
import { answer, defineTool, MAX_RESULT, mistake, type Tool, type ToolAnswer } from "../toolbox.ts";
import { shownLine } from "./shown-line.ts";
import { isWithin, named, refusedPath, ROOT, treePath } from "./tool-path.ts";

const MAX_LINES = 2_000;
const MAX_LINE = 2_000;
/** Leaves room for the notice below the toolbox's own cap. */
const MAX_TEXT = MAX_RESULT - 500;

const Input = z.object({
  file_path: z.string(),
  offset: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).optional(),
});

/** Claude Code's Read on a snapshot: text with line numbers; links, submodules and binaries are named, never followed or shown. */
export function readTool(snapshot: Snapshot): Tool {
  return defineTool({
    spec: {
      name: "Read",
      description: `Read a file of the repository at the reviewed commit. Lines come as in cat -n: number, tab, text. At most ${MAX_LINES} lines from offset; longer lines than ${MAX_LINE} characters are elided. Invisible characters are shown as ⟪U+200B⟫.`,
      strict: false,
      inputSchema: {
        properties: {
          file_path: { type: "string", description: "path relative to the repository root" },
          offset: { type: "integer", description: "first line to show, 1-based; default 1" },
          limit: { type: "integer", description: `how many lines; default and most ${MAX_LINES}` },
        },
        required: ["file_path"],
        additionalProperties: false,
      },
    },
    input: Input,
    async run({ file_path: text, offset = 1, limit = MAX_LINES }, signal) {
      const path = treePath(text);
      if (path === undefined) return mistake(refusedPath(text));
      if (path === ROOT) return mistake("That is the root folder. Use Glob to list files.");
      const content = await snapshot.read(path, signal);
      if (content.kind === "missing") return mistake(missing(path, await snapshot.list(signal), snapshot.truncated));
      return shown(path, content, Math.max(1, offset), Math.min(limit, MAX_LINES));
    },
  });
}

function shown(
  path: string,
  content: Exclude<FileContent, { kind: "missing" }>,
  offset: number,
  limit: number,
): ToolAnswer {
  switch (content.kind) {
    case "text":
      return numbered(path, content.text, offset, limit);
    case "symlink":
      return answer(`${named(path)} is a symbolic link to ${named(content.text)}. Links are not followed.`);
    case "submodule":
      return answer(`${named(path)} is a submodule: its files are in another repository and cannot be read here.`);
    case "binary":
      return answer(`${named(path)} is a binary file of ${content.size} bytes; there is no text to show.`);
    case "too-large":
      return answer(
        `${named(path)} is too large to read (${content.size} bytes or more). Review it without its content.`,
      );
    default:
      return content satisfies never;
  }
}

function numbered(path: string, text: string, offset: number, limit: number): ToolAnswer {
  if (text === "") return answer(`${named(path)} is empty.`);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (offset > lines.length) {
    return answer(`${named(path)} has ${lines.length} lines; offset ${offset} is past its end.`);
  }
  const shownLines: string[] = [];
  let size = 0;
  for (const [index, line] of lines.slice(offset - 1, offset - 1 + limit).entries()) {
    const entry = `${String(offset + index).padStart(6)}\t${shownLine(line, MAX_LINE)}`;
    size += entry.length + 1;
    if (size > MAX_TEXT) break;
    shownLines.push(entry);
  }
  const last = offset + shownLines.length - 1;
  if (last < lines.length) {
    shownLines.push(`[PARTIAL view: lines ${offset}-${last} of ${lines.length}. Continue with offset ${last + 1}.]`);
  }
  return answer(shownLines.join("\n"));
}

function missing(path: string, entries: readonly TreeEntry[], truncated: boolean): string {
  if (entries.some((entry) => isWithin(entry, path))) return `${named(path)} is a folder. Use Glob to list its files.`;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const similar = entries.filter((entry) => entry.path.endsWith(`/${name}`) || entry.path === name).slice(0, 5);
  const hint =
    similar.length === 0 ? "" : ` Files of that name: ${similar.map((entry) => named(entry.path)).join(", ")}.`;
  const doubt = truncated ? " The list of files is incomplete, so it may exist all the same." : "";
  return `${named(path)} is not in the repository at this commit (only committed files are).${hint}${doubt}`;
}

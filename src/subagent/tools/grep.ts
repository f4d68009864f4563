import { z } from "zod";

import { errorMessage } from "../../domain/errors.ts";
import { visibleText } from "../../domain/visible-text.ts";
import type { Snapshot, TreeEntry } from "../../ports/snapshot.ts";
import { answer, defineTool, MAX_RESULT, mistake, type Tool, type ToolAnswer } from "../toolbox.ts";
import { FILE_TYPE_NAMES, fileTypeMatcher } from "./file-types.ts";
import { grepLines } from "./grep-lines.ts";
import { GREP_SPEC } from "./grep-spec.ts";
import { searchSnapshot, type SearchBudget, type SearchEnd } from "./search-snapshot.ts";
import type { Search } from "./search-text.ts";
import { isWithin, named, refusedPath, ROOT, treePath } from "./tool-path.ts";

const MAX_PATTERN = 1_000;
const MAX_CONTEXT = 100;
/** Leaves room for the notes below the toolbox's own cap. */
const MAX_TEXT = MAX_RESULT - 1_500;
/** Claude Code's own default. */
const HEAD_LIMIT = 250;

const context = z.coerce.number().int().min(0).max(MAX_CONTEXT).optional();
const count = z.coerce.number().int().min(0);
const Input = z.object({
  pattern: z.string().min(1).max(MAX_PATTERN),
  path: z.string().optional(),
  glob: z.string().optional(),
  type: z.string().optional(),
  output_mode: z.enum(["content", "files_with_matches", "count"]).default("files_with_matches"),
  "-A": context,
  "-B": context,
  "-C": context,
  context,
  "-n": z.boolean().default(true),
  "-i": z.boolean().default(false),
  "-o": z.boolean().default(false),
  head_limit: count.default(HEAD_LIMIT),
  offset: count.default(0),
  multiline: z.boolean().default(false),
});
type Input = z.infer<typeof Input>;

/** Claude Code's Grep on a snapshot, with RE2 syntax: linear in time, so no pattern can hang a review. */
export function grepTool(snapshot: Snapshot, budget?: SearchBudget): Tool {
  return defineTool({
    spec: GREP_SPEC,
    input: Input,
    async run(input, signal) {
      const search = await compiled(input);
      if ("isError" in search) return search;
      const entries = await chosen(input, await snapshot.list(signal));
      if ("isError" in entries) return entries;
      const lines: string[] = [];
      const notes = new Set<string>();
      const wanted = input.head_limit === 0 ? Number.POSITIVE_INFINITY : input.offset + input.head_limit;
      const end = await searchSnapshot(
        snapshot,
        entries,
        search,
        (path, found) => {
          if (found.incomplete !== undefined) notes.add(found.incomplete);
          for (const line of grepLines(visibleText(path), found, input)) lines.push(line);
          return lines.length <= wanted;
        },
        signal,
        budget,
      );
      if (snapshot.truncated) notes.add("the list of files is incomplete: the tree is too large");
      return result(lines, input, end, notes);
    },
  });
}

/** RE2 is a quarter of a megabyte, which the first search loads: many a subagent asks for none. */
async function compiled(input: Input): Promise<Search | ToolAnswer> {
  const { compileSearch } = await import("./search-text.ts");
  try {
    return compileSearch(input.pattern, { ignoreCase: input["-i"], multiline: input.multiline });
  } catch (error) {
    return mistake(
      `Invalid pattern ${named(input.pattern)}: ${visibleText(errorMessage(error))}. It is RE2 syntax: no look-around, no back-references; escape { ( [ . with a backslash to take them literally.`,
    );
  }
}

async function chosen(input: Input, list: readonly TreeEntry[]): Promise<readonly TreeEntry[] | ToolAnswer> {
  const { compileGlob } = await import("./compile-glob.ts");
  const path = treePath(input.path ?? ROOT);
  if (path === undefined) return mistake(refusedPath(input.path ?? ROOT));
  const excluded = input.glob?.startsWith("!") === true;
  const pattern = excluded ? input.glob?.slice(1) : input.glob;
  const matchesGlob = pattern === undefined ? () => true : compileGlob(pattern, { anyDepth: true });
  if (matchesGlob === undefined) {
    return mistake(`${named(input.glob ?? "")} is not a glob that is understood. Use *, **, ?, [a-z], {a,b}.`);
  }
  const matchesType = input.type === undefined ? () => true : fileTypeMatcher(input.type);
  if (matchesType === undefined) {
    return mistake(
      `There is no file type ${named(input.type ?? "")}. Known: ${FILE_TYPE_NAMES.join(", ")}. Or use glob.`,
    );
  }
  const below = list.filter((entry) => isWithin(entry, path));
  if (below.length === 0) return mistake(`${named(path)} is not in the repository at this commit.`);
  const start = path === ROOT || below[0]?.path === path ? 0 : path.length + 1;
  return below.filter(
    (entry) =>
      matchesType(entry.path) &&
      (matchesGlob(entry.path.slice(start)) || (start > 0 && matchesGlob(entry.path))) !== excluded,
  );
}

function result(lines: readonly string[], input: Input, end: SearchEnd, notes: Set<string>): ToolAnswer {
  const { offset, head_limit: limit } = input;
  const shown = fitting(lines.slice(offset, limit === 0 ? undefined : offset + limit));
  if (end.outOfBudget) {
    notes.add(
      `the search stopped after ${end.searched} of ${end.candidates} files; narrow it by path, glob or type, or use a pattern with a fixed text in it`,
    );
  }
  const next = offset + shown.length;
  if (lines.length > next) notes.add(`more matches follow; continue with offset ${next}`);
  const empty =
    lines.length === 0 ? "No matches." : `No more matches: there are ${lines.length} lines, offset is ${offset}.`;
  const text = [shown.length === 0 ? empty : shown.join("\n"), ...Array.from(notes, (note) => `[${note}]`)].join("\n");
  return end.outOfBudget && shown.length === 0 ? mistake(text) : answer(text);
}

/** As many lines as fit below the toolbox's own cap with the notes behind them, and at least one. */
function fitting(lines: readonly string[]): readonly string[] {
  let size = 0;
  const tooMany = lines.findIndex((line) => (size += line.length + 1) > MAX_TEXT);
  return tooMany === -1 ? lines : lines.slice(0, Math.max(1, tooMany));
}

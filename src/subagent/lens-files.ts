import { z } from "zod";

import { ConfigurationError } from "../domain/errors.ts";
import type { Lens } from "../domain/lens.ts";
import { baseName, stemOf } from "../domain/path-parts.ts";
import { LensText } from "../domain/settings.ts";
import { readFrontMatter } from "./front-matter.ts";

const Globs = z.preprocess(
  (value) => (typeof value === "string" ? value.split(",").map((glob) => glob.trim()) : value),
  z.array(z.string().min(1).max(300)).min(1).max(50),
);

const Keys = z.strictObject({ name: LensText.shape.name.optional(), paths: Globs.optional() });

const SECTIONS = /^#{1,6}[ \t]+(look for|do not flag|don't flag)[ \t]*#*[ \t]*\r?$/gim;
const MAX_SECTION = 4_000;

/**
 * A lens that a repository wrote itself: front matter with `name` (default: the file's name) and `paths`, then the sections
 * "Look for" and "Do not flag".
 * @throws {ConfigurationError} naming file and line.
 */
export function parseLensFile(path: string, text: string): Lens {
  const front = readFrontMatter(text);
  if ("problem" in front) throw mistake(path, front.line, front.problem);
  const keys = Keys.safeParse(front.data);
  if (!keys.success) {
    const [issue] = keys.error.issues;
    if (issue?.code === "unrecognized_keys") {
      const [key = ""] = issue.keys;
      throw mistake(path, front.lineOf(key), `unknown key ${key}; a lens has name and paths`);
    }
    const key = String(issue?.path[0] ?? "");
    throw mistake(path, front.lineOf(key), `${key}: ${issue?.message ?? "cannot be used"}`);
  }
  const name = LensText.shape.name.safeParse(keys.data.name ?? stemOf(baseName(path)));
  if (!name.success) throw mistake(path, 1, "its name must be up to 40 of a-z, 0-9 and -; give it one with name:");
  const sections = sectionsOf(front.body);
  const lookFor = sections.get("look for") ?? "";
  const doNotFlag = sections.get("do not flag") ?? sections.get("don't flag") ?? "";
  if (lookFor === "") throw mistake(path, 1, 'it needs a section "## Look for" that says what to look for');
  for (const [title, section] of sections) {
    if (section.length > MAX_SECTION) {
      throw mistake(
        path,
        1,
        `the section "${title}" has ${section.length} characters; at most ${MAX_SECTION} go to a subagent`,
      );
    }
  }
  const { paths } = keys.data;
  return { name: name.data, lookFor, doNotFlag, ...(paths === undefined ? {} : { paths }) };
}

function mistake(path: string, line: number, problem: string): ConfigurationError {
  return new ConfigurationError(`${path}:${line}: ${problem}`);
}

/** By title in lower case; each section ends where the next one of these starts. */
function sectionsOf(body: string): ReadonlyMap<string, string> {
  const heads = [...body.matchAll(SECTIONS)];
  return new Map(
    heads.map((head, index) => {
      const start = head.index + head[0].length;
      return [(head[1] ?? "").toLowerCase(), body.slice(start, heads[index + 1]?.index).trim()];
    }),
  );
}

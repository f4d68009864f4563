import picomatch from "picomatch";

import type { PathAttributes } from "./change-set.ts";
import type { RepoPath } from "./repo-path.ts";

/** One `.gitattributes` file; `folder` is "" for the one at the root. */
export type AttributesFile = { readonly folder: RepoPath; readonly text: string };

type Setting = { readonly name: string; readonly value: boolean | undefined };
type Rule = { matches(path: RepoPath): boolean; readonly settings: readonly Setting[] };

/** Rules beyond this many in all files together are left out; GitHub's own limit for Linguist is far below. */
const MAX_RULES = 2_000;
const MAX_PATTERN = 300;

const FACTS: Readonly<Record<string, { readonly key: keyof PathAttributes; readonly negated?: true }>> = {
  diff: { key: "binary", negated: true },
  "linguist-documentation": { key: "documentation" },
  "linguist-generated": { key: "generated" },
  "linguist-vendored": { key: "vendored" },
};

/**
 * Reads `.gitattributes` files as git does, as far as review needs: later lines and deeper folders win, `-name` and `name=false` unset,
 * `!name` forgets, `binary` stands for `-diff`. Macros of a repository (`[attr]`) and lines that git would refuse (negative
 * patterns, folders) are left out. The answer has a key for each fact that is set or unset, and is empty for most paths.
 */
export function parseAttributes(files: readonly AttributesFile[]): (path: RepoPath) => PathAttributes {
  // A folder sorts before what lies in it, and only the folders above a path have a say.
  const ordered = files.toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
  const rules = ordered.flatMap(({ folder, text }) => text.split(/\r?\n/).flatMap((line) => parseLine(folder, line)));
  const used = rules.slice(0, MAX_RULES);
  return (path) => {
    const facts: { -readonly [Key in keyof PathAttributes]: PathAttributes[Key] } = {};
    for (const { name, value } of used.flatMap((rule) => (rule.matches(path) ? rule.settings : []))) {
      const fact = Object.hasOwn(FACTS, name) ? FACTS[name] : undefined;
      if (fact === undefined) continue;
      if (value === undefined) delete facts[fact.key];
      else facts[fact.key] = fact.negated === true ? !value : value;
    }
    return facts;
  };
}

function parseLine(folder: RepoPath, line: string): Rule[] {
  const match = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"#]\S*))\s+(.*)$/.exec(line);
  if (match === null) return [];
  const [, quoted, plain = "", rest = ""] = match;
  const pattern = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain;
  if (pattern.startsWith("!") || pattern.startsWith("[attr]") || pattern.endsWith("/")) return [];
  const settings = rest.split(/\s+/).flatMap(parseSetting);
  const matches = patternMatcher(folder, pattern);
  return settings.length === 0 || matches === undefined ? [] : [{ matches, settings }];
}

function parseSetting(text: string): Setting[] {
  const match = /^([-!]?)([\w.-]+)(?:=(.*))?$/.exec(text);
  if (match === null) return [];
  const [, sign, name = "", given] = match;
  const value = sign === "!" ? undefined : sign !== "-" && given?.toLowerCase() !== "false" && given !== "0";
  return name === "binary" && value === true ? [{ name: "diff", value: false }] : [{ name, value }];
}

/** As in gitignore: without a slash a pattern is about names in any folder below, else about paths from the file's own folder. */
function patternMatcher(folder: RepoPath, pattern: string): ((path: RepoPath) => boolean) | undefined {
  if (pattern.length > MAX_PATTERN || (pattern.match(/\*+/g)?.length ?? 0) > 6) return undefined;
  const options = { dot: true, nobrace: true, noextglob: true, nonegate: true, posixSlashes: false };
  const matches = picomatch(pattern.replace(/^\//, ""), options);
  const prefix = folder === "" ? "" : `${folder}/`;
  const byName = !pattern.includes("/");
  return (path) => {
    if (!path.startsWith(prefix)) return false;
    return matches(byName ? path.slice(path.lastIndexOf("/") + 1) : path.slice(prefix.length));
  };
}

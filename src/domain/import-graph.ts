import { posix } from "node:path";

import type { ImportLanguage } from "./import-specifiers.ts";
import { importLanguage, importSpecifiers } from "./import-specifiers.ts";
import { baseName, comparePaths, folderOf, stemOf } from "./path-parts.ts";
import type { RepoPath } from "./repo-path.ts";

/** For each path the other paths of the same set that it imports, sorted, each once. */
export type ImportGraph = ReadonlyMap<RepoPath, readonly RepoPath[]>;

/** Suffixes of a path that absolute imports are matched by; deeper ones add nothing that shorter ones do not say. */
const SUFFIX_SEGMENTS = 12;

/** One language's changed modules by what imports call them. `null` marks a name that several files answer to. */
type ModuleIndex = {
  /** Extensionless path (an index file also under its folder) -> file. */
  readonly exact: ReadonlyMap<string, RepoPath>;
  /** Last segments of such a path -> file. */
  readonly suffix: ReadonlyMap<string, RepoPath | null>;
};

/** The imports among the given files, from their head texts. Files without text or in other languages import nothing. */
export function importGraph(paths: readonly RepoPath[], headText: (path: RepoPath) => string | undefined): ImportGraph {
  const sorted = paths.toSorted(comparePaths);
  const indexes = new Map<ImportLanguage, ModuleIndex>();
  const indexOf = (language: ImportLanguage): ModuleIndex => {
    const known = indexes.get(language);
    if (known !== undefined) return known;
    const made = indexModules(
      language,
      sorted.filter((path) => importLanguage(path) === language),
    );
    indexes.set(language, made);
    return made;
  };
  return new Map(
    sorted.map((path) => {
      const language = importLanguage(path);
      const text = language === undefined ? undefined : headText(path);
      if (language === undefined || text === undefined) return [path, []];
      const targets = importSpecifiers(language, text).map((name) =>
        RESOLVERS[language](path, name, indexOf(language)),
      );
      const found = targets.filter((target): target is RepoPath => target !== undefined && target !== path);
      return [path, [...new Set(found)].toSorted(comparePaths)];
    }),
  );
}

/** The names a file can be imported by, without language-specific prefixes. */
function moduleNames(language: ImportLanguage, path: RepoPath): readonly string[] {
  if (language === "go") return [folderOf(path)];
  const stem = stemOf(path).replace(/\.d$/, "");
  const isIndex = baseName(stem) === (language === "js" ? "index" : "__init__");
  return isIndex ? [folderOf(path), stem] : [stem];
}

function indexModules(language: ImportLanguage, paths: readonly RepoPath[]): ModuleIndex {
  const exact = new Map<string, RepoPath>();
  const suffix = new Map<string, RepoPath | null>();
  for (const path of paths) {
    for (const name of moduleNames(language, path)) {
      const isKnown = exact.has(name);
      if (!isKnown) exact.set(name, path);
      // A Go import names a folder: its first file stands for the package, the others are siblings of that file.
      if (language === "go" && isKnown) continue;
      const segments = name.split("/");
      for (let from = segments.length - 1; from >= Math.max(0, segments.length - SUFFIX_SEGMENTS); from -= 1) {
        const tail = segments.slice(from).join("/");
        const owner = suffix.get(tail);
        suffix.set(tail, owner === undefined || owner === path ? path : null);
      }
    }
  }
  return { exact, suffix };
}

/** The changed file that `name`, imported by `from`, stands for. */
const RESOLVERS: Record<ImportLanguage, (from: RepoPath, name: string, index: ModuleIndex) => RepoPath | undefined> = {
  js: resolveJs,
  python: resolvePython,
  go: (_, name, index) => byShortenedSuffix(name, index) ?? index.exact.get(baseName(name)),
  // `import static a.b.C.method` names a member: the class is one segment up.
  jvm: (_, name, index) => bySuffix(name, index) ?? bySuffix(folderOf(name), index),
};

/** `./a.js` is how TypeScript's ESM spells `./a.ts`, so a script extension never decides which file is meant. */
function resolveJs(from: RepoPath, name: string, index: ModuleIndex): RepoPath | undefined {
  const bare = name.replace(/[?#].*$/, "");
  const stem = bare.replace(/\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/, "");
  if (bare.startsWith(".")) {
    const at = (target: string): RepoPath | undefined =>
      index.exact.get(posix.join(folderOf(from), target).replace(/\/$/, ""));
    return at(stem) ?? at(bare);
  }
  const alias = /^(?:[@~]?\/|#\/?)/.exec(name)?.[0];
  if (alias === undefined) return byShortenedSuffix(stem, index);
  return bySuffix(name.slice(alias.length).replace(/\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/, ""), index);
}

function resolvePython(from: RepoPath, name: string, index: ModuleIndex): RepoPath | undefined {
  const dots = /^\.*/.exec(name)?.[0].length ?? 0;
  if (dots > 0) {
    const target = posix.join(folderOf(from), "../".repeat(dots - 1), name.slice(dots));
    return index.exact.get(target.replace(/\/$/, ""));
  }
  return index.exact.get(name) ?? index.exact.get(posix.join(folderOf(from), name)) ?? bySuffix(name, index);
}

/** The only file whose path ends with the whole name; one segment alone says too little. */
function bySuffix(name: string, { suffix }: ModuleIndex): RepoPath | undefined {
  return name.includes("/") ? (suffix.get(name) ?? undefined) : undefined;
}

/** As `bySuffix`, with leading segments dropped one by one: the module's or workspace package's own name is no folder. */
function byShortenedSuffix(name: string, index: ModuleIndex): RepoPath | undefined {
  const segments = name.split("/").slice(-SUFFIX_SEGMENTS);
  for (let from = 0; from < segments.length - 1; from += 1) {
    const owner = bySuffix(segments.slice(from).join("/"), index);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

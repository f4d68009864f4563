import picomatch from "picomatch";

import type { RepoPath } from "./repo-path.ts";

/** Compiled globs. A path is in when a plain glob matches it and no `!glob` does. */
export type PathGlobs = {
  readonly matches: (path: RepoPath) => boolean;
  /** The plain globs that match none of the paths. */
  readonly unused: (paths: readonly RepoPath[]) => readonly string[];
  /** Whether the path stands there letter by letter: a person named this very file. */
  readonly names: (path: RepoPath) => boolean;
};

/** Globs over whole paths, case-sensitively; `docs/` means everything below `docs`, and a dot at the start is an ordinary character. */
export function compileGlobs(globs: readonly string[]): PathGlobs {
  const compile = (glob: string): ((path: RepoPath) => boolean) =>
    picomatch(glob.endsWith("/") ? `${glob}**` : glob, { dot: true });
  const wanted = globs.filter((glob) => !glob.startsWith("!")).map((glob) => ({ glob, matches: compile(glob) }));
  const unwanted = globs.filter((glob) => glob.startsWith("!")).map((glob) => compile(glob.slice(1)));
  return {
    matches: (path) => wanted.some(({ matches }) => matches(path)) && !unwanted.some((matches) => matches(path)),
    unused: (paths) => wanted.filter(({ matches }) => !paths.some((path) => matches(path))).map(({ glob }) => glob),
    names: (path) => wanted.some(({ glob }) => glob === path),
  };
}

/** The glob that matches this path and no other. */
export function literalGlob(path: RepoPath): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|]/g, "\\$&");
}

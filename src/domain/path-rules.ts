import picomatch from "picomatch";

import type { RepoPath } from "./repo-path.ts";
import type { Settings } from "./settings.ts";

type Profile = Settings["profiles"][number];

/** The settings' globs, compiled once. */
export type PathRules = {
  /** The sentence that says which setting leaves the path out, or undefined when it is in. */
  readonly skipReason: (path: RepoPath) => string | undefined;
  /** The first profile that matches, if any. */
  readonly profile: (path: RepoPath) => Profile | undefined;
};

/** `docs/` means everything below `docs`, as in .gitignore; a dot at the start of a segment is an ordinary character. */
function compile(glob: string): (path: RepoPath) => boolean {
  return picomatch(glob.endsWith("/") ? `${glob}**` : glob, { dot: true });
}

/** Globs are matched against the whole path from the repository's root, case-sensitively. */
export function compilePathRules(settings: Settings): PathRules {
  const include = settings.paths.include.map((glob) => compile(glob));
  const exclude = settings.paths.exclude.map((glob) => ({ glob, matches: compile(glob) }));
  const profiles = settings.profiles.map((profile) => ({ profile, globs: profile.paths.map((glob) => compile(glob)) }));
  const profile = (path: RepoPath): Profile | undefined =>
    profiles.find(({ globs }) => globs.some((matches) => matches(path)))?.profile;
  return {
    profile,
    skipReason: (path) => {
      const excluded = exclude.find(({ matches }) => matches(path));
      if (excluded !== undefined) return `Excluded by the settings (paths.exclude: ${excluded.glob}).`;
      if (!include.some((matches) => matches(path))) return "Not among paths.include of the settings.";
      const matched = profile(path);
      return matched?.depth === "skip"
        ? `Skipped by a profile of the settings (${matched.paths.join(", ")}).`
        : undefined;
    },
  };
}

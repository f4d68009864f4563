/** A path inside the repository: posix separators, relative to the root, no `.`/`..`/empty segment, no control character. */
export type RepoPath = string;

/** Longest path we accept, in UTF-16 code units (git itself allows 4,096 bytes). */
const MAX_LENGTH = 1024;

/**
 * The text as a RepoPath, or undefined when it could point outside the repository or is not a plain path: absolute,
 * home, drive letter or UNC, backslash, NUL or control character, empty or dot segment, lone surrogate, too long.
 */
export function parseRepoPath(text: string): RepoPath | undefined {
  if (text.length === 0 || text.length > MAX_LENGTH || !text.isWellFormed()) return undefined;
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused here
  if (/[\u0000-\u001f\u007f\\]/.test(text) || /^(?:\/|~|[A-Za-z]:)/.test(text)) return undefined;
  const segments = text.split("/");
  return segments.some((segment) => segment === "" || segment === "." || segment === "..") ? undefined : text;
}

import { parseRepoPath, type RepoPath } from "./repo-path.ts";

const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

function quoteByte(byte: number): string {
  const escaped = ESCAPES[byte];
  if (escaped !== undefined) return escaped;
  return byte < 32 || byte >= 127 ? `\\${byte.toString(8).padStart(3, "0")}` : String.fromCharCode(byte);
}

/**
 * The name that a path from a git tree goes by with us. Paths that are plain keep their text. All others (not UTF-8, control
 * characters, backslash, `~` or a drive letter in front, too long) go by git's own quoted form, e.g. `"a\nb"` with the quotes:
 * one printable line, different for different bytes, and refused by parseRepoPath, so that no tool can be asked for it.
 */
export function pathFromGit(path: Uint8Array | string): RepoPath {
  const bytes = typeof path === "string" ? new TextEncoder().encode(path) : path;
  const text = typeof path === "string" ? path : decodeStrictly(path);
  // A plain name in quotes would pass for the quoted form of another one.
  const isPlain = text !== undefined && !text.startsWith('"') && parseRepoPath(text) !== undefined;
  return isPlain ? text : `"${Array.from(bytes, quoteByte).join("")}"`;
}

/** Whether `pathFromGit` had to quote the name, which then is not the name that git or GitHub knows the file by. */
export function isQuotedPath(path: RepoPath): boolean {
  return path.startsWith('"');
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

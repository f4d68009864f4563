import { baseName } from "./path-parts.ts";
import type { RepoPath } from "./repo-path.ts";

const BARREL_NAMES = /^(?:index\.[cm]?[jt]sx?|mod\.rs|__init__\.pyi?|exports?\.[cm]?[jt]sx?)$/;

/** Statements that only pass on what other files hold. */
const PASSED_ON =
  /^(?:export\b[^;]*\bfrom\b|import\b|from\s+\S+\s+import\b|pub\s+(?:use|mod)\b|mod\b|use\b|__all__\b|[\w$*,{}\s[\]"'.()-]*$)/;

/**
 * Whether a file only lists what other files hold (a barrel): every writer may want a line in it, so it belongs to none of them.
 * Told by its name and by its text having no statement of its own.
 */
export function isSharedFile(path: RepoPath, text: string): boolean {
  if (!BARREL_NAMES.test(baseName(path))) return false;
  const statements = text
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|^\s*#[^\n]*/gm, "")
    .split(/;|\n(?=\S)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
  return statements.length > 0 && statements.every((statement) => PASSED_ON.test(statement));
}

import { invisibleIn } from "./visible-text.ts";

/** New files that one subagent may create. A task that needs more was cut wrongly. */
export const MAX_NEW_FILES = 10;

/** A file may grow to twice its size and this many bytes; a new file has this many (security.md A26). */
const GROWTH_BYTES = 20_000;

/** A text that shrinks below this share of its former length is worth a reviewer's look. */
const SHRUNK = 0.5;
/** Shorter texts shrink by half in an honest edit. */
const SHRINK_FROM_BYTES = 500;

const TEST_CASE = /\b(?:it|test|describe)(?:\.\w+)*\s*\(|\bdef\s+test_|\bfunc\s+Test|@Test\b|#\[test\]/g;

/**
 * Why `after` may not be written over `before` (undefined for a new file), as one sentence that says how to mend it; undefined
 * when it may. Only text passes, of a bounded size, without invisible or reordering characters that were not there before.
 * @param mostBytes in place of the bound for what a subagent writes
 */
export function limitProblem(before: string | undefined, after: string, mostBytes?: number): string | undefined {
  if (!after.isWellFormed()) return "The text holds half of a character (a lone surrogate). Write whole characters.";
  if (after.includes("\0")) return "The text holds a NUL character; only text files can be written.";
  const most = mostBytes ?? Buffer.byteLength(before ?? "") * 2 + GROWTH_BYTES;
  const size = Buffer.byteLength(after);
  if (size > most) return `The file would have ${size} bytes; at most ${most} are allowed here. Write less.`;
  const added = addedInvisible(before ?? "", after);
  if (added !== undefined) {
    return `The text adds ${added}, a character that a reader cannot see. Write it as an escape sequence of the language, or leave it out.`;
  }
  return undefined;
}

/** What a reviewer should know about a change that is allowed all the same, for the pull request; one short sentence each. */
export function editWarnings(before: string, after: string): readonly string[] {
  const warnings: string[] = [];
  if (after.trim() === "" && before.trim() !== "") warnings.push("all of its text was removed");
  else if (before.length >= SHRINK_FROM_BYTES && after.length < before.length * SHRUNK) {
    warnings.push(`it shrank from ${before.length} to ${after.length} characters`);
  }
  const cases = before.match(TEST_CASE)?.length ?? 0;
  const left = after.match(TEST_CASE)?.length ?? 0;
  if (left < cases) warnings.push(`it has ${left} test cases where it had ${cases}`);
  return warnings;
}

function addedInvisible(before: string, after: string): string | undefined {
  const had = new Map<string, number>();
  for (const name of invisibleIn(before)) had.set(name, (had.get(name) ?? 0) + 1);
  return invisibleIn(after).find((name) => {
    const left = (had.get(name) ?? 0) - 1;
    had.set(name, left);
    return left < 0;
  });
}

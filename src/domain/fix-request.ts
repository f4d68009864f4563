import type { LedgerIssue } from "./ledger.ts";

/** A refactor that people asked for by ticking boxes, as its inputs take it. */
export type FixRequest = {
  readonly goal: string;
  /** Globs that match the files themselves and nothing else. */
  readonly files: readonly string[];
  readonly issues: readonly LedgerIssue[];
};

/** The input `goal` holds no more. */
const MAX_GOAL = 2_000;
const MAX_TITLE = 150;

/** One refactor for as many of the issues as one goal can name; undefined for none. The others wait for the next run. */
export function fixRequestFor(recipe: string, issues: readonly LedgerIssue[]): FixRequest | undefined {
  const chosen: LedgerIssue[] = [];
  let goal = `Fix these issues that the audit ${recipe} found, and change nothing else:`;
  for (const issue of issues) {
    const line = `\n- ${issue.path}:${issue.line}: ${issue.title.replaceAll(/\s+/g, " ").slice(0, MAX_TITLE)}`;
    if (goal.length + line.length > MAX_GOAL) break;
    goal += line;
    chosen.push(issue);
  }
  if (chosen.length === 0) return undefined;
  const files = [...new Set(chosen.map(({ path }) => path.replaceAll(/[\\*?[\]{}()!+@|]/g, "\\$&")))];
  return { goal, files, issues: chosen };
}

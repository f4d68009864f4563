import type { Contract } from "../domain/changed-contracts.ts";
import { importLanguage, type ImportLanguage } from "../domain/import-specifiers.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import { vendoredReason } from "../domain/vendored.ts";
import type { Snapshot, TreeEntry } from "../ports/snapshot.ts";
import { searchSnapshot } from "./tools/search-snapshot.ts";

/** A line of unchanged code that names a changed contract. `line` is 1-based. */
type CallerLine = {
  readonly path: RepoPath;
  readonly line: number;
  readonly name: string;
  readonly text: string;
};

export type Callers = {
  /** Sorted by path, then by line. */
  readonly lines: readonly CallerLine[];
  /** Whether some may be missing: too many, or too large a tree. */
  readonly incomplete: boolean;
};

/** Names that one pattern can hold and still be found by the snapshot's own search (see requiredLiterals). */
const NAMES_PER_SEARCH = 8;
const MAX_LINES_PER_NAME = 40;
const MAX_LINES = 300;
const MAX_TEXT = 300;

/** The lines of unchanged files, of the languages the contracts are in, that name one of them. Names alone: whether they mean it is for a reader. */
export async function contractCallers(
  snapshot: Snapshot,
  contracts: readonly Contract[],
  changed: ReadonlySet<RepoPath>,
  signal: AbortSignal,
): Promise<Callers> {
  const languages = new Set(contracts.map(({ path }) => importLanguage(path)));
  const entries = (await snapshot.list(signal)).filter((entry) => isCandidate(entry, changed, languages));
  const { compileSearch } = await import("./tools/search-text.ts");
  const names = [...new Set(contracts.map(({ name }) => name))].toSorted();
  const lines: CallerLine[] = [];
  const counts = new Map<string, number>();
  let incomplete = snapshot.truncated;
  for (let start = 0; start < names.length; start += NAMES_PER_SEARCH) {
    const batch = names.slice(start, start + NAMES_PER_SEARCH);
    const search = compileSearch(batch.map((name) => `\\b${name}\\b`).join("|"), {
      ignoreCase: false,
      multiline: false,
    });
    const end = await searchSnapshot(
      snapshot,
      entries,
      search,
      (path, found) => {
        for (const match of found.matches) {
          for (const name of new Set(match.parts)) {
            const count = (counts.get(name) ?? 0) + 1;
            counts.set(name, count);
            if (count > MAX_LINES_PER_NAME || lines.length >= MAX_LINES) incomplete = true;
            else
              lines.push({
                path,
                line: match.line + 1,
                name,
                text: (found.lines[match.line] ?? "").slice(0, MAX_TEXT),
              });
          }
        }
        return lines.length < MAX_LINES;
      },
      signal,
    );
    incomplete ||= end.outOfBudget;
  }
  return {
    lines: lines.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line)),
    incomplete,
  };
}

function isCandidate(
  { path, kind }: TreeEntry,
  changed: ReadonlySet<RepoPath>,
  languages: ReadonlySet<ImportLanguage | undefined>,
): boolean {
  const language = importLanguage(path);
  return (
    kind === "file" &&
    !changed.has(path) &&
    language !== undefined &&
    languages.has(language) &&
    vendoredReason(path, undefined) === undefined
  );
}

import type { RepoPath } from "../../domain/repo-path.ts";
import type { Snapshot, TreeEntry } from "../../ports/snapshot.ts";
import type { Search, TextMatches } from "./search-text.ts";

/** What one search may read before it has to give up; a subagent that needs more should ask a narrower question. */
export type SearchBudget = { readonly characters: number; readonly milliseconds: number };
const SEARCH_BUDGET: SearchBudget = { characters: 150_000_000, milliseconds: 20_000 };

/** Files read ahead, by number and by bytes, so that a tree of huge files does not fill the memory. */
const BATCH_FILES = 64;
const BATCH_BYTES = 8_000_000;
const UNKNOWN_SIZE = 100_000;
/** Characters searched between two turns of the event loop, some 10 ms of the slowest patterns. */
const CHARACTERS_PER_TURN = 200_000;

/** How a search ended: `searched` of `candidates` files were looked at. */
export type SearchEnd = { readonly outOfBudget: boolean; readonly searched: number; readonly candidates: number };

/**
 * Searches the entries in their order and hands every file with a match, or that could not be searched in full, to `onFile` until that
 * returns false. Lets other work run in between. @throws the signal's reason on abort.
 */
export async function searchSnapshot(
  snapshot: Snapshot,
  entries: readonly TreeEntry[],
  search: Search,
  onFile: (path: RepoPath, found: TextMatches) => boolean,
  signal: AbortSignal,
  budget: SearchBudget = SEARCH_BUDGET,
): Promise<SearchEnd> {
  const candidates = await narrowed(snapshot, entries, search.literals, signal);
  const deadline = AbortSignal.timeout(budget.milliseconds);
  let characters = 0;
  let sinceTurn = 0;
  let searched = 0;
  for (const batch of batches(candidates)) {
    const contents = await Promise.all(batch.map(async ({ path }) => snapshot.read(path, signal)));
    for (const [index, { path }] of batch.entries()) {
      const content = contents[index];
      const text = content?.kind === "text" ? content.text : "";
      characters += text.length;
      sinceTurn += text.length;
      if (characters > budget.characters || deadline.aborted) {
        return { outOfBudget: true, searched, candidates: candidates.length };
      }
      const found = search.run(text);
      searched += 1;
      const matters = found.matches.length > 0 || found.incomplete !== undefined;
      if (matters && !onFile(path, found)) return { outOfBudget: false, searched, candidates: candidates.length };
      if (sinceTurn > CHARACTERS_PER_TURN) {
        sinceTurn = 0;
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        signal.throwIfAborted();
      }
    }
  }
  return { outOfBudget: false, searched, candidates: candidates.length };
}

/** Files only, and of those the ones that contain a text without which nothing can match, where the snapshot can tell. */
async function narrowed(
  snapshot: Snapshot,
  entries: readonly TreeEntry[],
  literals: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly TreeEntry[]> {
  const files = entries.filter(({ kind }) => kind === "file");
  // Searching the whole tree for a literal is not worth it for a handful of files.
  if (literals === undefined || files.length <= BATCH_FILES) return files;
  const paths = new Set<RepoPath>();
  for (const literal of literals) {
    const containing = await snapshot.filesContaining(literal, signal);
    if (containing === undefined) return files;
    for (const path of containing) paths.add(path);
  }
  return files.filter(({ path }) => paths.has(path));
}

function* batches(entries: readonly TreeEntry[]): Generator<readonly TreeEntry[]> {
  let batch: TreeEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    batch.push(entry);
    bytes += entry.size ?? UNKNOWN_SIZE;
    if (batch.length >= BATCH_FILES || bytes >= BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
  }
  yield batch;
}

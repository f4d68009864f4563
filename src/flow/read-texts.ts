import type { RepoPath } from "../domain/repo-path.ts";
import type { Snapshot } from "../ports/snapshot.ts";

/** The text of those `paths` that are text files in the snapshot, by path. The snapshot batches the reads. */
export async function readTexts(
  snapshot: Snapshot,
  paths: readonly RepoPath[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RepoPath, string>> {
  const texts = new Map<RepoPath, string>();
  await Promise.all(
    paths.map(async (path) => {
      const content = await snapshot.read(path, signal);
      if (content.kind === "text") texts.set(path, content.text);
    }),
  );
  return texts;
}

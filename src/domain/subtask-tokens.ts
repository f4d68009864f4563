import type { ChangedFile } from "./diff.ts";
import type { RepoPath } from "./repo-path.ts";
import type { SubtaskFile } from "./subtask.ts";
import { fileTokens, partTokens } from "./token-estimate.ts";

/** An upper estimate of the tokens that one file of a subtask has in its brief; 0 for a path that is not in `files`. */
export function subtaskFileTokens(
  part: SubtaskFile,
  files: ReadonlyMap<RepoPath, ChangedFile>,
  headText: (path: RepoPath) => string | undefined,
): number {
  const file = files.get(part.path);
  if (file === undefined) return 0;
  if (part.hunks === "all") return fileTokens(file, headText(part.path));
  return part.hunks.reduce((sum, index) => {
    const hunk = file.hunks[index];
    return hunk === undefined ? sum : sum + partTokens(file, hunk);
  }, 0);
}

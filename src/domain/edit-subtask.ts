import type { RepoPath } from "./repo-path.ts";
import type { Subtask } from "./subtask.ts";
import type { WriteScope } from "./write-scope.ts";

/** One unit of writing work: the files it is about, and what it alone may write. */
export type EditSubtask = Subtask & {
  readonly scope: WriteScope;
  /** True for the one that owns the files which many others share; it runs last and sees all results. */
  readonly integrates: boolean;
};

/** The files a subtask is about, in plan order. */
export function targetsOf(subtask: Pick<Subtask, "files">): readonly RepoPath[] {
  return subtask.files.map(({ path }) => path);
}

import type { ChangedFile, FileKind, FileStatus } from "./diff.ts";
import { pathFromGit } from "./git-path.ts";
import type { RepoPath } from "./repo-path.ts";

/** One record of `git diff-tree --raw -z`. `patches` is how many `diff --git` blocks git prints for it. */
export type RawChange = Pick<
  ChangedFile,
  "path" | "previousPath" | "status" | "kind" | "becameExecutable" | "baseBlob" | "headBlob"
> & { readonly patches: 1 | 2 };

const STATUSES: Readonly<Record<string, FileStatus>> = {
  A: "added",
  C: "copied",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "modified",
};

const RECORD = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/;
const EXECUTABLE = "100755";

function fileKind(mode: string): FileKind {
  return mode === "120000" ? "symlink" : mode === "160000" ? "submodule" : "file";
}

function rawChange(record: string, path: RepoPath, target: RepoPath | undefined): RawChange {
  const match = RECORD.exec(record);
  const [, oldMode = "", newMode = "", oldBlob = "", newBlob = "", letter = ""] = match ?? [];
  const status = STATUSES[letter];
  if (status === undefined) throw new Error(`git printed a change that is not understood: ${JSON.stringify(record)}`);
  const kind = fileKind(status === "removed" ? oldMode : newMode);
  const isTypeChange = status === "modified" && fileKind(oldMode) !== kind;
  return {
    path: target ?? path,
    ...(target === undefined ? {} : { previousPath: path }),
    status,
    kind,
    becameExecutable: newMode === EXECUTABLE && oldMode !== EXECUTABLE,
    ...(/^0+$/.test(oldBlob) ? {} : { baseBlob: oldBlob }),
    ...(/^0+$/.test(newBlob) ? {} : { headBlob: newBlob }),
    // git prints a file that became a link (or the like) as a deletion and a creation.
    patches: isTypeChange ? 2 : 1,
  };
}

/**
 * The records of `git diff-tree --raw -z`, in git's order. `fields` are the NUL-terminated fields; names are bytes.
 * @throws {Error} when they are no such records: nothing that a repository contains can cause that.
 */
export function parseRawDiff(fields: readonly Uint8Array[]): RawChange[] {
  const changes: RawChange[] = [];
  const decoder = new TextDecoder();
  let index = 0;
  while (index < fields.length) {
    const record = decoder.decode(fields[index]);
    const hasTarget = /[RC]\d*$/.test(record);
    const names = fields.slice(index + 1, index + (hasTarget ? 3 : 2)).map((name) => pathFromGit(name));
    changes.push(rawChange(record, names[0] ?? "", names[1]));
    index += hasTarget ? 3 : 2;
  }
  return changes;
}

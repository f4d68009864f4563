import { MAX_NEW_FILES, limitProblem } from "../domain/edit-limits.ts";
import { editLog, type EditLog } from "../domain/edit-log.ts";
import type { FileEdit } from "../domain/file-edit.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { WriteScope } from "../domain/write-scope.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { liveOverlay } from "./overlay.ts";
import { replaceText, type Replacement, withLineEndsOf } from "./replace-text.ts";
import { type Writable, writableFile } from "./writable-file.ts";

export type WorkingCopyOptions = {
  readonly scope: WriteScope;
  /** Protected and executable files that a person named in the request; no other of that kind can be written. */
  readonly named: ReadonlySet<RepoPath>;
  /** What the same owner had written before, against the same snapshot and in the same scope. */
  readonly start?: EditLog;
};

/** What came of a change: the file's new text, or why there is none, in words for the model. */
export type Written =
  | {
      readonly ok: true;
      readonly kind: "created" | "changed" | "unchanged";
      readonly text: string;
      readonly count: number;
    }
  | { readonly ok: false; readonly problem: string };

/** The edits of one subagent: the snapshot as it sees it, and the only way to change that. */
export type WorkingCopy = {
  /** The snapshot with all edits so far; live. */
  readonly view: Snapshot;
  /** Replaces a part of a file; an empty `old` gives a missing or empty file its text. Calls take effect in the order they were made. */
  edit(path: RepoPath, change: Replacement, signal: AbortSignal): Promise<Written>;
  /** Gives a file its whole text. */
  write(path: RepoPath, text: string, signal: AbortSignal): Promise<Written>;
  /** All edits against the snapshot; a file that is as it was is not among them. */
  log(): EditLog;
};

/** A working copy over a snapshot, confined to a write scope. It keeps whole texts in memory; nothing reaches a disk. */
export function workingCopy(snapshot: Snapshot, options: WorkingCopyOptions): WorkingCopy {
  let log = options.start ?? [];
  let last: Promise<unknown> = Promise.resolve();

  const view = liveOverlay(snapshot, () => log);

  /** One change after the other: two edits of one turn must not both start from the same text. */
  function inTurn(work: () => Promise<Written>): Promise<Written> {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  }

  async function change(
    path: RepoPath,
    newText: (
      current: string | undefined,
    ) => { readonly text: string; readonly count: number } | { readonly problem: string },
    signal: AbortSignal,
  ): Promise<Written> {
    signal.throwIfAborted();
    const file = await writableFile({ snapshot, view }, path, options, signal);
    if ("problem" in file) return { ok: false, problem: file.problem };
    const earlier = log.find((edit) => edit.path === path);
    const current = earlier === undefined ? file.text : earlier.kind === "delete" ? undefined : earlier.text;
    const made = newText(current);
    if ("problem" in made) return { ok: false, problem: made.problem };
    const problem = limitProblem(file.text, made.text) ?? tooManyNew(log, file, path);
    if (problem !== undefined) return { ok: false, problem };
    log = editLog([...log.filter((edit) => edit.path !== path), ...editOf(path, file, made.text)]);
    const kind = current === undefined ? "created" : current === made.text ? "unchanged" : "changed";
    return { ok: true, kind, ...made };
  }

  return {
    view,
    edit: (path, replacement, signal) =>
      inTurn(() => change(path, (current) => replaced(current, replacement), signal)),
    write: (path, text, signal) => inTurn(() => change(path, (current) => rewritten(current, text), signal)),
    log: () => log,
  };
}

const BYTE_ORDER_MARK = "\uFEFF";

function rewritten(current: string | undefined, text: string): { readonly text: string; readonly count: number } {
  const kept = current === undefined ? text : withLineEndsOf(current, text);
  const marked = current?.startsWith(BYTE_ORDER_MARK) === true && !kept.startsWith(BYTE_ORDER_MARK);
  return { text: marked ? BYTE_ORDER_MARK + kept : kept, count: 1 };
}

function replaced(
  current: string | undefined,
  change: Replacement,
): { readonly text: string; readonly count: number } | { readonly problem: string } {
  if (change.old === "") {
    if (current !== undefined && current !== "") {
      return {
        problem:
          "old_string is empty, which creates a file, but the file is there and has text. Give the text to replace.",
      };
    }
    return { text: change.new, count: 1 };
  }
  if (current === undefined)
    return { problem: "The file does not exist. Use Write (or an empty old_string) to create it." };
  const result = replaceText(current, change);
  return result.ok ? { text: result.text, count: result.count } : { problem: result.problem };
}

function tooManyNew(log: EditLog, file: Writable, path: RepoPath): string | undefined {
  const others = log.filter((edit) => edit.kind === "create" && edit.path !== path).length;
  if (file.text !== undefined || others < MAX_NEW_FILES) return undefined;
  return `You have created ${others} files, which is all you may.`;
}

function editOf(path: RepoPath, file: Writable, text: string): readonly FileEdit[] {
  if (file.text === undefined) return [{ kind: "create", path, text }];
  if (file.text === text) return [];
  return [{ kind: "modify", path, baseBlob: file.blob, executable: file.executable, text }];
}

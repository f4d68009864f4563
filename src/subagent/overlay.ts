import { createHash } from "node:crypto";

import type { EditLog } from "../domain/edit-log.ts";
import type { FileEdit } from "../domain/file-edit.ts";
import { comparePaths } from "../domain/path-parts.ts";
import type { Snapshot, TreeEntry } from "../ports/snapshot.ts";

/** The git id of a blob with this text. */
export function blobId(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** The snapshot as it is with the edits made. Its `sha` stays that of the base: an overlay is no commit. */
export function overlay(snapshot: Snapshot, edits: EditLog): Snapshot {
  return liveOverlay(snapshot, () => edits);
}

/** As `overlay`, over whatever the log is at the time of each call; a log that has changed is a new array. */
export function liveOverlay(snapshot: Snapshot, currentLog: () => EditLog): Snapshot {
  let listed: { readonly log: EditLog; readonly entries: readonly TreeEntry[] } | undefined;
  return {
    sha: snapshot.sha,
    truncated: snapshot.truncated,
    async list(signal) {
      const log = currentLog();
      if (listed?.log === log) return listed.entries;
      const entries = merged(await snapshot.list(signal), log);
      listed = { log, entries };
      return entries;
    },
    async read(path, signal) {
      signal.throwIfAborted();
      const edit = currentLog().find((each) => each.path === path);
      if (edit === undefined) return snapshot.read(path, signal);
      return edit.kind === "delete" ? { kind: "missing" } : { kind: "text", text: edit.text };
    },
    async bytes(path, signal) {
      signal.throwIfAborted();
      const edit = currentLog().find((each) => each.path === path);
      if (edit === undefined) return snapshot.bytes(path, signal);
      return edit.kind === "delete" ? undefined : Buffer.from(edit.text, "utf8");
    },
    async filesContaining(literal, signal) {
      const log = currentLog();
      const found = await snapshot.filesContaining(literal, signal);
      if (found === undefined) return undefined;
      const edited = new Set(log.map(({ path }) => path));
      const added = log.filter((edit) => edit.kind !== "delete" && edit.text.includes(literal));
      return [...found.filter((path) => !edited.has(path)), ...added.map(({ path }) => path)].toSorted(comparePaths);
    },
  };
}

function merged(entries: readonly TreeEntry[], log: EditLog): readonly TreeEntry[] {
  const edited = new Set(log.map(({ path }) => path));
  const kept = entries.filter(({ path }) => !edited.has(path));
  return [...kept, ...log.flatMap(editedEntry)].toSorted((a, b) => comparePaths(a.path, b.path));
}

function editedEntry(edit: FileEdit): readonly TreeEntry[] {
  if (edit.kind === "delete") return [];
  const executable = edit.kind === "modify" && edit.executable;
  const size = Buffer.byteLength(edit.text);
  return [{ path: edit.path, kind: "file", executable, blob: blobId(edit.text), size }];
}

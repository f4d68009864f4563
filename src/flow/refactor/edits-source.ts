import type { ChangedFile } from "../../domain/diff.ts";
import type { EditLog } from "../../domain/edit-log.ts";
import { parsePatch } from "../../domain/parse-diff.ts";
import { countLines, unifiedDiff } from "../../domain/unified-diff.ts";
import type { ChangeSource } from "../../ports/change-source.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { overlay } from "../../subagent/overlay.ts";
import { readTexts } from "../read-texts.ts";

/** Edits that nobody has committed yet, as a change to review. Guidance is read from `guidance`, as for every change. */
export function editsSource(change: {
  readonly base: Snapshot;
  readonly guidance: Snapshot;
  readonly edits: EditLog;
  readonly title: string;
  readonly body: string;
}): ChangeSource {
  const { base, guidance, edits, title, body } = change;
  return {
    async load(signal) {
      const paths = edits.map(({ path }) => path);
      const before = await readTexts(base, paths, signal);
      const changeSet = {
        repository: "",
        base: base.sha,
        head: base.sha,
        title,
        body,
        commitMessages: [],
        files: edits.map((edit) => changedFile(edit, before.get(edit.path))),
        unlistedFiles: 0,
        attributes: new Map(),
      };
      return { changeSet, head: overlay(base, edits), guidance };
    },
  };
}

function changedFile(edit: EditLog[number], before: string | undefined): ChangedFile {
  const { path, kind } = edit;
  const after = kind === "delete" ? undefined : edit.text;
  return {
    path,
    status: kind === "create" ? "added" : kind === "delete" ? "removed" : "modified",
    kind: "file",
    binary: false,
    becameExecutable: false,
    hunks: parsePatch(unifiedDiff({ path, before, after, executable: false })),
    ...countLines({ before, after }),
  };
}

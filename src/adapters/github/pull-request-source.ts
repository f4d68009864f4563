import { z } from "zod";

import type { ChangeSet, Sha } from "../../domain/change-set.ts";
import type { ChangedFile } from "../../domain/diff.ts";
import type { ChangeSource, LoadedChange } from "../../ports/change-source.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { openApiSnapshot } from "./api-snapshot.ts";
import { readApiChange } from "./changed-files.ts";
import type { GitHub } from "./octokit.ts";
import type { PullRequest } from "./pull-request.ts";

/** What a git object store knows of a pull request, once its commits were fetched: everything but GitHub's own facts. */
export type StoredChange = Pick<ChangeSet, "base" | "commitMessages" | "files" | "attributes"> & {
  readonly head: Snapshot;
  readonly guidance: Snapshot;
};

export type PullRequestSourceOptions = {
  readonly github: GitHub;
  /** Pinned: read once, or taken from the event. */
  readonly pull: PullRequest;
  /** Fetches the commits with git and reads the change from them; undefined, or an answer of undefined, means by API. */
  readonly store?: (pull: PullRequest, signal: AbortSignal) => Promise<StoredChange | undefined>;
};

/** The change of a pull request, pinned to the commits in `pull`. Guidance is the default branch as it is now. */
export function createPullRequestSource({ github, pull, store }: PullRequestSourceOptions): ChangeSource {
  const facts = {
    repository: `${github.owner}/${github.name}`,
    pullRequest: pull.number,
    head: pull.head,
    title: pull.title,
    body: pull.body,
  };
  return {
    async load(signal): Promise<LoadedChange> {
      const stored = await store?.(pull, signal);
      if (stored !== undefined) {
        const { head, guidance, ...change } = stored;
        return { changeSet: { ...facts, ...change, unlistedFiles: 0 }, head, guidance };
      }
      const [change, head, guidance] = await Promise.all([
        readApiChange(github, pull, signal),
        openApiSnapshot(github, pull.head, signal),
        openGuidance(github, pull, signal),
      ]);
      const files = await withModes(change.files, head, signal);
      const { mergeBase: base, unlistedFiles, commitMessages } = change;
      return {
        changeSet: { ...facts, base, files, unlistedFiles, commitMessages, attributes: new Map() },
        head,
        guidance,
      };
    },
  };
}

const Ref = z.object({ object: z.object({ sha: z.string() }) });

async function openGuidance(github: GitHub, pull: PullRequest, signal: AbortSignal): Promise<Snapshot> {
  const doing = { what: `read the default branch ${pull.defaultBranch}`, permission: "contents: read" } as const;
  const ref = await github.ask(
    { route: "GET /repos/{owner}/{repo}/git/ref/{+ref}", parameters: { ref: `heads/${pull.defaultBranch}` } },
    Ref,
    doing,
    signal,
  );
  const commit: Sha = ref.object.sha;
  return openApiSnapshot(github, commit, signal);
}

/** The list of files does not tell links and submodules from files; the tree of the head does. */
async function withModes(
  files: readonly ChangedFile[],
  head: Snapshot,
  signal: AbortSignal,
): Promise<readonly ChangedFile[]> {
  const entries = new Map((await head.list(signal)).map((entry) => [entry.path, entry]));
  return files.map((file) => {
    const entry = entries.get(file.path);
    if (entry === undefined) return file;
    const isPlain = entry.kind === "file";
    return {
      ...file,
      kind: entry.kind,
      binary: file.binary && isPlain,
      headBlob: entry.blob,
      becameExecutable: file.status === "added" && entry.executable,
    };
  });
}

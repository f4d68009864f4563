import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import type { EditLog } from "../../domain/edit-log.ts";
import { ExternalError } from "../../domain/errors.ts";
import type { Proposal } from "../../domain/proposal.ts";
import type { GitHub } from "./octokit.ts";
import type { Doing } from "./translate-error.ts";

/** Characters of new text in one request: far below what GitHub takes, so that a request ends within its time. */
const MAX_REQUEST_CHARACTERS = 2_000_000;
const MAX_REQUEST_FILES = 200;
const WRITING: Doing = { what: "write the commit", permission: "contents: write" };
const READING: Doing = { what: "read the branch of an earlier run", permission: "contents: read" };
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;
const TRAILER = /^Parallel-Review-Tree: ([0-9a-f]{40,64})$/m;

const GitObject = z.object({ sha: z.string() });
const Commit = z.object({
  sha: z.string(),
  message: z.string(),
  tree: GitObject,
  parents: z.array(GitObject),
});

/** The tip of a proposal's branch. */
export type Tip = {
  readonly sha: Sha;
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  /** True when this program made it and nobody has changed anything since: its message names the tree it has. */
  readonly isOurs: boolean;
};

type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The tree with the edits, in as many requests as its size takes. Making a tree again makes no second one. */
export async function writeTree(github: GitHub, proposal: Proposal, sleep: Sleep, signal: AbortSignal): Promise<Sha> {
  let tree = (await readCommit(github, proposal.base, signal)).tree;
  for (const part of parts(proposal.edits)) {
    // oxlint-disable-next-line no-await-in-loop -- each part is laid over the one before
    tree = await make(github, "trees", { base_tree: tree, tree: part.map(treeEntry) }, sleep, signal);
  }
  return tree;
}

/** One commit on the base; its message ends with the id of its tree, by which a later run knows it again. */
export async function writeCommit(
  github: GitHub,
  proposal: Proposal,
  tree: Sha,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Sha> {
  const message = `${proposal.commitMessage.trimEnd()}\n\nParallel-Review-Tree: ${tree}\n`;
  // Without an author GitHub takes the token's account, and signs the commit of an app or of Actions.
  return make(github, "commits", { message, tree, parents: [proposal.base] }, sleep, signal);
}

/** Makes a git object; one that was made and not heard of lies about unused, so it may be made again. */
async function make(
  github: GitHub,
  kind: "trees" | "commits",
  parameters: Readonly<Record<string, unknown>>,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Sha> {
  const request = { route: `POST /repos/{owner}/{repo}/git/${kind}`, parameters };
  for (let attempt = 1; ; attempt += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next attempt depends on how this one ended
      return (await github.ask(request, GitObject, WRITING, signal)).sha;
    } catch (error) {
      if (!(error instanceof ExternalError) || !error.retryable || attempt === ATTEMPTS) throw error;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(FIRST_WAIT_MS * 2 ** attempt, signal);
    }
  }
}

/** The commit with this id. */
export async function readCommit(github: GitHub, sha: Sha, signal: AbortSignal): Promise<Tip> {
  const commit = await github.ask(
    { route: "GET /repos/{owner}/{repo}/git/commits/{commit_sha}", parameters: { commit_sha: sha } },
    Commit,
    READING,
    signal,
  );
  return {
    sha: commit.sha,
    tree: commit.tree.sha,
    parents: commit.parents.map((parent) => parent.sha),
    isOurs: TRAILER.exec(commit.message)?.[1] === commit.tree.sha && commit.parents.length === 1,
  };
}

function parts(edits: EditLog): readonly EditLog[] {
  const all: EditLog[number][][] = [];
  let room = 0;
  for (const edit of edits) {
    const size = edit.kind === "delete" ? 0 : edit.text.length;
    const last = all.at(-1);
    if (last === undefined || size > room || last.length === MAX_REQUEST_FILES) {
      all.push([edit]);
      room = MAX_REQUEST_CHARACTERS - size;
    } else {
      last.push(edit);
      room -= size;
    }
  }
  return all;
}

function treeEntry(edit: EditLog[number]): Readonly<Record<string, unknown>> {
  const mode = edit.kind === "modify" && edit.executable ? "100755" : "100644";
  const place = { path: edit.path, mode, type: "blob" };
  return edit.kind === "delete" ? { ...place, sha: null } : { ...place, content: edit.text };
}

import { ConfigurationError } from "../../domain/errors.ts";
import { type Proposal, proposalProblem } from "../../domain/proposal.ts";
import type { Proposed, Proposer } from "../../ports/proposer.ts";
import type { GitHubFailure } from "./failure.ts";
import type { GitHub } from "./octokit.ts";
import { readBranch, setBranch } from "./proposal-branch.ts";
import { writeCommit, writeTree } from "./proposal-commit.ts";
import { findPull, openPull, type ProposalPull, updatePull } from "./proposal-pull.ts";
import { forbidden } from "./translate-error.ts";

export type ProposerOptions = {
  /** A client that may propose. */
  readonly github: GitHub;
  /** The page of the repository, without a slash at its end. */
  readonly repositoryUrl: string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

const NO_PERMISSION = { what: "open the pull request", permission: "pull-requests: write" } as const;
const SETTING =
  "Settings → Actions → General → Workflow permissions → Allow GitHub Actions to create and approve pull requests";

/**
 * Proposals as API commits: nothing is checked out, no git runs, and GitHub signs what an app or Actions commits. Every step looks
 * first at what an earlier run left behind.
 */
export function createProposer({ github, repositoryUrl, sleep }: ProposerOptions): Proposer {
  return {
    async find(branches, signal) {
      const pull = await findPull(github, branches, signal);
      return pull?.state === "open" ? pull.number : undefined;
    },
    async propose(proposal, signal) {
      const problem = proposalProblem(proposal);
      if (problem !== undefined) throw new ConfigurationError(`This change is not proposed: ${problem}.`);
      const { branch } = proposal;
      const leftAlone = (reason: string, url: string | undefined): Proposed => ({
        kind: "left-alone",
        branch,
        url,
        reason,
        notes: [],
      });
      const pull = await findPull(github, proposal, signal);
      if (pull?.state === "closed") {
        return leftAlone(`#${pull.number} with this change was closed, so it is not proposed again`, pull.url);
      }
      const tip = await readBranch(github, branch, signal);
      if (tip !== undefined && !tip.isOurs) {
        return leftAlone(`somebody has pushed to ${branch}, so it is left as it is`, pull?.url);
      }
      const tree = await writeTree(github, proposal, sleep, signal);
      const isThere = tip !== undefined && tip.tree === tree && tip.parents[0] === proposal.base;
      const commit = isThere ? tip.sha : await writeCommit(github, proposal, tree, sleep, signal);
      if (!isThere) {
        const set = await setBranch(github, { branch, from: tip?.sha, commit }, sleep, signal);
        if (set === "taken") return leftAlone(`somebody has changed ${branch} just now`, pull?.url);
      }
      const delivery = { branch, commit, isNewCommit: !isThere };
      if (pull?.state === "open") return update(github, proposal, pull, delivery, signal);
      const opened = await openPull(github, proposal, sleep, signal);
      switch (opened.kind) {
        case "opened": {
          const notes = opened.wasDraftRefused
            ? ["This repository has no draft pull requests, so it is open for review at once."]
            : [];
          return { kind: "opened", branch, commit, notes, url: opened.pull.url, number: opened.pull.number };
        }
        case "exists":
          return update(github, proposal, opened.pull, delivery, signal);
        case "refused":
          return {
            kind: "branch-only",
            branch,
            commit,
            notes: [],
            compareUrl: `${repositoryUrl}/compare/${encodeURIComponent(proposal.baseBranch)}...${branch}?expand=1`,
            reason: whyRefused(opened.failure),
          };
        default:
          return opened satisfies never;
      }
    },
  };
}

async function update(
  github: GitHub,
  proposal: Proposal,
  pull: ProposalPull,
  { branch, commit, isNewCommit }: { readonly branch: string; readonly commit: string; readonly isNewCommit: boolean },
  signal: AbortSignal,
): Promise<Proposed> {
  const isSame = pull.title === proposal.title && sameText(pull.body, proposal.body);
  const failure = isSame ? undefined : await updatePull(github, pull.number, proposal, signal);
  const notes = [
    ...(failure === undefined
      ? []
      : [`The pull request's text is that of an earlier run: ${forbidden(failure, NO_PERMISSION)}`]),
    ...(proposal.draft && !pull.draft
      ? ["Something was left out, but the pull request was not turned back into a draft: only a person can do that."]
      : []),
  ];
  const kind = isSame && !isNewCommit ? "unchanged" : "updated";
  return { kind, branch, commit, notes, url: pull.url, number: pull.number };
}

/** GitHub stores line ends its own way. */
function sameText(a: string, b: string): boolean {
  return a.replaceAll("\r\n", "\n").trimEnd() === b.replaceAll("\r\n", "\n").trimEnd();
}

function whyRefused(failure: GitHubFailure): string {
  return /not permitted to create/i.test(failure.message)
    ? `GitHub Actions may not open pull requests here. Turn on: ${SETTING}`
    : `${forbidden(failure, NO_PERMISSION)} For the token of a workflow also turn on: ${SETTING}`;
}

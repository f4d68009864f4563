import { z } from "zod";

import type { Proposal } from "../../domain/proposal.ts";
import type { GitHubFailure } from "./failure.ts";
import type { GitHub } from "./octokit.ts";
import { errorOf, type Doing } from "./translate-error.ts";

const WRITING: Doing = { what: "open the pull request", permission: "pull-requests: write" };
const READING: Doing = { what: "look for the pull request of an earlier run", permission: "pull-requests: read" };
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;

const Pull = z.object({
  number: z.int().positive(),
  html_url: z.string(),
  state: z.string(),
  merged_at: z.string().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().nullish(),
});

/** A pull request of the proposal's branch. */
export type ProposalPull = {
  readonly number: number;
  readonly url: string;
  readonly state: "open" | "closed" | "merged";
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
};

const ProposalPull = Pull.transform((pull): ProposalPull => ({
  number: pull.number,
  url: pull.html_url,
  state: typeof pull.merged_at === "string" ? "merged" : pull.state === "open" ? "open" : "closed",
  title: pull.title,
  body: pull.body ?? "",
  draft: pull.draft ?? false,
}));

export type Opened =
  | { readonly kind: "opened"; readonly pull: ProposalPull; readonly wasDraftRefused: boolean }
  /** An earlier attempt, or another run, was first. */
  | { readonly kind: "exists"; readonly pull: ProposalPull }
  | { readonly kind: "refused"; readonly failure: GitHubFailure };

/** The newest pull request from the branch into the base branch; an open one counts before all others. */
export async function findPull(
  github: GitHub,
  { branch, baseBranch }: Pick<Proposal, "branch" | "baseBranch">,
  signal: AbortSignal,
): Promise<ProposalPull | undefined> {
  const parameters = { head: `${github.owner}:${branch}`, base: baseBranch, state: "all", per_page: 100 };
  const pulls = await github.ask(
    { route: "GET /repos/{owner}/{repo}/pulls", parameters },
    z.array(ProposalPull),
    READING,
    signal,
  );
  return pulls.find(({ state }) => state === "open") ?? pulls.toSorted((a, b) => b.number - a.number)[0];
}

/** Opens the pull request once: GitHub has at most one open for a pair of branches, and says when it is there. */
export async function openPull(
  github: GitHub,
  proposal: Proposal,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<Opened> {
  const { title, body, branch: head, baseBranch: base } = proposal;
  let { draft } = proposal;
  for (let attempt = 1; ; attempt += 1) {
    const parameters = { title, body, head, base, draft };
    // oxlint-disable-next-line no-await-in-loop -- the next attempt depends on how this one ended
    const answer = await github.send({ route: "POST /repos/{owner}/{repo}/pulls", parameters }, ProposalPull, signal);
    if (answer.ok) return { kind: "opened", pull: answer.data, wasDraftRefused: draft !== proposal.draft };
    const { failure } = answer;
    const isThere = failure.kind === "invalid" && /already exists/i.test(failure.message);
    if (isThere || failure.kind === "unavailable") {
      // oxlint-disable-next-line no-await-in-loop -- as above
      const found = await findPull(github, proposal, signal);
      if (found?.state === "open") return { kind: "exists", pull: found };
      if (attempt === ATTEMPTS) throw errorOf(failure, WRITING);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(FIRST_WAIT_MS * 2 ** attempt, signal);
    } else if (draft && failure.kind === "invalid" && /\bdraft\b/i.test(failure.message)) {
      draft = false;
    } else if (failure.kind === "forbidden" || failure.kind === "not-found") {
      return { kind: "refused", failure };
    } else {
      throw errorOf(failure, WRITING);
    }
  }
}

/** Gives an open pull request its new title and text. Saying the same again is harmless, so a broken answer is asked again once. */
export async function updatePull(
  github: GitHub,
  number: number,
  { title, body }: Pick<Proposal, "title" | "body">,
  signal: AbortSignal,
): Promise<GitHubFailure | undefined> {
  const route = "PATCH /repos/{owner}/{repo}/pulls/{pull_number}";
  const request = { route, parameters: { pull_number: number, title, body } };
  const first = await github.send(request, ProposalPull, signal);
  const answer =
    !first.ok && first.failure.kind === "unavailable" ? await github.send(request, ProposalPull, signal) : first;
  return answer.ok ? undefined : answer.failure;
}

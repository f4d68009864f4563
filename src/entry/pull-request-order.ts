import { gitEnvironment } from "../adapters/git/run-git.ts";
import type { PullRequest } from "../adapters/github/pull-request.ts";
import { stopRequests } from "../adapters/github/stop-requests.ts";
import type { CommandOptions } from "../domain/comment-command.ts";
import type { Written } from "../domain/trigger.ts";
import type { Precedent } from "../flow/prepare-review.ts";
import type { ChangeSource } from "../ports/change-source.ts";
import type { Journal } from "../ports/journal.ts";
import type { StopSource } from "../ports/stop-source.ts";
import { actionClaude } from "./action-claude.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { composePullRequestSource } from "./compose-pull-request-source.ts";
import type { ReviewOrder } from "./compose-review.ts";
import { chooseEngine, type ClaudeAccess, concurrencyFor } from "./engine-choice.ts";
import type { GitHubAccess } from "./github-access.ts";
import { repositoryUrl, type World } from "./world.ts";

/** A pull request that is to be looked at, and how it was asked for. */
export type PullRequestOrder = World & {
  readonly github: GitHubAccess;
  /** Pinned: everything is read, and posted, at its head. */
  readonly pull: PullRequest;
  readonly options: CommandOptions;
  /** Tells this request from others for the same head. */
  readonly run: string;
};

/** A review that somebody, or a push, asked for. */
export type ReviewRequested = PullRequestOrder & {
  /** Absent where nobody wrote a comment. */
  readonly asked?: Written;
  /** What counts from before, where that is known already. */
  readonly precedent?: Precedent;
};

/**
 * The claude engine as inputs and the comment's options choose it; undefined for the rules engine.
 * @throws {ConfigurationError} claude without a key.
 */
export function claudeFor(
  order: Pick<PullRequestOrder, "inputs" | "env" | "host" | "options">,
): ClaudeAccess | undefined {
  return chooseEngine(order.inputs.engine, actionClaude(order, order.options));
}

export type OrderParts = Pick<ReviewOrder, "journal" | "publisher" | "readPrecedent">;

/** The run of an automatic review: one for each head. */
export function headRun({ head }: Pick<PullRequest, "head">): string {
  return `head-${head}`;
}

/** Reads the pull request at its pinned head. */
export function sourceOf(order: PullRequestOrder, journal: Journal): ChangeSource & AsyncDisposable {
  const { inputs, site, env } = order;
  return composePullRequestSource({
    read: order.github.read,
    pull: order.pull,
    cloneUrl: `${repositoryUrl(order)}.git`,
    token: inputs["github-token"],
    git: { executable: "git", environment: gitEnvironment(env) },
    temporaryFolder: site.temporaryFolder,
    journal,
  });
}

/** Inputs and the comment's options as a review order; what the comment says counts before what the workflow says. */
export function reviewOrder(order: PullRequestOrder, parts: OrderParts): ReviewOrder & AsyncDisposable {
  const { inputs, options } = order;
  const source = sourceOf(order, parts.journal);
  const claude = claudeFor(order);
  return {
    ...parts,
    source,
    claude,
    concurrency: concurrencyFor(claude, options.concurrency ?? inputs["max-concurrency"]),
    paths: options.paths,
    lenses: options.lenses,
    verifierModel: inputs["verifier-model"],
    budgetUsd: options.budgetUsd ?? inputs["budget-usd"],
    mostUsd: order.mostUsd,
    failOn: inputs["fail-on"],
    settingsPath: inputs["config-path"],
    layout: bundleLayout(),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

/** Where somebody may ask for this run to stop: later comments than the one that asked for it, and pushes. */
export function stopRequestsFor(
  { github, pull }: PullRequestOrder,
  sinceMs: number,
  asked: Written | undefined,
): StopSource {
  return stopRequests({
    read: github.read,
    pullRequest: pull.number,
    head: pull.head,
    sinceMs,
    asked,
  });
}

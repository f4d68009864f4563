import { gitEnvironment } from "../adapters/git/run-git.ts";
import type { PullRequest } from "../adapters/github/pull-request.ts";
import type { CommandOptions } from "../domain/comment-command.ts";
import type { Journal } from "../ports/journal.ts";
import type { ReviewPublisher } from "../ports/review-publisher.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { composePullRequestSource } from "./compose-pull-request-source.ts";
import type { ReviewOrder } from "./compose-review.ts";
import { chooseEngine, concurrencyFor } from "./engine-choice.ts";
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

/** Inputs and the comment's options as a review order; what the comment says counts before what the workflow says. */
export function reviewOrder(
  order: PullRequestOrder,
  parts: { readonly journal: Journal; readonly publisher: ReviewPublisher | undefined },
): ReviewOrder & AsyncDisposable {
  const { inputs, site, env, options } = order;
  const source = composePullRequestSource({
    read: order.github.read,
    pull: order.pull,
    cloneUrl: `${repositoryUrl(order)}.git`,
    token: inputs["github-token"],
    git: { executable: "git", environment: gitEnvironment(env) },
    temporaryFolder: site.temporaryFolder,
    journal: parts.journal,
  });
  const access = {
    apiKey: inputs["anthropic-api-key"],
    baseUrl: inputs["anthropic-base-url"],
    modelId: options.model ?? inputs.model,
    effort: options.effort ?? inputs.effort,
  };
  const howToSet = "give the step anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}";
  const claude = chooseEngine(inputs.engine, access, howToSet);
  return {
    ...parts,
    source,
    claude,
    concurrency: concurrencyFor(claude, options.concurrency ?? inputs["max-concurrency"]),
    paths: options.paths,
    lenses: options.lenses,
    verifierModel: inputs["verifier-model"],
    budgetUsd: options.budgetUsd ?? inputs["budget-usd"],
    failOn: inputs["fail-on"],
    settingsPath: inputs["config-path"],
    layout: bundleLayout(),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

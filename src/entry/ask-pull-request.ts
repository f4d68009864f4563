import { ConfigurationError } from "../domain/errors.ts";
import { coordinate } from "../flow/coordinator/coordinate.ts";
import { answerText } from "../render/answer-text.ts";
import { sharedBrief } from "../subagent/brief.ts";
import { modelOf, prepare } from "./compose-review.ts";
import { type PullRequestOrder, reviewOrder } from "./pull-request-order.ts";
import { repositoryUrl } from "./world.ts";

/**
 * Answers a question about the pull request, as Markdown that is safe to post.
 * @throws {ConfigurationError} there is no key for the claude engine.
 */
export async function askPullRequest(question: string, order: PullRequestOrder, signal: AbortSignal): Promise<string> {
  const { journal } = order.host;
  await using asked = reviewOrder(order, { journal, publisher: undefined });
  const { claude } = asked;
  if (claude === undefined) {
    throw new ConfigurationError(
      "ask needs the claude engine: give the step anthropic-api-key, and engine auto or claude",
    );
  }
  const { changeSet, guidance, settings, head } = await prepare(asked, signal);
  const { prefix } = sharedBrief({ changeSet, guidance, instructions: settings.instructions });
  const deadline = AbortSignal.timeout(order.inputs["time-limit-minutes"] * 60_000);
  const answer = await coordinate(
    { text: question, context: prefix },
    {
      model: modelOf(claude, asked.concurrency),
      modelId: claude.modelId,
      effort: claude.effort,
      snapshot: head,
      concurrency: asked.concurrency,
      budgetUsd: asked.budgetUsd ?? settings.budgetUsd,
      onProgress: (description) => journal.write({ kind: "run-start", description }),
    },
    AbortSignal.any([signal, deadline]),
  );
  return answerText({ ...answer, question, head: changeSet.head }, { repositoryUrl: repositoryUrl(order) });
}

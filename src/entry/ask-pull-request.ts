import { budgetOf } from "../domain/budget-of.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Written } from "../domain/trigger.ts";
import { coordinate } from "../flow/coordinator/coordinate.ts";
import { watchForStop } from "../flow/watch-for-stop.ts";
import { answerText } from "../render/answer-text.ts";
import { sharedBrief } from "../subagent/brief.ts";
import type { Reply } from "./answer-comment.ts";
import { modelOf, prepare } from "./compose-review.ts";
import { folderKeeper } from "./folder-keeper.ts";
import { askFolder, keepAsk } from "./keep-ask.ts";
import { type PullRequestOrder, reviewOrder, stopRequestsFor } from "./pull-request-order.ts";
import { cleaner, secretsOf } from "./runner-log.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { outputFolder, repositoryUrl } from "./world.ts";

/**
 * Answers a question about the pull request, as Markdown that is safe to post.
 * @throws {ConfigurationError} there is no key for the claude engine.
 */
export async function askPullRequest(
  question: string,
  order: PullRequestOrder & { readonly asked: Written },
  signal: AbortSignal,
): Promise<Reply> {
  const { asked: command, host } = order;
  const { journal } = host;
  const askedMs = SYSTEM_CLOCK.now();
  await using asked = reviewOrder(order, { journal, publisher: undefined });
  const { claude } = asked;
  if (claude === undefined) {
    throw new ConfigurationError(
      `ask needs the claude engine: ${host.words.howToSet}, and does not choose the engine rules`,
    );
  }
  const { changeSet, guidance, settings, head } = await prepare(asked, signal);
  const { prefix } = sharedBrief({ changeSet, guidance, instructions: settings.instructions });
  const deadline = AbortSignal.timeout(order.inputs["time-limit-minutes"] * 60_000);
  const budgetUsd = budgetOf(asked, settings);
  const { modelId, effort } = claude;
  const say = (description: string): void => journal.write({ kind: "run-start", description });
  const clock = { ...SYSTEM_CLOCK, sleep: order.github.sleep };
  using watch = watchForStop(stopRequestsFor(order, askedMs, command), clock, signal);
  const folder = { folder: askFolder(outputFolder(order)), secrets: secretsOf(order), clean: cleaner(order) };
  const keeper = host.keeper ?? folderKeeper(folder, "resume-if-same", journal);
  const { repository, head: commit } = changeSet;
  await using kept = await keepAsk(
    { keeper, run: order.run, repository, head: commit, claude, budgetUsd, prices: settings.prices },
    watch.signal,
  );
  const answer = await coordinate(
    { text: question, context: prefix },
    {
      model: modelOf(claude, asked.concurrency),
      modelId,
      effort,
      prices: settings.prices,
      isRegional: claude.isRegional,
      ...(kept === undefined ? {} : { laneFor: kept.lane }),
      snapshot: head,
      concurrency: asked.concurrency,
      budgetUsd,
      onProgress: say,
    },
    AbortSignal.any([watch.signal, deadline]),
  );
  const text = answerText({ ...answer, question, head: changeSet.head }, { repositoryUrl: repositoryUrl(order) });
  return { text, reaction: answer.incomplete === undefined ? "rocket" : "confused" };
}

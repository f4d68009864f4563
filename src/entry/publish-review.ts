import { react, type Reaction } from "../adapters/github/reaction.ts";
import type { ChangeSet } from "../domain/change-set.ts";
import { conclude } from "../domain/conclude.ts";
import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import { placeAll } from "../domain/place.ts";
import type { Report } from "../domain/report.ts";
import { publishesOnStop } from "../domain/stop.ts";
import { deliverReport, LAST_WORDS_MS } from "../flow/deliver-report.ts";
import { composePublisher } from "./compose-publisher.ts";
import { settingsIn } from "./compose-review.ts";
import { deliverResult } from "./deliver-result.ts";
import { readFindingsFile } from "./findings-file.ts";
import { headRun, type PullRequestOrder, type ReviewRequested, sourceOf } from "./pull-request-order.ts";
import { cleaner } from "./runner-log.ts";
import { repositoryUrl } from "./world.ts";

/**
 * Posts the review that another job has made. Its file is not believed: it has to be of this pull request and of what GitHub says has
 * changed in it, and where each finding goes and whether the review fails is decided anew. Where there is no such file, the pull request
 * is told.
 */
export async function publishReview(order: ReviewRequested, signal: AbortSignal): Promise<void> {
  const { inputs, host, github, asked } = order;
  const isDry = inputs["dry-run"];
  const show = async (reaction: Reaction): Promise<void> => {
    if (asked !== undefined && !isDry) await react(github.write, asked, reaction, signal);
  };
  const clean = cleaner(order);
  const surroundings = { repositoryUrl: repositoryUrl(order), runUrl: host.runUrl };
  const publisherFor = (pinned: PullRequestOrder): ReturnType<typeof composePublisher> | undefined =>
    isDry ? undefined : composePublisher(pinned, surroundings, clean);
  let publisher = publisherFor(order);
  try {
    const report = await analysisOf(order);
    // The analysis has its own head, whatever was pushed meanwhile: the review is of that one, and says so.
    const { head } = report.target;
    const run = order.run === headRun(order.pull) ? headRun({ head }) : order.run;
    const pinned = { ...order, pull: { ...order.pull, head }, run };
    publisher = publisherFor(pinned);
    await publisher?.begin(signal);
    await using source = sourceOf(pinned, host.journal);
    const { changeSet, guidance } = await source.load(signal);
    requireSameFiles(report, changeSet, order);
    const settings = await settingsIn(guidance, inputs["config-path"], signal);
    const cancelled = report.conclusion === "cancelled";
    if (cancelled && !publishesOnStop("stop-command", settings.onStop, report.findings.length)) {
      await publisher?.abandon("cancelled: the analysis was stopped", signal);
      await show("confused");
      return host.fail("the analysis was stopped, so there is no review");
    }
    const before = order.precedent?.completes?.findings ?? [];
    const { unlistedFiles } = changeSet;
    const { coverage, subtasks } = report;
    const findings = placeAll(report.findings, changeSet.files, settings);
    const verdict = conclude(
      { coverage, subtasks, findings: [...before, ...findings], unlistedFiles, cancelled },
      inputs["fail-on"] ?? settings.failOn,
    );
    const judged: Report = { ...report, findings: [...findings], conclusion: verdict.conclusion };
    const delivery = await deliverReport(judged, { changeSet, settings }, publisher, signal);
    const { fails, reason } = verdict;
    await deliverResult({ report: judged, fails, reason, ...delivery }, order, { surroundings, clean });
    await show(delivery.undelivered === undefined ? "rocket" : "confused");
  } catch (error) {
    await publisher?.abandon(errorMessage(error), AbortSignal.timeout(LAST_WORDS_MS));
    if (!signal.aborted) await show("confused");
    throw error;
  }
}

/** @throws {ConfigurationError} there is none, or it is of something else. */
async function analysisOf({ inputs, site, pull }: PullRequestOrder): Promise<Report> {
  const place = inputs["findings-path"];
  if (place === undefined) {
    throw new ConfigurationError(
      "stage publish needs findings-path: the findings.json of stage analyze, or its folder",
    );
  }
  const report = await readFindingsFile(place).catch((error: unknown) => {
    throw new ConfigurationError(`the analysis left no result: ${errorMessage(error)}`, { cause: error });
  });
  const { repository, pullRequest, head } = report.target;
  const isOurs =
    report.job === "review" &&
    repository.toLowerCase() === site.repository.toLowerCase() &&
    pullRequest === pull.number;
  if (isOurs && /^[0-9a-f]{40,64}$/.test(head)) return report;
  throw new ConfigurationError(
    `${place} is the ${report.job} of ${repository}${pullRequest === undefined ? "" : `#${pullRequest}`} at ${head}, not the review of ${site.repository}#${pull.number}`,
  );
}

/** @throws {ConfigurationError} the report covers other files than the change has. A retry leaves out what was read before. */
function requireSameFiles({ coverage }: Report, { files }: ChangeSet, { precedent }: ReviewRequested): void {
  const changed = new Set(files.map(({ path }) => path));
  const covered = new Set(coverage.map(({ path }) => path));
  const unknown = [...covered].find((path) => !changed.has(path));
  const missing = precedent?.completes === undefined ? [...changed].find((path) => !covered.has(path)) : undefined;
  const odd = unknown ?? missing;
  if (odd === undefined) return;
  const what = unknown === undefined ? "says nothing of" : "speaks of";
  throw new ConfigurationError(`the analysis ${what} ${JSON.stringify(odd)}, so it is not of this change`);
}

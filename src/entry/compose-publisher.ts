import type { Posting } from "../adapters/github/post-review.ts";
import { createReviewPublisher } from "../adapters/github/review-publisher.ts";
import type { ReviewRender } from "../adapters/github/review-render.ts";
import type { ChangedFile } from "../domain/diff.ts";
import { mapStrings } from "../domain/map-strings.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import { suggestionProblem } from "../domain/suggestion.ts";
import type { ReviewPublisher } from "../ports/review-publisher.ts";
import { checkOutput } from "../render/check-output.ts";
import { findingComment } from "../render/finding-comment.ts";
import type { Surroundings } from "../render/place-link.ts";
import { reviewBody } from "../render/review-body.ts";
import { statusComment } from "../render/status-comment.ts";
import { cleanReport } from "./clean-report.ts";
import type { GitHubAccess } from "./github-access.ts";
import type { PullRequestOrder } from "./pull-request-order.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** Comments that answer a command are told from status comments by this name in place of a workflow's. */
export const ANSWER_WORKFLOW = "parallel-review/answer";

/** Name of our check run. */
export const CHECK_NAME = "parallel-review";
/** Inline comments of one review; the settings' own cap is lower, and GitHub documents none. */
const MAX_INLINE = 50;

export function postingFor(github: GitHubAccess, number: number, identity: number): Posting {
  return { ...github, number, identity };
}

/** The publisher of a pull request. Every text it posts has passed `clean`. */
export function composePublisher(
  order: PullRequestOrder,
  surroundings: Surroundings,
  clean: (text: string) => string,
): ReviewPublisher {
  const { github, pull, site, host, run } = order;
  let files: ReadonlyMap<RepoPath, ChangedFile> = new Map();
  const render: ReviewRender = {
    // Text by text first: a mask must not swallow a part of what is hidden in the text for programs.
    reviewBody: (report) => clean(reviewBody(cleanReport(report, clean), surroundings)),
    findingComment: (finding) =>
      clean(findingComment(mapStrings(finding, clean), suggestionProblem(finding, files.get(finding.path)))),
    statusComment: (status, end) => clean(statusComment(status, { ...surroundings, ...end })),
    checkOutput(report) {
      const { title, summary, batches } = checkOutput(report, surroundings);
      return {
        title: clean(title),
        summary: clean(summary),
        batches: batches.map((batch) =>
          batch.map((annotation) => ({
            ...annotation,
            title: clean(annotation.title),
            message: clean(annotation.message),
          })),
        ),
      };
    },
  };
  const publisher = createReviewPublisher({
    ...github,
    pullRequest: pull.number,
    head: pull.head,
    workflow: site.workflow,
    run,
    render,
    clock: SYSTEM_CLOCK,
    maxInline: MAX_INLINE,
    checkName: CHECK_NAME,
    identity: host.identity,
    ...(surroundings.runUrl === undefined ? {} : { detailsUrl: surroundings.runUrl }),
  });
  return {
    ...publisher,
    publish(report, changeSet, signal) {
      files = new Map(changeSet.files.map((file) => [file.path, file]));
      return publisher.publish(report, changeSet, signal);
    },
  };
}

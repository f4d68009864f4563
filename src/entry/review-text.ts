import { logSafeLines } from "../render/log-safe.ts";
import type { StandinPullRequest } from "../standin/github/model.ts";

/** The posted review as text: its body, then its comments in the order of the files. */
export function reviewText(pull: StandinPullRequest): string {
  const reviews = pull.reviews.filter((review) => review.state === "COMMENTED");
  const parts = reviews.flatMap((review) => {
    const comments = pull.reviewComments
      .filter((comment) => comment.reviewId === review.id)
      .map((comment) => {
        const lines = comment.startLine === undefined ? `${comment.line}` : `${comment.startLine}-${comment.line}`;
        return `── ${comment.path}:${comment.thread.subjectType === "file" ? "file" : lines}\n${comment.body}`;
      });
    return [`${review.author.login} reviewed ${review.commitId.slice(0, 7)}`, review.body, ...comments];
  });
  const text = parts.join("\n\n").replaceAll(/\n*<!--.*?-->/gs, "");
  return logSafeLines(parts.length === 0 ? "No review was posted." : text);
}

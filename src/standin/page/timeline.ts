import type { StandinCommit, StandinIssueComment, StandinPullRequest, StandinReview } from "../github/model.ts";
import { visibleThreads, type ThreadView } from "./review-thread.ts";

/** One entry below the description. */
export type TimelineItem =
  | { readonly kind: "commits"; readonly at: string; readonly commits: readonly StandinCommit[] }
  | { readonly kind: "comment"; readonly at: string; readonly comment: StandinIssueComment }
  | {
      readonly kind: "review";
      readonly at: string;
      readonly review: StandinReview;
      readonly threads: readonly ThreadView[];
    }
  | { readonly kind: "ended"; readonly at: string; readonly merged: boolean };

/**
 * What happened, oldest first. The commits the pull request was opened with come first, whatever their dates; a review that only answers
 * in older threads has no entry of its own, as on GitHub.
 */
export function timeline(pull: StandinPullRequest): TimelineItem[] {
  const threads = visibleThreads(pull);
  const commits = Map.groupBy(pull.commits, ({ committer }) =>
    committer.date <= pull.createdAt ? pull.createdAt : committer.date,
  );
  const items: TimelineItem[] = [
    ...[...commits].map(([at, group]) => ({ kind: "commits" as const, at, commits: group })),
    ...pull.comments.map((comment) => ({ kind: "comment" as const, at: comment.createdAt, comment })),
    ...pull.reviews.flatMap((review) => {
      const own = threads.filter(({ first }) => first.reviewId === review.id);
      if (review.state === "PENDING" || review.submittedAt === undefined) return [];
      if (review.state === "COMMENTED" && review.body.trim() === "" && own.length === 0) return [];
      return [{ kind: "review" as const, at: review.submittedAt, review, threads: own }];
    }),
  ];
  const end = pull.mergedAt ?? (pull.state === "closed" ? pull.closedAt : undefined);
  if (end !== undefined) items.push({ kind: "ended", at: end, merged: pull.mergedAt !== undefined });
  return items.toSorted((a, b) => compare(a.at, b.at) || identity(a) - identity(b));
}

/** Ids grow with time over all kinds of objects, so they order what happened within one second. */
function identity(item: TimelineItem): number {
  if (item.kind === "comment") return item.comment.id;
  if (item.kind === "review") return item.review.id;
  return item.kind === "ended" ? Number.MAX_SAFE_INTEGER : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

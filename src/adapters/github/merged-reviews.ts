import { z } from "zod";

import type { MergedReview } from "../../ports/merged-review.ts";
import { sendQuery } from "./graphql.ts";
import type { Answer, GitHub } from "./octokit.ts";
import { memoryIn, pageFields, PullPage } from "./review-memory.ts";

/** Pull requests that one request asks for: the newest of each list on each of them is within what GitHub answers at once. */
const MOST_PULLS = 20;

const QueryData = z.object({
  repository: z.object({
    pullRequests: z.object({ nodes: z.array(PullPage.extend({ number: z.int(), mergedAt: z.string().nullish() })) }),
  }),
});
const QUERY = `query Merged($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: ${MOST_PULLS}, states: [MERGED], orderBy: { field: UPDATED_AT, direction: DESC }) {
      nodes { number mergedAt ${pageFields()} }
    }
  }
}`;

/** What this account left on the pull requests that were merged last, in one request. */
export async function readMergedReviews(
  github: GitHub,
  identity: number,
  signal: AbortSignal,
): Promise<Answer<readonly MergedReview[]>> {
  const answer = await sendQuery(github, QUERY, { owner: github.owner, name: github.name }, QueryData, signal);
  if (!answer.ok) return answer;
  const merged = answer.data.repository.pullRequests.nodes.map(
    ({ number, mergedAt, author, comments, reviews, reviewThreads: { nodes: threads } }): MergedReview => ({
      pullRequest: number,
      mergedOn: (mergedAt ?? "").slice(0, 10),
      memory: memoryIn({ author: author?.login, comments: comments.nodes, reviews: reviews.nodes, threads }, identity),
    }),
  );
  return { ok: true, data: merged };
}

import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import { sendQuery } from "./graphql.ts";
import { markerOf } from "./marker.ts";
import type { Marker } from "./marker.ts";
import type { Answer, GitHub } from "./octokit.ts";

export type OwnComment = { readonly id: number; readonly url: string; readonly marker: Marker };
type OwnReview = {
  readonly id: number;
  readonly url: string;
  readonly pending: boolean;
  /** Undefined for a review that another program wrote with the same account. */
  readonly marker: Marker | undefined;
};

/** A pull request as it is now, with what this account posted there. A marker in somebody else's text is nothing here. */
export type Conversation = {
  readonly head: Sha;
  readonly state: "open" | "closed" | "merged";
  readonly draft: boolean;
  readonly locked: boolean;
  /** The newest hundred are looked at. */
  readonly comments: readonly OwnComment[];
  readonly reviews: readonly OwnReview[];
};

/** Account of the token that every job gets (github-actions[bot]). */
export const ACTIONS_BOT_ID = 41_898_282;

const Author = z.object({ databaseId: z.number().nullish() }).nullish();
const Post = {
  databaseId: z.number(),
  url: z.string(),
  body: z.string(),
  viewerDidAuthor: z.boolean(),
  author: Author,
};
const QueryData = z.object({
  repository: z.object({
    pullRequest: z.object({
      headRefOid: z.string(),
      state: z.enum(["OPEN", "CLOSED", "MERGED"]),
      isDraft: z.boolean(),
      locked: z.boolean(),
      comments: z.object({ nodes: z.array(z.object(Post)) }),
      reviews: z.object({ nodes: z.array(z.object({ ...Post, state: z.string() })) }),
    }),
  }),
});

const AUTHOR = "author { ... on Bot { databaseId } ... on User { databaseId } }";
const QUERY = `query Conversation($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      headRefOid state isDraft locked
      comments(last: 100) { nodes { databaseId url body viewerDidAuthor ${AUTHOR} } }
      reviews(last: 100) { nodes { databaseId url body state viewerDidAuthor ${AUTHOR} } }
    }
  }
}`;

/**
 * Reads the conversation in one request, GitHub itself saying which posts are this account's. Where GraphQL is not to be had,
 * by REST, where a post is ours when its author's id is `identity`.
 */
export async function readConversation(
  github: GitHub,
  number: number,
  identity: number,
  signal: AbortSignal,
): Promise<Answer<Conversation>> {
  const variables = { owner: github.owner, name: github.name, number };
  const answer = await sendQuery(github, QUERY, variables, QueryData, signal);
  if (!answer.ok) {
    // REST is no way round an outage or a limit, only round a server or token that has no GraphQL.
    const { status, kind } = answer.failure;
    const isGraphQlRefused = status !== undefined && status < 500 && kind !== "rate-limited" && kind !== "unauthorized";
    return isGraphQlRefused ? readByRest(github, number, identity, signal) : answer;
  }
  const pull = answer.data.repository.pullRequest;
  const isOurs = (post: { viewerDidAuthor: boolean; author?: z.infer<typeof Author> }): boolean =>
    post.viewerDidAuthor || post.author?.databaseId === identity;
  return {
    ok: true,
    data: {
      head: pull.headRefOid,
      state: pull.state === "OPEN" ? "open" : pull.state === "MERGED" ? "merged" : "closed",
      draft: pull.isDraft,
      locked: pull.locked,
      comments: pull.comments.nodes
        .filter(isOurs)
        .flatMap(({ databaseId: id, url, body }) => ownComment(id, url, body)),
      reviews: pull.reviews.nodes.filter(isOurs).map(({ databaseId: id, url, body, state }) => ({
        id,
        url,
        pending: state === "PENDING",
        marker: markerOf(body),
      })),
    },
  };
}

const RestPost = z.object({
  id: z.number(),
  html_url: z.string(),
  body: z.string().nullish(),
  state: z.string().optional(),
  user: z.object({ id: z.number() }).nullish(),
});
const RestPull = z.object({
  head: z.object({ sha: z.string() }),
  state: z.string(),
  merged: z.boolean(),
  draft: z.boolean().default(false),
  locked: z.boolean(),
});

async function readByRest(
  github: GitHub,
  number: number,
  identity: number,
  signal: AbortSignal,
): Promise<Answer<Conversation>> {
  const at = `GET /repos/{owner}/{repo}`;
  const pull = await github.send({ route: `${at}/pulls/${number}` }, RestPull, signal);
  if (!pull.ok) return pull;
  const comments = await listPosts(github, `${at}/issues/${number}/comments`, signal);
  if (!comments.ok) return comments;
  const reviews = await listPosts(github, `${at}/pulls/${number}/reviews`, signal);
  if (!reviews.ok) return reviews;
  const { head, state, merged, draft, locked } = pull.data;
  const isOurs = (post: z.infer<typeof RestPost>): boolean => post.user?.id === identity;
  return {
    ok: true,
    data: {
      head: head.sha,
      state: merged ? "merged" : state === "closed" ? "closed" : "open",
      draft,
      locked,
      comments: comments.data.filter(isOurs).flatMap((post) => ownComment(post.id, post.html_url, post.body ?? "")),
      reviews: reviews.data.filter(isOurs).map((post) => ({
        id: post.id,
        url: post.html_url,
        pending: post.state === "PENDING",
        marker: markerOf(post.body ?? ""),
      })),
    },
  };
}

const PAGE = 100;
/** Beyond this many posts an older one of ours is not found, and a new one is made. */
const MAX_PAGES = 10;

async function listPosts(
  github: GitHub,
  route: string,
  signal: AbortSignal,
): Promise<Answer<readonly z.infer<typeof RestPost>[]>> {
  const posts: z.infer<typeof RestPost>[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    // oxlint-disable-next-line no-await-in-loop -- a page is needed to know whether there is a next one
    const answer = await github.send({ route, parameters: { per_page: PAGE, page } }, z.array(RestPost), signal);
    if (!answer.ok) return answer;
    posts.push(...answer.data);
    if (answer.data.length < PAGE) break;
  }
  return { ok: true, data: posts };
}

function ownComment(id: number, url: string, body: string): readonly OwnComment[] {
  const marker = markerOf(body);
  return marker === undefined ? [] : [{ id, url, marker }];
}

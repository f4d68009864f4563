import { z } from "zod";

import type { Decision, Ignored } from "../../domain/review-record.ts";
import type { FindingThread, RememberedReview, RememberedRun, ReviewMemory } from "../../ports/review-memory.ts";
import { parseRecord } from "../../render/record-mark.ts";
import { parseDecision, parseRunMark } from "../../render/small-marks.ts";
import { sendQuery } from "./graphql.ts";
import { markerOf, withoutHidden } from "./marker.ts";
import type { Answer, GitHub } from "./octokit.ts";

const Author = z.object({ databaseId: z.number().nullish() }).nullish();
const Post = z.object({
  id: z.string(),
  databaseId: z.number(),
  url: z.string(),
  body: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  viewerDidAuthor: z.boolean(),
  author: Author,
  /** Of a review. */
  state: z.string().optional(),
});
type Post = z.infer<typeof Post>;
const InThread = Post.extend({ pullRequestReview: z.object({ id: z.string() }).nullish() });
const PageInfo = z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullish() });
/** A page of what stands on a pull request: of each list the newest. */
export const PullPage = z.object({
  author: z.object({ login: z.string() }).nullish(),
  comments: z.object({ nodes: z.array(Post), pageInfo: PageInfo }),
  reviews: z.object({ nodes: z.array(Post), pageInfo: PageInfo }),
  reviewThreads: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        isResolved: z.boolean(),
        isOutdated: z.boolean(),
        line: z.number().nullish(),
        startLine: z.number().nullish(),
        resolvedBy: z.object({ login: z.string(), databaseId: z.number().nullish() }).nullish(),
        comments: z.object({ nodes: z.array(InThread) }),
      }),
    ),
    pageInfo: PageInfo,
  }),
});
type Page = z.infer<typeof PullPage>;
const QueryData = z.object({ repository: z.object({ pullRequest: PullPage }) });
const POST = `id databaseId url body createdAt updatedAt viewerDidAuthor
  author { ... on Bot { databaseId } ... on User { databaseId } }`;
const PAGE_INFO = "pageInfo { hasPreviousPage startCursor }";
/** The fields of a `PullPage`; `before` are arguments for the lists of comments, reviews and threads. */
export function pageFields(before = { comments: "", reviews: "", threads: "" }): string {
  return `author { login }
    comments(last: 100${before.comments}) { nodes { ${POST} } ${PAGE_INFO} }
    reviews(last: 50${before.reviews}) { nodes { ${POST} state } ${PAGE_INFO} }
    reviewThreads(last: 50${before.threads}) {
      nodes {
        id isResolved isOutdated line startLine resolvedBy { login databaseId }
        comments(first: 50) { nodes { ${POST} pullRequestReview { id } } }
      }
      ${PAGE_INFO}
    }`;
}

const CURSORS = { comments: ", before: $comments", reviews: ", before: $reviews", threads: ", before: $threads" };
const QUERY = `query Memory($owner: String!, $name: String!, $number: Int!, $comments: String, $reviews: String, $threads: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { ${pageFields(CURSORS)} }
  }
}`;

/** Beyond this many pages of a hundred comments older ones are forgotten. */
const MAX_PAGES = 20;

/** Reads everything of this account's on the pull request that later commands and reviews build on. */
export async function readReviewMemory(
  github: GitHub,
  number: number,
  identity: number,
  signal: AbortSignal,
): Promise<Answer<ReviewMemory>> {
  const comments: Post[] = [];
  const reviews: Post[] = [];
  const threads: Thread[] = [];
  let opener: string | undefined;
  let cursors: Record<string, string | null> = { comments: null, reviews: null, threads: null };
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const variables = { owner: github.owner, name: github.name, number, ...cursors };
    // oxlint-disable-next-line no-await-in-loop -- a page is needed to know where the one before it is
    const answer = await sendQuery(github, QUERY, variables, QueryData, signal);
    if (!answer.ok) return answer;
    const { pullRequest } = answer.data.repository;
    opener = pullRequest.author?.login;
    comments.unshift(...pullRequest.comments.nodes);
    reviews.unshift(...pullRequest.reviews.nodes);
    threads.unshift(...pullRequest.reviewThreads.nodes);
    const pages = [pullRequest.comments, pullRequest.reviews, pullRequest.reviewThreads].map(
      ({ pageInfo }) => pageInfo,
    );
    if (pages.every(({ hasPreviousPage }) => !hasPreviousPage)) break;
    // A list that has ended is asked for what is before its first, which is nothing.
    const [before = null, reviewsBefore = null, threadsBefore = null] = pages.map(({ startCursor }) => startCursor);
    cursors = { comments: before, reviews: reviewsBefore, threads: threadsBefore };
  }
  return { ok: true, data: memoryIn({ author: opener, comments, reviews, threads }, identity) };
}

/** What this account (whose id is `identity`, unless GitHub says so itself) left in these posts, oldest first each. */
export function memoryIn(
  posts: {
    readonly author: string | undefined;
    readonly comments: Page["comments"]["nodes"];
    readonly reviews: Page["reviews"]["nodes"];
    readonly threads: readonly Thread[];
  },
  identity: number,
): ReviewMemory {
  const { author: opener, comments, reviews, threads } = posts;
  const isOurs = ({ viewerDidAuthor, author }: Post): boolean => viewerDidAuthor || author?.databaseId === identity;
  const mayDecide = ({ login, databaseId }: Resolver): boolean => login !== opener && databaseId !== identity;
  return memoryOf(comments.filter(isOurs), reviews.filter(isOurs), threads, isOurs, mayDecide);
}

type Thread = Page["reviewThreads"]["nodes"][number];
type Resolver = NonNullable<Thread["resolvedBy"]>;

function memoryOf(
  comments: readonly Post[],
  reviews: readonly Post[],
  threads: readonly Thread[],
  isOurs: (post: Post) => boolean,
  mayDecide: (resolver: Resolver) => boolean,
): ReviewMemory {
  const replies = threads.flatMap((thread) => thread.comments.nodes.filter(isOurs));
  const decisions = [...comments, ...replies].toSorted(byTime).flatMap(({ body }) => parseDecision(body) ?? []);
  const posted = reviews.filter(({ state }) => state !== "PENDING");
  const pause = decisions.findLast(({ kind }) => kind === "pause" || kind === "unpause");
  return {
    ...(pause?.kind === "pause" ? { pausedBy: pause.by } : {}),
    ignored: ignoredIn(decisions),
    reviews: [...comments, ...posted].toSorted(byTime).toReversed().flatMap(rememberedReview),
    runs: comments.flatMap(rememberedRun).toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt)),
    threads: threads.flatMap((thread) => {
      const [first] = thread.comments.nodes;
      const review = reviews.find(({ id }) => id === first?.pullRequestReview?.id);
      if (first === undefined || !isOurs(first) || review?.state === "PENDING") return [];
      return findingThread(thread, first, markerOf(review?.body ?? "")?.run, mayDecide);
    }),
  };
}

function ignoredIn(decisions: readonly Decision[]): ReadonlyMap<string, Ignored> {
  return new Map(
    decisions.flatMap((decision) =>
      decision.kind === "ignore" ? [[decision.fingerprint, { by: decision.by, reason: decision.reason }] as const] : [],
    ),
  );
}

function rememberedReview({ url, body }: Post): readonly RememberedReview[] {
  const marker = markerOf(body);
  const record = parseRecord(body);
  if (marker?.kind !== "review" || record === undefined) return [];
  return [{ url, workflow: marker.workflow, run: marker.run, head: marker.head, record }];
}

function rememberedRun({ url, body, updatedAt }: Post): readonly RememberedRun[] {
  const marker = markerOf(body);
  const mark = parseRunMark(body);
  if (marker?.kind !== "status" || mark === undefined) return [];
  const [text = ""] = withoutHidden(body).split("\n\n");
  return [{ url, workflow: marker.workflow, run: marker.run, head: marker.head, state: mark.state, text, updatedAt }];
}

/** Only its author and people with write access can resolve a thread, and the author may be anybody. */
function findingThread(
  { id: nodeId, isResolved, isOutdated, line, startLine, resolvedBy }: Thread,
  first: Post,
  run: string | undefined,
  mayDecide: (resolver: Resolver) => boolean,
): readonly FindingThread[] {
  const finding = parseRecord(first.body)?.findings.at(0);
  if (finding === undefined) return [];
  const hasLines = !isOutdated && typeof line === "number";
  const thread = { nodeId, firstCommentNodeId: first.id, id: first.databaseId, url: first.url, isResolved, finding };
  return [
    {
      ...thread,
      ...(hasLines ? { lines: { startLine: startLine ?? line, endLine: line } } : {}),
      ...(resolvedBy && mayDecide(resolvedBy) ? { resolvedBy: resolvedBy.login } : {}),
      ...(run === undefined ? {} : { run }),
    },
  ];
}

/** Equal times keep the order in which GitHub lists them. */
function byTime(a: Post, b: Post): number {
  return a.createdAt.localeCompare(b.createdAt);
}

import { z } from "zod";

/** What a client may ask for. `pullRequest` limits every write to that one; without it the client's writes reach no pull request. */
export type Access = {
  readonly owner: string;
  readonly name: string;
  readonly writes: boolean;
  readonly pullRequest?: number;
  /** May make branches below `parallel-review/` and pull requests from them; nothing else is written by such a client. */
  readonly proposes?: boolean;
  /** May write the branch of the ledger and an audit's issue, and hand findings to code scanning; nothing else is written by such a client. */
  readonly audits?: boolean;
};

type Route = { readonly method: string; readonly path: RegExp; readonly accepts?: (body: unknown) => boolean };

export const RESOLVE_THREAD = `mutation Resolve($id: ID!) {
  resolveReviewThread(input: { threadId: $id }) { thread { isResolved } }
}`;
export const MINIMIZE_COMMENT = `mutation Minimize($id: ID!) {
  minimizeComment(input: { subjectId: $id, classifier: RESOLVED }) { minimizedComment { isMinimized } }
}`;

const Query = z.object({ query: z.string() });
/** The only review event this program ever sends; absent means pending. */
const ReviewBody = z.object({ event: z.literal("COMMENT").optional() });
const SubmitBody = z.object({ event: z.literal("COMMENT") });

/** A branch of ours, and the slash that separates its parts as it may stand in an address. */
const OWN_BRANCH = "parallel-review/[a-z0-9-]+";
const OWN_BRANCH_IN_PATH = "parallel-review(?:/|%2F)[a-z0-9-]+";
const NewRef = z.strictObject({ ref: z.string().regex(new RegExp(`^refs/heads/${OWN_BRANCH}$`)), sha: z.string() });
const MovedRef = z.strictObject({ sha: z.string(), force: z.boolean() });
/** No links, no submodules, and no tree in place of one that is there. */
const NewTree = z.strictObject({
  base_tree: z.string(),
  tree: z.array(z.looseObject({ mode: z.enum(["100644", "100755"]), type: z.literal("blob") })),
});
const NewCommit = z.strictObject({ message: z.string(), tree: z.string(), parents: z.array(z.string()).length(1) });
const NewPull = z.strictObject({
  title: z.string(),
  body: z.string(),
  head: z.string().regex(new RegExp(`^${OWN_BRANCH}$`)),
  base: z.string(),
  draft: z.boolean(),
});
const ChangedPull = z.strictObject({ title: z.string(), body: z.string() });

/** The one branch that audits remember by, its one file, and its history, which only grows. */
const LedgerRef = z.strictObject({ ref: z.literal("refs/heads/parallel-review/ledger"), sha: z.string() });
const LedgerMove = z.strictObject({ sha: z.string(), force: z.literal(false) });
const LedgerTree = z.strictObject({
  tree: z
    .array(
      z.strictObject({
        path: z.literal("ledger.jsonl"),
        mode: z.literal("100644"),
        type: z.literal("blob"),
        content: z.string(),
      }),
    )
    .length(1),
});
const LedgerCommit = z.strictObject({ message: z.string(), tree: z.string(), parents: z.array(z.string()).max(1) });
/** The one issue of an audit, which says of itself what it is. */
const AUDIT_ISSUE_BODY = z.string().regex(/\n<!-- parallel-review:audit@1 recipe=[a-z0-9-]+ -->\s*$/);
const NewIssue = z.strictObject({
  title: z.string(),
  body: AUDIT_ISSUE_BODY,
  labels: z.tuple([z.literal("parallel-review")]),
});
const ChangedIssue = z.strictObject({ title: z.string(), body: AUDIT_ISSUE_BODY });
const SarifUpload = z.strictObject({ commit_sha: z.string(), ref: z.string(), sarif: z.string() });

/** Whether the request is one that this client may send: the whole surface of GitHub that we touch is written down here. */
export function isAllowed(access: Access, method: string, path: string, body: unknown): boolean {
  return routes(access).some(
    (route) => route.method === method && route.path.test(path) && (route.accepts?.(body) ?? true),
  );
}

function routes(access: Access): readonly Route[] {
  const repository = `(?:/repos/${literal(access.owner)}/${literal(access.name)}|/repositories/\\d+)`;
  const at = (method: string, path: string, accepts?: (body: unknown) => boolean): Route => ({
    method,
    path: new RegExp(`^${repository}${path}$`, "i"),
    ...(accepts === undefined ? {} : { accepts }),
  });
  const reads = [
    at("GET", ""),
    at("GET", "/pulls"),
    at("GET", "/pulls/\\d+"),
    at("GET", "/pulls/\\d+/files"),
    at("GET", "/pulls/\\d+/reviews"),
    at("GET", "/pulls/\\d+/reviews/\\d+"),
    at("GET", "/pulls/\\d+/comments"),
    at("GET", "/issues"),
    at("GET", "/issues/\\d+"),
    at("GET", "/issues/\\d+/comments"),
    at("GET", "/compare/[^/]+"),
    at("GET", "/git/ref/.+"),
    at("GET", "/git/commits/[0-9a-f]{40,64}"),
    at("GET", "/git/trees/[^/]+"),
    at("GET", "/git/blobs/[0-9a-f]{40,64}"),
    at("GET", "/collaborators/[^/]+/permission"),
    at("GET", "/commits/[0-9a-f]{40,64}/check-runs"),
    at("GET", "/check-runs/\\d+"),
    { method: "POST", path: /^\/graphql$/, accepts: isQuery },
  ];
  if (access.proposes === true) {
    return [
      ...reads,
      at("POST", "/git/trees", (body) => NewTree.safeParse(body).success),
      at("POST", "/git/commits", (body) => NewCommit.safeParse(body).success),
      at("POST", "/git/refs", (body) => NewRef.safeParse(body).success),
      at("PATCH", `/git/refs/heads(?:/|%2F)${OWN_BRANCH_IN_PATH}`, (body) => MovedRef.safeParse(body).success),
      at("POST", "/pulls", (body) => NewPull.safeParse(body).success),
      at("PATCH", "/pulls/\\d+", (body) => ChangedPull.safeParse(body).success),
    ];
  }
  if (access.audits === true) {
    return [
      ...reads,
      at("POST", "/git/trees", (body) => LedgerTree.safeParse(body).success),
      at("POST", "/git/commits", (body) => LedgerCommit.safeParse(body).success),
      at("POST", "/git/refs", (body) => LedgerRef.safeParse(body).success),
      at(
        "PATCH",
        "/git/refs/heads(?:/|%2F)parallel-review(?:/|%2F)ledger",
        (body) => LedgerMove.safeParse(body).success,
      ),
      at("POST", "/issues", (body) => NewIssue.safeParse(body).success),
      at("PATCH", "/issues/\\d+", (body) => ChangedIssue.safeParse(body).success),
      at("POST", "/code-scanning/sarifs", (body) => SarifUpload.safeParse(body).success),
    ];
  }
  if (!access.writes) return reads;
  const pull = access.pullRequest ?? "(?!)";
  return [
    ...reads,
    at("POST", `/pulls/${pull}/reviews`, (body) => ReviewBody.safeParse(body).success),
    at("POST", `/pulls/${pull}/reviews/\\d+/events`, (body) => SubmitBody.safeParse(body).success),
    at("DELETE", `/pulls/${pull}/reviews/\\d+`),
    at("POST", `/issues/${pull}/comments`),
    at("PATCH", "/issues/comments/\\d+"),
    at("POST", "/issues/comments/\\d+/reactions"),
    at("POST", `/pulls/${pull}/comments/\\d+/replies`),
    at("POST", "/pulls/comments/\\d+/reactions"),
    { method: "POST", path: /^\/graphql$/, accepts: isHiding },
    at("POST", "/check-runs"),
    at("PATCH", "/check-runs/\\d+"),
  ];
}

/** GraphQL has one address for everything: only documents that are a single query pass. */
function isQuery(body: unknown): boolean {
  const parsed = Query.safeParse(body);
  return (
    parsed.success && /^\s*query\b/.test(parsed.data.query) && !/\b(?:mutation|subscription)\b/.test(parsed.data.query)
  );
}

/** The two mutations there are: what hides a finding that somebody ignores. */
function isHiding(body: unknown): boolean {
  const parsed = z.object({ query: z.enum([RESOLVE_THREAD, MINIMIZE_COMMENT]) }).safeParse(body);
  return parsed.success;
}

function literal(text: string): string {
  return encodeURIComponent(text).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

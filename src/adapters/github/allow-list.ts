import { z } from "zod";

/** What a client may ask for. `pullRequest` limits every write to that one; without it the client's writes reach no pull request. */
export type Access = {
  readonly owner: string;
  readonly name: string;
  readonly writes: boolean;
  readonly pullRequest?: number;
  /** May make branches below `parallel-review/` and pull requests from them; nothing else is written by such a client. */
  readonly proposes?: boolean;
};

type Route = { readonly method: string; readonly path: RegExp; readonly accepts?: (body: unknown) => boolean };

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

function literal(text: string): string {
  return encodeURIComponent(text).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import { parseComment } from "../../domain/comment-command.ts";
import type { StopRequest, StopSource } from "../../ports/stop-source.ts";
import type { GitHub } from "./octokit.ts";
import { authorise } from "./permission.ts";

export type StopRequestOptions = {
  readonly read: GitHub;
  readonly pullRequest: number;
  /** The commit that the run is about. */
  readonly head: Sha;
  /** When the run was asked for, in milliseconds since the epoch: older comments are about older runs. */
  readonly sinceMs: number;
  /** The comment that asked for the run: only later ones count. Comments under lines are numbered by themselves. */
  readonly asked?: { readonly commentId: number; readonly threadId?: number | undefined } | undefined;
};

const Pull = z.object({ head: z.object({ sha: z.string() }) });
const Comments = z.array(
  z.object({
    id: z.number(),
    body: z.string().nullish(),
    created_at: z.string(),
    user: z.object({ login: z.string(), id: z.number(), type: z.string() }).nullish(),
    performed_via_github_app: z.unknown(),
  }),
);

/**
 * A pull request as a place where a run can be stopped: by a push, or by `/parallel-review stop` from somebody with write access.
 * In the conversation or under lines of the diff. Three small requests a look, and one more for each stop comment that it finds.
 */
export function stopRequests(options: StopRequestOptions): StopSource {
  const { read, pullRequest } = options;
  return {
    async look(signal) {
      const pull = await read.send(
        { route: "GET /repos/{owner}/{repo}/pulls/{pull_number}", parameters: { pull_number: pullRequest } },
        Pull,
        signal,
      );
      if (pull.ok && pull.data.head.sha !== options.head) {
        return { kind: "newer-head", text: `the branch has moved on to ${pull.data.head.sha}` };
      }
      const { asked } = options;
      const isInThread = asked?.threadId !== undefined;
      const after = (isHere: boolean): number => (isHere ? (asked?.commentId ?? 0) : 0);
      return (
        (await stopComment(options, { route: CONVERSATION, after: after(!isInThread) }, signal)) ??
        (await stopComment(options, { route: THREADS, after: after(isInThread) }, signal))
      );
    },
  };
}

const CONVERSATION = "GET /repos/{owner}/{repo}/issues/{number}/comments";
const THREADS = "GET /repos/{owner}/{repo}/pulls/{number}/comments";

async function stopComment(
  { read, pullRequest, sinceMs }: StopRequestOptions,
  { route, after }: { readonly route: string; readonly after: number },
  signal: AbortSignal,
): Promise<StopRequest | undefined> {
  const comments = await read.send(
    {
      route,
      parameters: { number: pullRequest, since: new Date(sinceMs).toISOString(), per_page: 100 },
    },
    Comments,
    signal,
  );
  if (!comments.ok) return undefined;
  for (const { id, body, created_at: created, user, performed_via_github_app: app } of comments.data) {
    // `since` goes by the last edit, so an old comment that was edited comes back with it.
    if (id <= after || Date.parse(created) < Math.floor(sinceMs / 1_000) * 1_000) continue;
    const parsed = parseComment(body ?? "");
    if (parsed.kind !== "command" || parsed.command.verb !== "stop" || user === null || user === undefined) continue;
    const viaApp = app !== undefined && app !== null;
    // oxlint-disable-next-line no-await-in-loop -- the first who may decides
    const { allowed } = await authorise(read, { ...user, viaApp }, new Set(), signal);
    if (allowed) return { kind: "stop-command", text: `${user.login} asked for it with \`/parallel-review stop\`` };
  }
  return undefined;
}

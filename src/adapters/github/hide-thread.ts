import { z } from "zod";

import type { FindingThread } from "../../ports/review-memory.ts";
import { MINIMIZE_COMMENT, RESOLVE_THREAD } from "./allow-list.ts";
import { sendQuery } from "./graphql.ts";
import type { GitHub } from "./octokit.ts";

/** How a thread was put away: as resolved, or, where the token may not do that, by folding its first comment. */
export type Hidden = "resolved" | "minimized" | "not-hidden";

/** Puts the thread of a finding away as well as the token may. A second time changes nothing. */
export async function hideThread(github: GitHub, thread: FindingThread, signal: AbortSignal): Promise<Hidden> {
  if (thread.isResolved) return "resolved";
  // GitHub wants contents: write for this one, which a review has no use for.
  const resolved = await sendQuery(github, RESOLVE_THREAD, { id: thread.nodeId }, Resolved, signal);
  if (resolved.ok) return "resolved";
  const folded = await sendQuery(github, MINIMIZE_COMMENT, { id: thread.firstCommentNodeId }, Minimized, signal);
  return folded.ok ? "minimized" : "not-hidden";
}

const Resolved = z.object({ resolveReviewThread: z.object({ thread: z.object({ isResolved: z.literal(true) }) }) });
const Minimized = z.object({
  minimizeComment: z.object({ minimizedComment: z.object({ isMinimized: z.literal(true) }) }),
});

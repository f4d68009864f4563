import { z } from "zod";

import type { AppJob } from "../../domain/app-job.ts";
import { SETTINGS_PATH } from "../compose-review.ts";

const Paths = z.array(z.string()).default([]);
const Push = z.object({
  ref: z.string(),
  after: z.string().regex(/^[0-9a-f]{40}$/),
  repository: z.object({ default_branch: z.string() }),
  commits: z.array(z.object({ added: Paths, modified: Paths, removed: Paths })).default([]),
});

/**
 * The job that reads the schedules anew; undefined for pushes that cannot have changed them. A push that lists no commits was forced, and
 * may have changed anything. @throws {ZodError} it is no push.
 */
export function schedulesWish(
  payload: unknown,
  { repository, ...place }: Pick<AppJob, "installation" | "repository" | "repositoryId" | "delivery" | "receivedMs">,
): AppJob | undefined {
  const { ref, after, repository: its, commits } = Push.parse(payload);
  if (ref !== `refs/heads/${its.default_branch}`) return undefined;
  const touches = commits.some(({ added, modified, removed }) =>
    [...added, ...modified, ...removed].includes(SETTINGS_PATH),
  );
  if (!touches && commits.length > 0) return undefined;
  const trigger = { kind: "nothing", reason: "the settings have changed" } as const;
  return { ...place, key: `${repository}/settings-${after}`, repository, kind: "housekeeping", trigger };
}

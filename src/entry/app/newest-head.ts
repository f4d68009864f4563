import type { AppClient } from "../../adapters/github/app/app-client.ts";
import { readPullRequest } from "../../adapters/github/pull-request.ts";
import type { AppJob } from "../../domain/app-job.ts";
import { readingAccess } from "../github-access.ts";

/** Asks GitHub for the head of a job's pull request, with a token that can do nothing else. */
export function newestHead({
  client,
  apiUrl,
}: {
  readonly client: AppClient;
  readonly apiUrl: string;
}): (job: AppJob, signal: AbortSignal) => Promise<string> {
  return async ({ installation, repository, repositoryId, pullRequest }, signal) => {
    if (pullRequest === undefined) throw new Error("a job of no pull request has no head");
    const permissions = { pull_requests: "read", metadata: "read" } as const;
    await using token = await client.issueToken({ installation, repositoryId, permissions }, signal);
    return (await readPullRequest(readingAccess({ repository, apiUrl }, token.value), pullRequest, signal)).head;
  };
}

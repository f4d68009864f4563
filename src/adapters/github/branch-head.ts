import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import type { GitHub } from "./octokit.ts";

const Repository = z.object({ default_branch: z.string().min(1) });
const Ref = z.object({ object: z.object({ sha: z.string() }) });

/** The name of the repository's default branch. @throws {ConfigurationError | ExternalError} */
export async function readDefaultBranch(github: GitHub, signal: AbortSignal): Promise<string> {
  const doing = { what: `read ${github.owner}/${github.name}`, permission: "metadata: read" } as const;
  const repository = await github.ask({ route: "GET /repos/{owner}/{repo}" }, Repository, doing, signal);
  return repository.default_branch;
}

/** The commit that a branch names now. @throws {ConfigurationError} there is no such branch. @throws {ExternalError} */
export async function readBranchHead(github: GitHub, branch: string, signal: AbortSignal): Promise<Sha> {
  const doing = { what: `read the branch ${branch}`, permission: "contents: read" } as const;
  const ref = await github.ask(
    { route: "GET /repos/{owner}/{repo}/git/ref/{+ref}", parameters: { ref: `heads/${branch}` } },
    Ref,
    doing,
    signal,
  );
  return ref.object.sha;
}

import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import type { GitHub } from "./octokit.ts";

const Repository = z.object({ default_branch: z.string(), private: z.boolean(), visibility: z.string().optional() });
const Ref = z.object({ object: z.object({ sha: z.string() }) });
const READING = { what: "read the repository", permission: "contents: read" } as const;

/** What an audit needs to know of a repository before it reads it. */
export type RepositoryFacts = {
  readonly defaultBranch: string;
  /** The commit that the default branch names now. */
  readonly tip: Sha;
  /** Whether everybody can read its issues, logs and artifacts. */
  readonly isPublic: boolean;
};

/** @throws {ConfigurationError | ExternalError} */
export async function readRepositoryFacts(github: GitHub, signal: AbortSignal): Promise<RepositoryFacts> {
  const repository = await github.ask({ route: "GET /repos/{owner}/{repo}" }, Repository, READING, signal);
  const ref = await github.ask(
    {
      route: "GET /repos/{owner}/{repo}/git/ref/{+ref}",
      parameters: { ref: `heads/${repository.default_branch}` },
    },
    Ref,
    READING,
    signal,
  );
  const isPublic = (repository.visibility ?? (repository.private ? "private" : "public")) === "public";
  return { defaultBranch: repository.default_branch, tip: ref.object.sha, isPublic };
}

import { z } from "zod";

import { ConfigurationError } from "../domain/errors.ts";

/** The part of the runner's environment that we read. See "Variables" in GitHub's workflow documentation. */
const RunnerVariables = z.object({
  PATH: z.string().optional(),
  GITHUB_EVENT_NAME: z.string(),
  GITHUB_EVENT_PATH: z.string(),
  /** `owner/name` of the repository whose workflow runs; every request goes there and nowhere else. */
  GITHUB_REPOSITORY: z.string().regex(/^[^/]+\/[^/]+$/),
  GITHUB_API_URL: z.url(),
  GITHUB_SERVER_URL: z.url(),
  /** Name of the workflow: two workflows on one pull request each keep their own comment. */
  GITHUB_WORKFLOW: z.string(),
  GITHUB_RUN_ID: z.string(),
  GITHUB_RUN_ATTEMPT: z.string().default("1"),
  /** Who started this attempt; not always who wrote the comment. */
  GITHUB_TRIGGERING_ACTOR: z.string().optional(),
  /** The commit and the branch that the event is about; an audit reads them where they are the default branch's. */
  GITHUB_SHA: z.string().optional(),
  GITHUB_REF: z.string().optional(),
  RUNNER_TEMP: z.string(),
  /** Where actions/checkout puts the repository, if the workflow has that step. */
  GITHUB_WORKSPACE: z.string().optional(),
});
export type RunnerVariables = z.infer<typeof RunnerVariables>;

/** @throws {ConfigurationError} when this is not a runner's environment. */
export function readRunnerVariables(env: NodeJS.ProcessEnv): RunnerVariables {
  const variables = RunnerVariables.safeParse(env);
  if (variables.success) return variables.data;
  const names = variables.error.issues.map((issue) => String(issue.path[0])).join(", ");
  throw new ConfigurationError(`this is the GitHub Action: it runs in a workflow, where ${names} would be set`);
}

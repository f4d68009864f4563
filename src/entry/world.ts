import { join, resolve } from "node:path";

import type { Host } from "./host.ts";
import type { Inputs } from "./inputs.ts";

/** One job: what it was told, for which repository, and where it runs. */
export type World = {
  readonly inputs: Inputs;
  readonly site: Site;
  /** Of this process; programs that are started see a part of it. */
  readonly env: NodeJS.ProcessEnv;
  readonly host: Host;
  /** US dollars that the job may cost, whatever a comment or the repository's settings say; absent: they decide. */
  readonly mostUsd?: number | undefined;
  /** For what is written, where the token among the inputs can only read. */
  readonly writeToken?: string;
};

/** The repository of a job, its GitHub, and the folders that the job may use. */
export type Site = {
  /** `owner/name`; every request goes there and nowhere else. */
  readonly repository: string;
  readonly apiUrl: string;
  /** Whose token the job holds; absent: the workflow's. */
  readonly tokenOf?: "app";
  /** Of GitHub's pages, and of its git, without a slash at its end. */
  readonly serverUrl: string;
  /** Two workflows on one pull request each keep their own status comment. */
  readonly workflow: string;
  readonly temporaryFolder: string;
  /** A checkout of the repository with what it has installed, where there is one. */
  readonly workspace?: string | undefined;
  /** Login of who ran an earlier job again, which need not be who asked for it first. */
  readonly rerunBy?: string | undefined;
  /** The branch and commit that the event is about; audits read them where they are the default branch's. */
  readonly ref?: string | undefined;
  readonly sha?: string | undefined;
};

/** The page of the repository, without a slash at its end. */
export function repositoryUrl({ site }: Pick<World, "site">): string {
  return `${site.serverUrl}/${site.repository}`;
}

/** Absolute; the same for every run of a step, so that a run finds what an earlier attempt left there. */
export function outputFolder({ inputs, site }: Pick<World, "inputs" | "site">): string {
  return resolve(inputs["output-dir"] ?? join(site.temporaryFolder, "parallel-review"));
}

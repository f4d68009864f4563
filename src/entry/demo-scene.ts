import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { StandinEvent } from "../standin/github/events.ts";
import type { StandinPullRequest, StandinRepository } from "../standin/github/model.ts";
import { type GitHubStandin, startGitHub } from "../standin/github/start-github.ts";
import { createShopRepository } from "../standin/shop/shop-repository.ts";

/** The example shop on a local GitHub, with its pull request open and a token as a workflow run would get it. */
export type DemoScene = AsyncDisposable & {
  readonly github: GitHubStandin;
  readonly repository: StandinRepository;
  readonly pull: StandinPullRequest;
  readonly token: string;
  /** Where the Action is told to leave its files. */
  readonly outputDirectory: string;
  /** Somebody with write access comments; the answer is the event that starts a workflow. */
  comment(body: string): StandinEvent;
  /** The same person starts a workflow with these inputs. */
  dispatch(workflow: string, inputs: Readonly<Record<string, string>>): Promise<StandinEvent>;
};

const OWNER = "acme";
const NAME = "shop";
const MAINTAINER = "jonas-weber";

export async function openDemoScene(
  options: {
    readonly shopSources: string;
    readonly searchPath: string | undefined;
    readonly port: number;
    readonly contents?: "write";
  },
  signal: AbortSignal,
): Promise<DemoScene> {
  const folder = await mkdtemp(join(tmpdir(), "parallel-review-demo-"));
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const search = options.searchPath === undefined ? {} : { searchPath: options.searchPath };
  const shop = await createShopRepository(join(folder, NAME), { ...search, sources: options.shopSources, signal });
  const github = undo.use(await startGitHub({ ...search, port: options.port }));
  const repository = await github.addRepository({
    owner: OWNER,
    name: NAME,
    defaultBranch: shop.defaultBranch,
    collaborators: { [MAINTAINER]: "maintain", [shop.author]: "write" },
  });
  await github.importBranches(repository, shop.directory, {
    [shop.defaultBranch]: shop.base,
    [shop.branch]: shop.head,
  });
  const { pull } = await github.openPullRequest(repository, {
    base: shop.defaultBranch,
    head: shop.branch,
    title: shop.title,
    body: shop.body,
    author: shop.author,
  });
  const token = github.addToken({
    permissions: { contents: options.contents ?? "read", pull_requests: "write", checks: "write" },
    repositories: [repository.fullName],
  });
  const release = undo.move();
  return {
    github,
    repository,
    pull,
    token,
    outputDirectory: join(folder, "output"),
    dispatch: (workflow, inputs) => dispatch(github, repository, workflow, inputs),
    comment: (body) => github.commentAs(MAINTAINER, repository, pull.number, body).event,
    [Symbol.asyncDispose]: () => release.disposeAsync(),
  };
}

async function dispatch(
  github: GitHubStandin,
  repository: StandinRepository,
  workflow: string,
  inputs: Readonly<Record<string, string>>,
): Promise<StandinEvent> {
  const { promise, resolve } = Promise.withResolvers<StandinEvent>();
  const stop = github.onEvent((event) => (event.name === "workflow_dispatch" ? resolve(event) : undefined));
  const token = github.addToken({ login: MAINTAINER, permissions: { actions: "write" } });
  const answer = await fetch(`${github.url}/repos/${repository.fullName}/actions/workflows/${workflow}/dispatches`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ ref: repository.defaultBranch, inputs }),
  });
  if (!answer.ok) throw new Error(`the workflow could not be dispatched: ${answer.status} ${await answer.text()}`);
  const event = await promise;
  stop();
  return event;
}

/**
 * The example's scene in a process of its own, as GitHub is another machine. As a program it serves until its parent goes away;
 * `startGitHubServer` starts that program.
 */
import { fork } from "node:child_process";
import { once } from "node:events";

import { bundleLayout } from "../../src/entry/bundle-layout.ts";
import { openDemoScene } from "../../src/entry/demo-scene.ts";
import type { StandinEvent } from "../../src/standin/github/events.ts";

/** One request that GitHub got; times in milliseconds since the epoch. */
export type Asked = { readonly startedAt: number; readonly endedAt: number; readonly isWrite: boolean };

type Scene = {
  readonly url: string;
  readonly graphqlUrl: string;
  readonly repository: string;
  readonly token: string;
  readonly outputDirectory: string;
  /** A maintainer asked for a review. */
  readonly event: Pick<StandinEvent, "name" | "payload">;
};

export type GitHubServer = AsyncDisposable & Scene & { asked(): Promise<readonly Asked[]> };

export async function startGitHubServer(): Promise<GitHubServer> {
  const child = fork(import.meta.filename, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const [scene] = (await once(child, "message")) as [Scene];
  return {
    ...scene,
    async asked() {
      child.send("asked");
      const [asked] = (await once(child, "message")) as [Asked[]];
      return asked;
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

async function serve(): Promise<void> {
  const { shopSources } = bundleLayout();
  const options = { shopSources, searchPath: process.env["PATH"], port: 0 };
  await using scene = await openDemoScene(options, new AbortController().signal);
  const { name, payload } = scene.comment("/parallel-review");
  const { url, graphqlUrl, journal } = scene.github;
  process.on("message", () => {
    const asked = journal.entries.map(({ surface, method, startedAt, endedAt }): Asked => {
      return { startedAt, endedAt: endedAt ?? startedAt, isWrite: surface === "rest" && method !== "GET" };
    });
    process.send?.(asked);
  });
  const { repository, token, outputDirectory } = scene;
  process.send?.({
    url,
    graphqlUrl,
    repository: repository.fullName,
    token,
    outputDirectory,
    event: { name, payload },
  } satisfies Scene);
  await once(process, "disconnect");
}

if (process.argv[1] === import.meta.filename) await serve();

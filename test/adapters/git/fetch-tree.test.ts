import { expect, it } from "vitest";

import { fetchedTreeSource } from "../../../src/adapters/git/fetch-tree.ts";
import { type GitFixture, gitFixture, GIT_PROGRAM } from "../../support/git-fixture.ts";
import { type GitServer, gitServer, type GitServerOptions } from "../../support/git-server.ts";

const { signal } = new AbortController();

/** The fixture's commits are of this day. */
const DAY = "2025-12-29";

async function served(
  options: GitServerOptions = {},
): Promise<{ fixture: GitFixture; server: GitServer; head: string } & AsyncDisposable> {
  const fixture = gitFixture();
  fixture.git("config", "uploadpack.allowFilter", "true");
  fixture.git("config", "uploadpack.allowAnySHA1InWant", "true");
  fixture.commit({ "a.ts": "1", "b.ts": "1", "quiet.ts": "1" });
  fixture.commit({ "a.ts": "2", "b.ts": "1", "quiet.ts": "1" });
  const head = fixture.commit({ "a.ts": "3", "b ä.ts": "2", "quiet.ts": "1" });
  const server = await gitServer(fixture.directory, options);
  return {
    fixture,
    server,
    head,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      fixture[Symbol.dispose]();
    },
  };
}

const sourceOf = ({ server, head }: Awaited<ReturnType<typeof served>>) =>
  fetchedTreeSource(GIT_PROGRAM, {
    cloneUrl: server.urlOf(".git"),
    token: undefined,
    repository: "acme/shop",
    head,
    previous: undefined,
  });

it("fetches the history without its files when somebody asks how often files were changed, and not before", async () => {
  await using stand = await served();
  await using source = sourceOf(stand);
  const { history, head } = await source.load(signal);
  const before = stand.server.requests.length;
  const fetches = stand.server.requests.map(({ body }) => body()).join("\n");

  const churn = await history.churn(DAY, signal);

  expect(fetches).toContain("deepen 1");
  expect(stand.server.requests.length).toBeGreaterThan(before);
  const later = stand.server.requests.slice(before).map(({ body }) => body());
  expect(later.join("\n")).toMatch(/filter blob:none/);
  expect([...churn].toSorted()).toEqual([
    ["a.ts", { commits: 2, lines: 0 }],
    ["b ä.ts", { commits: 1, lines: 0 }],
    ["b.ts", { commits: 1, lines: 0 }],
  ]);
  expect(await head.read("quiet.ts", signal)).toMatchObject({ kind: "text", text: "1" });
});

it("goes without churn where the server has no history to give", async () => {
  await using stand = await served();
  await using source = sourceOf(stand);
  const { history } = await source.load(signal);

  expect(await history.churn("2026-06-01", signal)).toEqual(new Map());
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ledgerBranch } from "../../../src/adapters/github/ledger-branch.ts";
import { createGitHub, type GitHub } from "../../../src/adapters/github/octokit.ts";
import type { Ledger, LedgerRun } from "../../../src/domain/ledger.ts";
import type { StandinRepository } from "../../../src/standin/github/model.ts";
import { type GitHubStandin, startGitHub } from "../../../src/standin/github/start-github.ts";

const { signal } = new AbortController();
let github: GitHubStandin;
let repository: StandinRepository;
beforeAll(async () => {
  github = await startGitHub();
  repository = await github.addRepository({ owner: "acme", name: "shop", collaborators: {} });
  await github.push(repository, "main", { "a.txt": "a\n" });
});
afterAll(() => github[Symbol.asyncDispose]());

function clientWith(contents: "read" | "write"): GitHub {
  const token = github.addToken({ permissions: { contents } });
  return createGitHub({ repository: "acme/shop", token, baseUrl: github.url, spacing: "none", audits: true });
}

const store = (contents: "read" | "write" = "write") => ledgerBranch(clientWith(contents), async () => undefined);

const run = (recipe: string): LedgerRun => ({
  kind: "run",
  recipe,
  head: "0".repeat(40),
  date: "2026-11-22",
  engine: "rules",
  byType: {},
  bySeverity: {},
  new: 0,
  fixed: 0,
  costUsd: 0,
});
const adding =
  (recipe: string) =>
  (ledger: Ledger): Ledger => ({ ...ledger, runs: [...ledger.runs, run(recipe)] });

describe("the ledger's branch", () => {
  it("begins without a parent, grows by one commit a run, and loses nothing to a run that ends at the same time", async () => {
    expect((await store().read(signal)).runs).toEqual([]);
    await store().update(adding("first"), "first", signal);
    const client = clientWith("write");
    let isRaced = false;
    const overtaken = ledgerBranch(
      {
        ...client,
        async send(request, schema, sendSignal) {
          if (request.route.startsWith("PATCH") && !isRaced) {
            isRaced = true;
            await store().update(adding("faster"), "faster", signal);
          }
          return client.send(request, schema, sendSignal);
        },
      },
      async () => undefined,
    );

    await overtaken.update(adding("slower"), "slower", signal);

    const { runs } = await store().read(signal);
    expect(isRaced).toBe(true);
    expect(runs.map(({ recipe }) => recipe).toSorted()).toEqual(["faster", "first", "slower"]);
  });

  it("can be read as it was, also when it was not there", async () => {
    const fresh = await github.addRepository({ owner: "acme", name: "fresh", collaborators: {} });
    await github.push(fresh, "main", { "a.txt": "a\n" });
    const token = github.addToken({ permissions: { contents: "write" } });
    const client = createGitHub({
      repository: "acme/fresh",
      token,
      baseUrl: github.url,
      spacing: "none",
      audits: true,
    });
    const ledger = ledgerBranch(client, async () => undefined);
    const versions = [await ledger.versions?.newest(signal)];
    for (const recipe of ["first", "second"]) {
      await ledger.update(adding(recipe), recipe, signal);
      versions.push(await ledger.versions?.newest(signal));
    }

    const then = await Promise.all(versions.map(async (version) => ledger.versions?.read(version ?? "", signal)));

    expect(then.map((each) => each?.runs.map(({ recipe }) => recipe))).toEqual([[], ["first"], ["first", "second"]]);
  });

  it("writes nothing when nothing has changed", async () => {
    const before = github.journal.entries.filter(({ method }) => method !== "GET").length;

    await store().update((ledger) => ledger, "same", signal);

    expect(github.journal.entries.filter(({ method }) => method !== "GET")).toHaveLength(before);
  });

  it("says which permission is missing", async () => {
    await expect(store("read").update(adding("x"), "x", signal)).rejects.toThrow(/contents: write/);
  });
});

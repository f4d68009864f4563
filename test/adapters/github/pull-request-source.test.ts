import nock from "nock";
import { describe, expect, it } from "vitest";

import { createPullRequestSource } from "../../../src/adapters/github/pull-request-source.ts";
import { pullRequestOfEvent, readPullRequest, requireHead } from "../../../src/adapters/github/pull-request.ts";
import type { PullRequest } from "../../../src/adapters/github/pull-request.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";
import { API, BASE, HEAD, apiPull, client, never, useNock } from "./support.ts";

const MERGE_BASE = "3".repeat(40);
const DEFAULT = "4".repeat(40);
const REPO = "/repos/acme/shop";

function pull(over: Partial<PullRequest> = {}): PullRequest {
  const facts = pullRequestOfEvent(apiPull());
  if (facts === undefined) throw new Error("the example is not a pull request");
  return { ...facts, ...over };
}

function apiFile(filename: string, over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    filename,
    status: "modified",
    sha: "9".repeat(40),
    additions: 1,
    deletions: 0,
    changes: 1,
    patch: "@@ -1 +1,2 @@\n a\n+b",
    contents_url: `${API}${REPO}/contents/${filename}?ref=${HEAD}`,
    ...over,
  };
}

function trees(head: readonly unknown[] = []): void {
  nock(API).get(`${REPO}/git/trees/${HEAD}?recursive=1`).reply(200, { truncated: false, tree: head });
  nock(API)
    .get(`${REPO}/git/ref/heads/main`)
    .reply(200, { object: { sha: DEFAULT } });
  nock(API).get(`${REPO}/git/trees/${DEFAULT}?recursive=1`).reply(200, { truncated: false, tree: [] });
}

function comparison(files: readonly unknown[], commits: readonly string[] = ["Add discounts\n\nLong text"]): void {
  nock(API)
    .get(`${REPO}/compare/${BASE}...${HEAD}?per_page=100`)
    .reply(200, {
      merge_base_commit: { sha: MERGE_BASE },
      commits: commits.map((message) => ({ commit: { message } })),
      files,
    });
}

describe("the facts of a pull request", () => {
  useNock();

  it("are the same from the event and from the API", async () => {
    nock(API).get(`${REPO}/pulls/7`).reply(200, apiPull());

    expect(await readPullRequest(client(), 7, never())).toEqual(pull());
  });

  it.each([
    [{ state: "closed" }, { state: "closed" }],
    [{ state: "closed", merged: true }, { state: "merged" }],
    [{ state: "closed", merged: undefined, merged_at: "2026-01-01T00:00:00Z" }, { state: "merged" }],
    [{ draft: true }, { draft: true }],
    [{ locked: true }, { locked: true }],
    [{ body: null }, { body: "" }],
    [{ head: { sha: HEAD, ref: "feature", repo: { id: 2 } } }, { fromFork: true }],
    [{ head: { sha: HEAD, ref: "feature", repo: null } }, { fromFork: true }],
  ])("%j means %j", (sent, meant) => {
    expect(pullRequestOfEvent(apiPull(sent))).toMatchObject(meant);
  });

  it("are not found in something else", () => {
    expect(pullRequestOfEvent({ number: 7 })).toBeUndefined();
  });

  it("say what to check when there is no such pull request", async () => {
    nock(API).get(`${REPO}/pulls/8`).reply(404, { message: "Not Found" });

    await expect(readPullRequest(client(), 8, never())).rejects.toThrow("pull request #8 of acme/shop");
  });

  it("accept the head, in full or short, and no other commit", () => {
    expect(requireHead(pull(), HEAD)).toEqual(pull());
    expect(requireHead(pull(), HEAD.slice(0, 7))).toEqual(pull());
    expect(() => requireHead(pull(), BASE)).toThrow("is not the head");
    expect(() => requireHead(pull(), "111")).toThrow("is not the head");
    expect(() => requireHead(pull(), "")).toThrow("is not the head");
  });
});

describe("a change by API", () => {
  useNock();

  it("is pinned: merge base, head, files with hunks, commits, default branch", async () => {
    comparison([apiFile("src/b.ts"), apiFile("src/a.ts", { status: "renamed", previous_filename: "src/old.ts" })]);
    trees();

    const { changeSet, head, guidance } = await createPullRequestSource({ github: client(), pull: pull() }).load(
      never(),
    );

    expect(changeSet).toMatchObject({
      repository: "acme/shop",
      pullRequest: 7,
      base: MERGE_BASE,
      head: HEAD,
      title: "Add discounts",
      body: "Why: sales.",
      commitMessages: ["Add discounts"],
      unlistedFiles: 0,
    });
    expect(changeSet.files.map(({ path, status, previousPath }) => [path, status, previousPath])).toEqual([
      ["src/a.ts", "renamed", "src/old.ts"],
      ["src/b.ts", "modified", undefined],
    ]);
    expect(changeSet.files[0]?.hunks).toHaveLength(1);
    expect([head.sha, guidance.sha]).toEqual([HEAD, DEFAULT]);
  });

  it("tells links, submodules, binaries and text without a patch apart", async () => {
    const bare = { patch: undefined, changes: 0, additions: 0 };
    comparison([
      apiFile("image.png", bare),
      apiFile("empty.txt", { ...bare, status: "added", sha: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" }),
      apiFile("large.ts", { patch: undefined, changes: 30_000, additions: 30_000 }),
      apiFile("link", {}),
      apiFile("vendor", bare),
      apiFile("moved.ts", { ...bare, status: "renamed", previous_filename: "was.ts" }),
      apiFile("run.sh", { status: "added" }),
    ]);
    trees([
      { path: "link", mode: "120000", type: "blob", sha: "8".repeat(40), size: 3 },
      { path: "vendor", mode: "160000", type: "commit", sha: "7".repeat(40) },
      { path: "run.sh", mode: "100755", type: "blob", sha: "6".repeat(40), size: 3 },
    ]);

    const { changeSet } = await createPullRequestSource({ github: client(), pull: pull() }).load(never());

    const byPath = Object.fromEntries(changeSet.files.map((file) => [file.path, file]));
    expect(byPath["image.png"]).toMatchObject({ binary: true, hunks: [] });
    expect(byPath["empty.txt"]).toMatchObject({ binary: false, hunks: [] });
    expect(byPath["large.ts"]).toMatchObject({ binary: false, hunksOmitted: "too-large", additions: 30_000 });
    expect(byPath["link"]).toMatchObject({ kind: "symlink", headBlob: "8".repeat(40) });
    expect(byPath["vendor"]).toMatchObject({ kind: "submodule", binary: false });
    expect(byPath["moved.ts"]).toMatchObject({ binary: false, previousPath: "was.ts" });
    expect(byPath["run.sh"]).toMatchObject({ becameExecutable: true });
  });

  it("pages the list beyond 300 files, and counts what GitHub does not list", async () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `f${String(index).padStart(4, "0")}.ts`);
    comparison(names.slice(0, 300).map((name) => apiFile(name)));
    for (let page = 1; page <= 30; page += 1) {
      nock(API)
        .get(`${REPO}/pulls/7/files?per_page=100&page=${page}`)
        .reply(
          200,
          names.slice((page - 1) * 100, page * 100).map((name) => apiFile(name)),
        );
    }
    trees();

    const source = createPullRequestSource({ github: client(), pull: pull({ changedFiles: 3_100 }) });
    const { changeSet } = await source.load(never());

    expect(changeSet.files.map(({ path }) => path)).toEqual(names);
    expect(changeSet.unlistedFiles).toBe(100);
  });

  it("does not mix in files of a head that was pushed meanwhile", async () => {
    const names = Array.from({ length: 300 }, (_, index) => `f${index}.ts`);
    comparison(names.map((name) => apiFile(name)));
    nock(API)
      .get(`${REPO}/pulls/7/files?per_page=100&page=1`)
      .reply(200, [apiFile("new.ts", { contents_url: `${API}${REPO}/contents/new.ts?ref=${"5".repeat(40)}` })]);
    trees();

    const source = createPullRequestSource({ github: client(), pull: pull({ changedFiles: 400 }) });
    const { changeSet } = await source.load(never());

    expect(changeSet.files).toHaveLength(300);
    expect(changeSet.unlistedFiles).toBe(100);
  });

  it("counts a path it cannot accept as not listed", async () => {
    comparison([apiFile("ok.ts"), apiFile("../evil.ts")]);
    trees();

    const { changeSet } = await createPullRequestSource({ github: client(), pull: pull() }).load(never());

    expect(changeSet.files.map(({ path }) => path)).toEqual(["ok.ts"]);
    expect(changeSet.unlistedFiles).toBe(1);
  });

  it("costs no request where git has fetched the commits", async () => {
    const head = memorySnapshot({ "a.ts": "a\n" });
    const stored = { base: MERGE_BASE, files: [], commitMessages: [], attributes: new Map(), head, guidance: head };

    const loaded = await createPullRequestSource({
      github: client(),
      pull: pull(),
      store: async () => Promise.resolve(stored),
    }).load(never());

    expect(loaded.changeSet).toMatchObject({ base: MERGE_BASE, head: HEAD, unlistedFiles: 0 });
    expect(loaded.head).toBe(head);
  });

  it("names what is missing when the commits are gone", async () => {
    nock(API).get(`${REPO}/compare/${BASE}...${HEAD}?per_page=100`).reply(404, { message: "Not Found" });
    nock(API).get(/./).times(3).optionally().reply(404, { message: "Not Found" });

    await expect(createPullRequestSource({ github: client(), pull: pull() }).load(never())).rejects.toThrow(
      "compare the base of pull request #7",
    );
  });
});

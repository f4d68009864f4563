import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isAllowed, MINIMIZE_COMMENT, RESOLVE_THREAD } from "../../../src/adapters/github/allow-list.ts";
import { guardFetch } from "../../../src/adapters/github/guarded-fetch.ts";
import { API } from "./support.ts";

const READER = { owner: "acme", name: "shop", writes: false };
const WRITER = { ...READER, writes: true, pullRequest: 7 };
const PROPOSER = { ...READER, writes: true, proposes: true };
const SHA = "a".repeat(40);
const TREE = { base_tree: SHA, tree: [{ path: "a.ts", mode: "100644", type: "blob", content: "x" }] };
const PULL = { title: "t", body: "b", head: "parallel-review/x-00000000", base: "main", draft: false };

describe("the list of allowed requests", () => {
  it.each([
    ["GET", "/repos/acme/shop/pulls/7"],
    ["GET", "/repos/ACME/shop/pulls/7/files"],
    ["GET", `/repos/acme/shop/compare/${SHA}...${SHA}`],
    ["GET", "/repos/acme/shop/git/ref/heads/feature/x"],
    ["GET", "/repositories/12/pulls/7"],
  ])("lets a reader %s %s", (method, path) => {
    expect(isAllowed(READER, method, path, undefined)).toBe(true);
  });

  it.each([
    ["POST", "/repos/acme/shop/pulls/7/reviews", { body: "x", comments: [] }],
    ["POST", "/repos/acme/shop/pulls/7/reviews/9/events", { event: "COMMENT" }],
    ["DELETE", "/repos/acme/shop/pulls/7/reviews/9", undefined],
    ["POST", "/repos/acme/shop/issues/7/comments", { body: "x" }],
    ["PATCH", "/repos/acme/shop/issues/comments/9", { body: "x" }],
    ["POST", "/repos/acme/shop/check-runs", {}],
    ["POST", "/repos/acme/shop/pulls/7/comments/9/replies", { body: "x" }],
    ["POST", "/repos/acme/shop/pulls/comments/9/reactions", { content: "eyes" }],
    ["POST", "/graphql", { query: RESOLVE_THREAD, variables: { id: "PRRT_1" } }],
    ["POST", "/graphql", { query: MINIMIZE_COMMENT, variables: { id: "PRRC_1" } }],
  ])("lets only a writer %s %s", (method, path, body) => {
    expect(isAllowed(WRITER, method, path, body)).toBe(true);
    expect(isAllowed(READER, method, path, body)).toBe(false);
  });

  it.each([
    ["another repository", "GET", "/repos/acme/other/pulls/7", undefined],
    ["a name that ends alike", "GET", "/repos/acme/shop-2/pulls/7", undefined],
    ["another pull request", "POST", "/repos/acme/shop/pulls/8/reviews", {}],
    ["another issue", "POST", "/repos/acme/shop/issues/77/comments", {}],
    ["an approval", "POST", "/repos/acme/shop/pulls/7/reviews", { event: "APPROVE" }],
    ["a submission that approves", "POST", "/repos/acme/shop/pulls/7/reviews/9/events", { event: "APPROVE" }],
    ["a submission without event", "POST", "/repos/acme/shop/pulls/7/reviews/9/events", {}],
    ["a merge", "PUT", "/repos/acme/shop/pulls/7/merge", undefined],
    ["a label", "POST", "/repos/acme/shop/issues/7/labels", { labels: ["x"] }],
    ["a dismissal", "PUT", "/repos/acme/shop/pulls/7/reviews/9/dismissals", {}],
    ["a ref", "PATCH", "/repos/acme/shop/git/refs/heads/main", {}],
    ["a file", "PUT", "/repos/acme/shop/contents/README.md", {}],
    ["a deleted comment", "DELETE", "/repos/acme/shop/issues/comments/9", undefined],
    ["a tarball", "GET", `/repos/acme/shop/tarball/${SHA}`, undefined],
    ["a mutation", "POST", "/graphql", { query: "mutation { addStar(input: {}) { id } }" }],
    ["a mutation behind a query", "POST", "/graphql", { query: "query A { x } mutation B { y }" }],
    ["a reply on another pull request", "POST", "/repos/acme/shop/pulls/8/comments/9/replies", { body: "x" }],
    ["hiding more than one comment", "POST", "/graphql", { query: `${MINIMIZE_COMMENT} mutation B { y }` }],
    ["an anonymous document", "POST", "/graphql", { query: "{ viewer { login } }" }],
  ])("refuses %s", (_what, method, path, body) => {
    expect(isAllowed(WRITER, method, path, body)).toBe(false);
  });

  it.each([
    ["POST", "/repos/acme/shop/git/trees", TREE],
    ["POST", "/repos/acme/shop/git/commits", { message: "m", tree: SHA, parents: [SHA] }],
    ["POST", "/repos/acme/shop/git/refs", { ref: "refs/heads/parallel-review/x-00000000", sha: SHA }],
    ["PATCH", "/repos/acme/shop/git/refs/heads/parallel-review/x-00000000", { sha: SHA, force: true }],
    ["POST", "/repos/acme/shop/pulls", PULL],
    ["PATCH", "/repos/acme/shop/pulls/9", { title: "t", body: "b" }],
  ])("lets only one who proposes %s %s", (method, path, body) => {
    expect(isAllowed(PROPOSER, method, path, body)).toBe(true);
    expect(isAllowed(WRITER, method, path, body)).toBe(false);
  });

  it.each([
    ["another branch", "POST", "/repos/acme/shop/git/refs", { ref: "refs/heads/main", sha: SHA }],
    ["a tag", "POST", "/repos/acme/shop/git/refs", { ref: "refs/tags/parallel-review/x", sha: SHA }],
    ["a moved branch", "PATCH", "/repos/acme/shop/git/refs/heads/main", { sha: SHA, force: true }],
    ["a way up", "PATCH", "/repos/acme/shop/git/refs/heads/parallel-review/../main", { sha: SHA, force: true }],
    ["a deleted branch", "DELETE", "/repos/acme/shop/git/refs/heads/parallel-review/x", undefined],
    ["a link", "POST", "/repos/acme/shop/git/trees", { ...TREE, tree: [{ path: "a", mode: "120000", type: "blob" }] }],
    [
      "a submodule",
      "POST",
      "/repos/acme/shop/git/trees",
      { ...TREE, tree: [{ path: "a", mode: "160000", type: "commit" }] },
    ],
    ["a tree from nothing", "POST", "/repos/acme/shop/git/trees", { tree: TREE.tree }],
    [
      "a commit in another's name",
      "POST",
      "/repos/acme/shop/git/commits",
      { message: "m", tree: SHA, parents: [SHA], author: {} },
    ],
    ["a pull request from another branch", "POST", "/repos/acme/shop/pulls", { ...PULL, head: "feature" }],
    ["a pull request from a fork", "POST", "/repos/acme/shop/pulls", { ...PULL, head: "eve:parallel-review/x" }],
    ["a closed pull request", "PATCH", "/repos/acme/shop/pulls/9", { title: "t", body: "b", state: "closed" }],
    ["another base", "PATCH", "/repos/acme/shop/pulls/9", { title: "t", body: "b", base: "x" }],
    ["a review", "POST", "/repos/acme/shop/pulls/9/reviews", {}],
    ["another repository", "POST", "/repos/acme/other/git/trees", TREE],
  ])("refuses %s to one who proposes", (_what, method, path, body) => {
    expect(isAllowed(PROPOSER, method, path, body)).toBe(false);
  });

  it("refuses every method it does not name, wherever it goes", () => {
    fc.assert(
      fc.property(fc.constantFrom("PUT", "HEAD", "OPTIONS", "TRACE", "get"), fc.webPath(), (method, path) => {
        expect(isAllowed(WRITER, method, path, undefined)).toBe(false);
      }),
    );
  });
});

describe("the guarded fetch", () => {
  function recorder(...answers: readonly Response[]): { readonly seen: string[]; readonly fetch: typeof fetch } {
    const seen: string[] = [];
    const left = [...answers];
    const fetch = async (input: string | URL | Request): Promise<Response> => {
      seen.push(input instanceof Request ? input.url : String(input));
      return Promise.resolve(left.shift() ?? new Response("{}"));
    };
    return { seen, fetch };
  }

  it.each([
    `${API}/repos/acme/shop/pulls/7/merge`,
    "https://api.github.com.evil.example/repos/acme/shop/pulls/7",
    "http://api.github.com/repos/acme/shop/pulls/7",
    `${API}/user`,
  ])("throws before the network is touched for %s", async (url) => {
    const { seen, fetch } = recorder();

    await expect(guardFetch(fetch, API, READER, 1_000)(url)).rejects.toThrow("not a request this program may send");

    expect(seen).toEqual([]);
  });

  it("knows the addresses of GitHub Enterprise Server", async () => {
    const { seen, fetch } = recorder();
    const guarded = guardFetch(fetch, "https://ghe.example/api/v3", READER, 1_000);

    await guarded("https://ghe.example/api/v3/repos/acme/shop/pulls/7");
    await guarded("https://ghe.example/api/graphql", { method: "POST", body: '{"query":"query A { x }"}' });

    expect(seen).toHaveLength(2);
    await expect(guarded("https://ghe.example/repos/acme/shop/pulls/7")).rejects.toThrow("not a request");
  });

  it("follows a renamed repository, on the same host and within the list only", async () => {
    const moved = (location: string): Response => new Response(null, { status: 301, headers: { location } });
    const here = recorder(moved(`${API}/repositories/12/pulls/7`), new Response('{"number":7}'));
    const elsewhere = recorder(moved("https://evil.example/repos/acme/shop/pulls/7"));

    const answer = await guardFetch(here.fetch, API, READER, 1_000)(`${API}/repos/acme/shop/pulls/7`);

    expect(await answer.json()).toEqual({ number: 7 });
    await expect(guardFetch(elsewhere.fetch, API, READER, 1_000)(`${API}/repos/acme/shop/pulls/7`)).rejects.toThrow(
      "not a request",
    );
    expect(elsewhere.seen).toHaveLength(1);
  });

  it("does not repeat a write at another address unless GitHub says that nothing was done", async () => {
    const answer = (status: number): Response =>
      new Response(null, { status, headers: { location: `${API}/repositories/12/issues/7/comments` } });
    const request = { method: "POST", body: '{"body":"x"}' };
    const found = recorder(answer(302));
    const temporary = recorder(answer(307));

    await guardFetch(found.fetch, API, WRITER, 1_000)(`${API}/repos/acme/shop/issues/7/comments`, request);
    await guardFetch(temporary.fetch, API, WRITER, 1_000)(`${API}/repos/acme/shop/issues/7/comments`, request);

    expect(found.seen).toHaveLength(1);
    expect(temporary.seen).toHaveLength(2);
  });
});

import { describe, expect, it } from "vitest";

import { secondaryRateLimit } from "../../../src/standin/github/rate-limit.ts";
import { openShop, refusalOf, SHOP } from "./shop.ts";

const COMMENT = { ...SHOP, issue_number: 1, body: "b" };

describe("faults on demand", () => {
  it("before: the request has no effect; after: it has, and the answer is lost", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { issues: "write" } });
    const comment = async (): Promise<number> => (await refusalOf(octokit.rest.issues.createComment(COMMENT))).status;

    shop.github.faults.add({ method: "POST", path: /\/comments$/, when: "before", do: { status: 503 } });
    expect([await comment(), shop.pull.comments.length]).toEqual([503, 0]);
    shop.github.faults.add({ method: "POST", path: /\/comments$/, when: "after", do: { status: 502, body: "<html>" } });
    expect([await comment(), shop.pull.comments.length]).toEqual([502, 1]);
    await octokit.rest.issues.createComment(COMMENT);
    expect(shop.pull.comments).toHaveLength(2);
  });

  it("hit the nth matching request, as often as asked, and go when told", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: {} });
    const get = async (): Promise<number> =>
      octokit.rest.repos.get(SHOP).then(
        ({ status }) => status,
        ({ status }: { status: number }) => status,
      );

    const remove = shop.github.faults.add({
      path: "/repos/acme/shop",
      nth: 2,
      times: 2,
      when: "before",
      do: { status: 500 },
    });
    expect([await get(), await get(), await get(), await get()]).toEqual([200, 500, 500, 200]);
    remove();
    shop.github.faults.add({ when: "before", do: { status: 500 }, times: 100 });
    expect(await get()).toBe(500);
    shop.github.faults.clear();
    expect(await get()).toBe(200);
  });

  it("a reset after the effect looks like a lost connection", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { issues: "write" } });
    shop.github.faults.add({ method: "POST", when: "after", do: "reset" });

    const refused = await refusalOf(octokit.rest.issues.createComment(COMMENT));

    // Octokit reports a connection that failed as status 500, without an answer.
    expect(refused).toEqual({ status: 500, message: "" });
    expect(shop.pull.comments).toHaveLength(1);
  });

  it("a request that hangs ends when the client gives up or the stand-in stops", async () => {
    const shop = await openShop();
    shop.github.faults.add({ when: "before", do: "hang", times: 2 });
    const ended = new AbortController();
    const address = `${shop.github.url}/repos/acme/shop`;

    const first = fetch(address, { signal: ended.signal }).catch((error: unknown) => String(error));
    const second = fetch(address).catch((error: unknown) => String(error));
    ended.abort();

    expect(await first).toContain("abort");
    await shop[Symbol.asyncDispose]();
    expect(await second).toContain("failed");
  });

  it("a secondary rate limit carries retry-after", async () => {
    await using shop = await openShop();
    shop.github.faults.add({ when: "before", do: secondaryRateLimit(7) });

    const response = await fetch(`${shop.github.url}/repos/acme/shop`);

    expect([response.status, response.headers.get("retry-after")]).toEqual([403, "7"]);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining("secondary rate limit") });
  });

  it("every request is in the journal, with who sent it, what, and what came of it", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { issues: "write" }, value: "ghs_journal" });
    shop.github.faults.add({ method: "GET", when: "before", do: { status: 500 } });

    await octokit.rest.issues.createComment(COMMENT);
    await refusalOf(octokit.rest.repos.get(SHOP));

    expect(shop.github.journal.entries).toMatchObject([
      {
        sequence: 1,
        surface: "rest",
        method: "POST",
        path: "/repos/acme/shop/issues/1/comments",
        body: { body: "b" },
        authorization: "token ghs_journal",
        login: "github-actions[bot]",
        status: 201,
        faulted: false,
      },
      { sequence: 2, status: 500, faulted: true },
    ]);
  });

  it("an unchanged answer is 304 for who has its ETag", async () => {
    await using shop = await openShop();
    const address = `${shop.github.url}/repos/acme/shop/pulls/1/files`;
    const etag = (await fetch(address)).headers.get("etag") ?? "";

    const again = async (): Promise<number> => (await fetch(address, { headers: { "if-none-match": etag } })).status;

    expect(await again()).toBe(304);
    await shop.github.push(shop.repository, "feature", { "more.ts": "1\n" });
    expect(await again()).toBe(200);
  });
});

import { describe, expect, it } from "vitest";

import { openShop, refusalOf, SHOP } from "./shop.ts";

const TARGET = { ...SHOP, pull_number: 1 };

describe("who may do what", () => {
  it("an unknown or revoked token is refused, also on a public repository", async () => {
    await using shop = await openShop();
    const value = "ghs_will_expire";
    const octokit = shop.client({ value });
    await octokit.rest.pulls.get(TARGET);

    shop.github.revokeToken(value);

    expect(await refusalOf(octokit.rest.pulls.get(TARGET))).toEqual({ status: 401, message: "Bad credentials" });
    const made = fetch(`${shop.github.url}/repos/acme/shop`, { headers: { authorization: "token nobody" } });
    expect((await made).status).toBe(401);
  });

  it("a public repository is read without a token, but not written", async () => {
    await using shop = await openShop();
    const anonymous = shop.client(undefined);

    expect((await anonymous.rest.pulls.get(TARGET)).status).toBe(200);
    const comment = anonymous.rest.issues.createComment({ ...SHOP, issue_number: 1, body: "b" });
    expect(await refusalOf(comment)).toEqual({ status: 401, message: "Requires authentication" });
  });

  it("a private repository does not exist for who may not see it", async () => {
    await using shop = await openShop();
    shop.repository.private = true;
    const read = async (token: Parameters<typeof shop.client>[0]): Promise<number> => {
      const octokit = shop.client(token);
      return octokit.rest.pulls.get(TARGET).then(
        ({ status }) => status,
        ({ status }: { status: number }) => status,
      );
    };

    expect(await read(undefined)).toBe(404);
    expect(await read({ login: "stranger", permissions: { pull_requests: "read" } })).toBe(404);
    expect(await read({ permissions: { pull_requests: "read" }, repositories: ["acme/other"] })).toBe(404);
    expect(await read({ permissions: { contents: "read" }, repositories: ["acme/shop"] })).toBe(403);
    expect(await read({ permissions: { pull_requests: "read" }, repositories: ["ACME/Shop"] })).toBe(200);
    expect(await read({ login: "dev", permissions: { pull_requests: "read" } })).toBe(200);
  });

  it("a missing permission is named in the header", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { contents: "read", pull_requests: "write" } });
    const headerOf = async (request: Promise<unknown>): Promise<string | undefined> => {
      const error: unknown = await request.catch((caught: unknown) => caught);
      const { response } = error as { response: { headers: Record<string, string>; data: { message: string } } };
      expect(response.data.message).toBe("Resource not accessible by integration");
      return response.headers["x-accepted-github-permissions"];
    };

    const check = octokit.rest.checks.create({ ...SHOP, name: "n", head_sha: shop.pull.head.sha });
    expect(await headerOf(check)).toBe("checks=write");
    const ref = octokit.rest.git.createRef({ ...SHOP, ref: "refs/heads/x", sha: shop.pull.head.sha });
    expect(await headerOf(ref)).toBe("contents=write");
    expect(await headerOf(octokit.rest.issues.create({ ...SHOP, title: "t" }))).toBe("issues=write");
    expect((await octokit.rest.issues.createComment({ ...SHOP, issue_number: 1, body: "b" })).status).toBe(201);
  });

  it("a person's token can do no more than the person", async () => {
    await using shop = await openShop();
    const permissions = { contents: "write", pull_requests: "write" } as const;
    const reader = shop.client({ login: "stranger", permissions });
    const sha = shop.pull.head.sha;

    expect((await refusalOf(reader.rest.git.createRef({ ...SHOP, ref: "refs/heads/x", sha }))).message).toBe(
      "Resource not accessible by personal access token",
    );
    expect((await reader.rest.issues.createComment({ ...SHOP, issue_number: 1, body: "b" })).status).toBe(201);
    const asked = reader.rest.repos.getCollaboratorPermissionLevel({ ...SHOP, username: "dev" });
    expect((await refusalOf(asked)).status).toBe(403);
    const { id } = shop.github.commentAs("dev", shop.repository, 1, "mine").comment;
    const edited = reader.rest.issues.updateComment({ ...SHOP, comment_id: id, body: "yours" });
    expect((await refusalOf(edited)).status).toBe(403);
  });

  it("nobody writes to a locked conversation or an archived repository", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { issues: "write", pull_requests: "write" } });
    const comment = async (): Promise<{ status: number; message: string }> =>
      refusalOf(octokit.rest.issues.createComment({ ...SHOP, issue_number: 1, body: "b" }));

    await shop.github.changePullRequest(shop.repository, 1, "keeper", "lock");
    expect(await comment()).toEqual({ status: 403, message: "Unable to create comment because issue is locked." });
    shop.repository.archived = true;
    expect(await comment()).toEqual({ status: 403, message: "Repository was archived so is read-only." });
  });

  it("a used-up rate limit refuses in GitHub's words, and counts down before", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: {}, rateLimit: 2 });

    const left = [await octokit.rest.repos.get(SHOP), await octokit.rest.repos.get(SHOP)].map(
      ({ headers }) => headers["x-ratelimit-remaining"],
    );

    expect(left).toEqual(["1", "0"]);
    const refused = await refusalOf(octokit.rest.repos.get(SHOP));
    expect(refused.status).toBe(403);
    expect(refused.message).toContain("API rate limit exceeded");
    expect((await octokit.rest.rateLimit.get()).data.rate.remaining).toBe(0);
  });
});

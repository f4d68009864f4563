import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openShop, refusalOf, SHOP, type Shop } from "./shop.ts";

const TARGET = { ...SHOP, pull_number: 1 };

describe("creating a review", () => {
  let shop: Shop;
  let octokit: ReturnType<Shop["client"]>;

  beforeAll(async () => {
    shop = await openShop();
    octokit = shop.client({ permissions: { pull_requests: "write" } });
  });

  afterAll(async () => {
    expect(shop.contract.violations).toEqual([]);
    await shop[Symbol.asyncDispose]();
  });

  interface Comment {
    readonly path?: string;
    readonly line?: number;
    readonly side?: string;
    readonly start_line?: number;
    readonly start_side?: string;
    readonly position?: number;
  }

  const post = async (...comments: Comment[]): Promise<unknown> =>
    octokit.rest.pulls.createReview({
      ...TARGET,
      event: "COMMENT",
      body: "b",
      comments: comments.map((comment) => ({ path: "src/cart.ts", body: "c", ...comment })),
    });

  const OUTSIDE =
    "Unprocessable Entity | Pull request review thread line must be part of the diff and Pull request review thread diff hunk can't be blank";
  const OTHER_HUNK =
    "Unprocessable Entity | Pull request review thread start line must be part of the same hunk as the line.";
  const ORDER = "Unprocessable Entity | Pull request review thread start line must precede the end line.";

  it.each([
    ["a line between two hunks", { line: 20, side: "RIGHT" }, OUTSIDE],
    ["a line after the end of the file", { line: 1000, side: "RIGHT" }, OUTSIDE],
    ["an added line, asked for on the left", { line: 61, side: "LEFT" }, OUTSIDE],
    ["a start line in another hunk", { line: 30, side: "RIGHT", start_line: 5, start_side: "RIGHT" }, OTHER_HUNK],
    ["a start line equal to the line", { line: 5, side: "RIGHT", start_line: 5, start_side: "RIGHT" }, ORDER],
    ["a start line after the line", { line: 5, side: "RIGHT", start_line: 6, start_side: "RIGHT" }, ORDER],
    [
      "a path the pull request does not touch",
      { path: "README.md", line: 1 },
      "Unprocessable Entity | Path could not be resolved",
    ],
    ["a line of a binary file", { path: "logo.png", line: 1 }, OUTSIDE],
    ["a line of a pure rename", { path: "src/new-name.ts", line: 1 }, OUTSIDE],
    [
      "the old name of a renamed file",
      { path: "src/old-name.ts", line: 1 },
      "Unprocessable Entity | Path could not be resolved",
    ],
    ["a position after the patch", { position: 999 }, "Unprocessable Entity | Position could not be resolved"],
  ])("refuses %s in GitHub's words", async (_, comment, message) => {
    expect(await refusalOf(post(comment))).toEqual({ status: 422, message });
  });

  it("stores nothing of a review one of whose comments is refused", async () => {
    const before = [shop.pull.reviews.length, shop.pull.reviewComments.length];

    await refusalOf(post({ line: 5 }, { line: 6 }, { line: 20 }));

    expect([shop.pull.reviews.length, shop.pull.reviewComments.length]).toEqual(before);
  });

  it.each([
    ["an added line", { line: 5, side: "RIGHT" }],
    ["a deleted line", { line: 30, side: "LEFT" }],
    ["context, by its number on either side", { line: 31, side: "LEFT" }],
    ["a line without a side", { line: 2 }],
    ["a range over both sides", { start_line: 5, start_side: "LEFT", line: 5, side: "RIGHT" }],
    ["a removed file", { path: "src/gone.ts", line: 1, side: "LEFT" }],
    ["an old position", { position: 1 }],
  ])("takes %s", async (_, comment) => {
    await post(comment);

    expect(shop.pull.reviewComments.at(-1)?.thread.isOutdated).toBe(false);
  });

  it("keeps the hunk up to the line, and the position GitHub used to count by", async () => {
    await post({ line: 5, side: "RIGHT" });

    const stored = shop.pull.reviewComments.at(-1);
    expect(stored?.diffHunk).toBe("@@ -2,7 +2,7 @@ line 1\n line 2\n line 3\n line 4\n-line 5\n+line five");
    expect(stored?.position).toBe(5);
  });

  it("refuses a body that is missing where one is needed, or too long", async () => {
    const review = async (more: object): Promise<{ status: number; message: string }> =>
      refusalOf(octokit.rest.pulls.createReview({ ...TARGET, event: "COMMENT", ...more }));

    expect(await review({})).toEqual({ status: 422, message: "Unprocessable Entity | Body can't be blank" });
    expect((await review({ event: "REQUEST_CHANGES", body: "" })).status).toBe(422);
    const long = await review({ body: "x".repeat(65_537) });
    expect(long.message).toBe("Unprocessable Entity | Body is too long (maximum is 65536 characters)");
    const exact = await octokit.rest.pulls.createReview({ ...TARGET, event: "COMMENT", body: "x".repeat(65_536) });
    expect(exact.status).toBe(200);
  });

  it("refuses a commit that is not part of the pull request", async () => {
    const request = octokit.rest.pulls.createReview({
      ...TARGET,
      commit_id: shop.pull.base.sha,
      event: "COMMENT",
      body: "b",
    });

    expect(await refusalOf(request)).toEqual({
      status: 422,
      message: "Unprocessable Entity | commit_id is not part of the pull request",
    });
  });

  it("allows one pending review per user, hides it from others, and refuses even a submitted one beside it", async () => {
    const other = shop.client({ login: "keeper", permissions: { pull_requests: "write" } });
    const { data: pending } = await octokit.rest.pulls.createReview({ ...TARGET, body: "pending" });

    const refused = {
      status: 422,
      message: "Unprocessable Entity | User can only have one pending review per pull request",
    };
    expect(await refusalOf(octokit.rest.pulls.createReview({ ...TARGET, body: "second" }))).toEqual(refused);
    expect(await refusalOf(post({ line: 5 }))).toEqual(refused);
    const seen = (await other.rest.pulls.listReviews({ ...TARGET, per_page: 100 })).data.map(({ id }) => id);
    expect(seen).not.toContain(pending.id);
    expect((await other.rest.pulls.createReview({ ...TARGET, body: "of another" })).data.state).toBe("PENDING");
    await octokit.rest.pulls.deletePendingReview({ ...TARGET, review_id: pending.id });
    await post({ line: 5 });
  });

  it("refuses to approve one's own pull request", async () => {
    const author = shop.client({ login: "dev", permissions: { pull_requests: "write" } });

    expect((await refusalOf(author.rest.pulls.createReview({ ...TARGET, event: "APPROVE" }))).message).toBe(
      "Unprocessable Entity | Can not approve your own pull request",
    );
  });
});

describe("a push after a review", () => {
  it("moves comments with their line, and outdates those whose line is gone", async () => {
    await using shop = await openShop();
    const { github, repository, pull, contract } = shop;
    const octokit = shop.client({ permissions: { pull_requests: "write" } });
    const head = pull.head.sha;
    const comments = [
      { path: "src/cart.ts", line: 5, side: "RIGHT", body: "changes next" },
      { path: "src/cart.ts", line: 60, side: "RIGHT", body: "moves" },
    ];
    await octokit.rest.pulls.createReview({ ...TARGET, event: "COMMENT", body: "b", comments });
    const { cart } = await cartOf(octokit);

    await github.push(repository, "feature", { "src/cart.ts": `new first\n${cart.replace("line five", "line V")}` });

    const listed = (await octokit.rest.pulls.listReviewComments(TARGET)).data;
    expect(listed.map(({ line, original_line, commit_id }) => [line, original_line, commit_id === head])).toEqual([
      [null, 5, true],
      [61, 60, false],
    ]);
    expect((await octokit.rest.git.getRef({ ...SHOP, ref: "pull/1/head" })).data.object.sha).toBe(pull.head.sha);
    expect(
      (
        await refusalOf(
          octokit.rest.pulls.createReview({ ...TARGET, commit_id: "0".repeat(40), event: "COMMENT", body: "b" }),
        )
      ).status,
    ).toBe(422);
    expect(contract.violations).toEqual([]);
  });
});

async function cartOf(octokit: ReturnType<Shop["client"]>): Promise<{ cart: string }> {
  const { data } = await octokit.rest.repos.getContent({ ...SHOP, path: "src/cart.ts", ref: "feature" });
  const content = "content" in data ? data.content : "";
  return { cart: Buffer.from(content, "base64").toString("utf8") };
}

import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import subset from "../../contract/github/openapi-subset.json" with { type: "json" };
import { EVERYTHING, openShop, refusalOf, SHOP, type Shop } from "./shop.ts";

/** What an App asks for is held against the description in apps.test.ts. */
const isOfApps = (id: string): boolean => id.startsWith("apps/");

describe("every endpoint of the stand-in answers as GitHub describes it", () => {
  let shop: Shop;
  let octokit: ReturnType<Shop["client"]>;
  let person: ReturnType<Shop["client"]>;

  beforeAll(async () => {
    shop = await openShop();
    octokit = shop.client({ permissions: EVERYTHING });
    person = shop.client({ login: "keeper", permissions: EVERYTHING });
  });

  afterAll(async () => {
    expect(shop.contract.violations).toEqual([]);
    const served = Object.values(subset.paths)
      .flatMap((item) => Object.values(item))
      .flatMap((operation) =>
        typeof operation === "object" && "operationId" in operation ? operation.operationId : [],
      )
      .filter((id) => !isOfApps(id));
    expect([...new Set(shop.contract.operations)].toSorted()).toEqual(served.toSorted());
    await shop[Symbol.asyncDispose]();
  });

  it("accounts and limits", async () => {
    expect((await person.rest.users.getAuthenticated()).data.login).toBe("keeper");
    expect((await octokit.rest.users.getByUsername({ username: "dev" })).data.type).toBe("User");
    expect((await octokit.rest.rateLimit.get()).data.rate.limit).toBe(1000);
    expect((await refusalOf(octokit.rest.users.getAuthenticated())).status).toBe(403);
    expect((await refusalOf(octokit.rest.users.getByUsername({ username: "nobody" }))).status).toBe(404);
  });

  it("repositories, branches, commits, comparisons and permissions", async () => {
    const { head, base } = shop.pull;

    expect((await octokit.rest.repos.get(SHOP)).data.default_branch).toBe("main");
    expect((await person.rest.repos.get(SHOP)).data.permissions?.maintain).toBe(true);
    expect((await octokit.rest.repos.listBranches(SHOP)).data.map(({ name }) => name)).toEqual(["feature", "main"]);
    expect((await octokit.rest.repos.getBranch({ ...SHOP, branch: "feature" })).data.commit.sha).toBe(head.sha);
    expect((await octokit.rest.repos.listCommits({ ...SHOP, sha: "feature" })).data).toHaveLength(2);
    expect((await octokit.rest.repos.getCommit({ ...SHOP, ref: head.sha })).data.files).toHaveLength(5);
    const compared = await octokit.rest.repos.compareCommitsWithBasehead({ ...SHOP, basehead: "main...feature" });
    expect(compared.data).toMatchObject({ status: "ahead", ahead_by: 1, total_commits: 1 });
    expect(compared.data.merge_base_commit.sha).toBe(base.sha);
    const levels = await Promise.all(
      ["acme", "dev", "triager", "keeper"].map(async (username) => {
        const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...SHOP, username });
        return [data.permission, data.role_name];
      }),
    );
    expect(levels).toEqual([
      ["admin", "admin"],
      ["write", "write"],
      ["read", "triage"],
      ["write", "maintain"],
    ]);
    expect((await refusalOf(octokit.rest.repos.getBranch({ ...SHOP, branch: "none" }))).status).toBe(404);
    expect((await refusalOf(octokit.rest.repos.getCommit({ ...SHOP, ref: "none" }))).status).toBe(422);
    const unknown = { ...SHOP, basehead: "main...none" };
    expect((await refusalOf(octokit.rest.repos.compareCommitsWithBasehead(unknown))).status).toBe(404);
  });

  it("contents", async () => {
    const read = async (path: string): Promise<unknown> =>
      (await octokit.rest.repos.getContent({ ...SHOP, path, ref: "feature" })).data;

    expect(await read("src/added.ts")).toMatchObject({ type: "file", encoding: "base64" });
    expect(await read("src")).toMatchObject([
      { path: "src/added.ts" },
      { path: "src/cart.ts" },
      { path: "src/new-name.ts" },
    ]);
    expect(await read("latest.ts")).toMatchObject({ type: "symlink", target: "src/cart.ts" });
    expect((await refusalOf(read("src/gone.ts"))).status).toBe(404);
    const raw = await octokit.rest.repos.getContent({ ...SHOP, path: "README.md", mediaType: { format: "raw" } });
    expect(raw.headers["content-type"]).toContain("application/vnd.github.raw");
  });

  it("git objects and refs", async () => {
    const { git } = octokit.rest;
    const tree = await git.getTree({ ...SHOP, tree_sha: shop.pull.head.sha, recursive: "1" });
    expect(tree.data.truncated).toBe(false);
    const cart = tree.data.tree.find(({ path }) => path === "src/cart.ts");
    expect((await git.getBlob({ ...SHOP, file_sha: cart?.sha ?? "" })).data.size).toBe(cart?.size);

    const blob = await git.createBlob({
      ...SHOP,
      content: Buffer.from("new\n").toString("base64"),
      encoding: "base64",
    });
    const made = await git.createTree({
      ...SHOP,
      base_tree: shop.pull.head.sha,
      tree: [
        { path: "docs/deep/new.md", mode: "100644", type: "blob", sha: blob.data.sha },
        { path: "src/added.ts", mode: "100644", type: "blob", sha: null },
      ],
    });
    const commit = await git.createCommit({
      ...SHOP,
      message: "Made by API",
      tree: made.data.sha,
      parents: [shop.pull.head.sha],
    });
    expect((await git.getCommit({ ...SHOP, commit_sha: commit.data.sha })).data.message).toBe("Made by API");
    await git.createRef({ ...SHOP, ref: "refs/heads/made", sha: commit.data.sha });
    const compared = await octokit.rest.repos.compareCommitsWithBasehead({ ...SHOP, basehead: "feature...made" });
    expect(compared.data.files?.map(({ filename, status }) => `${status} ${filename}`)).toEqual([
      "added docs/deep/new.md",
      "removed src/added.ts",
    ]);

    expect((await refusalOf(git.createRef({ ...SHOP, ref: "refs/heads/made", sha: commit.data.sha }))).message).toBe(
      "Reference already exists",
    );
    const back = { ...SHOP, ref: "heads/made", sha: shop.pull.head.sha };
    expect((await refusalOf(git.updateRef(back))).message).toBe("Update is not a fast forward");
    expect((await git.updateRef({ ...back, force: true })).data.object.sha).toBe(shop.pull.head.sha);
    expect((await git.listMatchingRefs({ ...SHOP, ref: "heads/m" })).data.map(({ ref }) => ref)).toEqual([
      "refs/heads/made",
      "refs/heads/main",
    ]);
    expect((await git.getRef({ ...SHOP, ref: "pull/1/head" })).data.object.sha).toBe(shop.pull.head.sha);
    await git.deleteRef({ ...SHOP, ref: "heads/made" });
    expect((await refusalOf(git.getRef({ ...SHOP, ref: "heads/made" }))).status).toBe(404);
    expect((await refusalOf(git.deleteRef({ ...SHOP, ref: "heads/made" }))).status).toBe(422);
    expect((await refusalOf(git.getBlob({ ...SHOP, file_sha: "0".repeat(40) }))).status).toBe(404);
  });

  it("pull requests", async () => {
    const { pulls } = octokit.rest;
    expect((await pulls.get({ ...SHOP, pull_number: 1 })).data).toMatchObject({
      changed_files: 5,
      commits: 1,
      draft: false,
    });
    expect((await pulls.list({ ...SHOP, state: "open" })).data).toHaveLength(1);
    expect((await pulls.listFiles({ ...SHOP, pull_number: 1 })).data).toHaveLength(5);
    expect((await pulls.listCommits({ ...SHOP, pull_number: 1 })).data).toHaveLength(1);

    await shop.github.push(shop.repository, "second", { "second.ts": "2\n" });
    const made = await pulls.create({ ...SHOP, base: "main", head: "second", title: "Second", draft: true });
    expect(made.data).toMatchObject({ number: 2, draft: true, user: { login: "github-actions[bot]" } });
    const twin = await refusalOf(pulls.create({ ...SHOP, base: "main", head: "second", title: "Again" }));
    expect(twin).toEqual({
      status: 422,
      message: "Validation Failed | A pull request already exists for acme:second.",
    });
    expect((await refusalOf(pulls.create({ ...SHOP, base: "main", head: "none", title: "x" }))).status).toBe(422);
    expect((await pulls.update({ ...SHOP, pull_number: 2, title: "Renamed", state: "closed" })).data.title).toBe(
      "Renamed",
    );
    expect((await refusalOf(pulls.get({ ...SHOP, pull_number: 99 }))).status).toBe(404);
  });

  it("a pull request whose fork was deleted, with the one answer the description does not allow", async () => {
    const fork = await shop.github.addRepository({ owner: "stranger", name: "shop", forkOf: shop.repository });
    await shop.github.push(fork, "theirs", { "theirs.ts": "3\n" });
    const { pull } = await shop.github.openPullRequest(shop.repository, {
      base: "main",
      head: "theirs",
      title: "Theirs",
      fork,
    });
    await shop.github.changePullRequest(shop.repository, pull.number, "stranger", "delete-head-repository");

    const { data } = await octokit.rest.pulls.get({ ...SHOP, pull_number: pull.number });

    expect(data.head).toMatchObject({ label: "stranger:theirs", repo: null });
    expect((await octokit.rest.git.getRef({ ...SHOP, ref: `pull/${String(pull.number)}/head` })).data.object.sha).toBe(
      pull.head.sha,
    );
  });

  it("reviews", async () => {
    const { pulls } = octokit.rest;
    const target = { ...SHOP, pull_number: 1 };
    const comments = [{ path: "src/cart.ts", line: 5, side: "RIGHT", body: "first" }];

    const pending = await pulls.createReview({ ...target, commit_id: shop.pull.head.sha, body: "draft", comments });
    expect(pending.data.state).toBe("PENDING");
    await pulls.deletePendingReview({ ...target, review_id: pending.data.id });
    const { data: review } = await pulls.createReview({ ...target, body: "two phases", comments });
    const submitted = await pulls.submitReview({ ...target, review_id: review.id, event: "COMMENT" });
    expect(submitted.data).toMatchObject({ state: "COMMENTED", body: "two phases" });
    expect((await pulls.updateReview({ ...target, review_id: review.id, body: "edited" })).data.body).toBe("edited");
    expect((await pulls.getReview({ ...target, review_id: review.id })).data.body).toBe("edited");
    expect((await pulls.listReviews(target)).data.map(({ id }) => id)).toEqual([review.id]);
    expect((await pulls.listCommentsForReview({ ...target, review_id: review.id })).data).toHaveLength(1);
    const approval = await person.rest.pulls.createReview({ ...target, event: "APPROVE" });
    const dismissed = await pulls.dismissReview({ ...target, review_id: approval.data.id, message: "stale" });
    expect(dismissed.data.state).toBe("DISMISSED");
    expect((await refusalOf(pulls.submitReview({ ...target, review_id: review.id, event: "COMMENT" }))).status).toBe(
      422,
    );
    expect((await refusalOf(pulls.deletePendingReview({ ...target, review_id: review.id }))).status).toBe(422);
    expect((await refusalOf(pulls.getReview({ ...target, review_id: 1 }))).status).toBe(404);
  });

  it("single review comments, replies and their reactions", async () => {
    const { pulls, reactions } = octokit.rest;
    const target = { ...SHOP, pull_number: 1, commit_id: shop.pull.head.sha };

    const { data: line } = await pulls.createReviewComment({
      ...target,
      body: "range",
      path: "src/cart.ts",
      line: 6,
      side: "RIGHT",
      start_line: 4,
      start_side: "RIGHT",
    });
    expect(line).toMatchObject({ line: 6, start_line: 4, subject_type: "line" });
    const file = await pulls.createReviewComment({
      ...target,
      body: "all of it",
      path: "logo.png",
      subject_type: "file",
    });
    expect(file.data).toMatchObject({ subject_type: "file", line: null });
    const answer = await pulls.createReplyForReviewComment({
      ...SHOP,
      pull_number: 1,
      comment_id: line.id,
      body: "why",
    });
    expect(answer.data.in_reply_to_id).toBe(line.id);
    expect((await pulls.getReviewComment({ ...SHOP, comment_id: line.id })).data.body).toBe("range");
    await pulls.updateReviewComment({ ...SHOP, comment_id: line.id, body: "changed" });
    const listed = await pulls.listReviewComments({ ...SHOP, pull_number: 1 });
    expect(listed.data.map(({ body }) => body)).toEqual(expect.arrayContaining(["changed", "all of it", "why"]));
    expect((await pulls.listReviewCommentsForRepo(SHOP)).data).toHaveLength(listed.data.length);

    const on = { ...SHOP, comment_id: line.id };
    const first = await reactions.createForPullRequestReviewComment({ ...on, content: "eyes" });
    const second = await reactions.createForPullRequestReviewComment({ ...on, content: "eyes" });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect((await reactions.listForPullRequestReviewComment(on)).data).toHaveLength(1);
    await reactions.deleteForPullRequestComment({ ...on, reaction_id: first.data.id });
    await pulls.deleteReviewComment({ ...SHOP, comment_id: file.data.id });
    expect((await refusalOf(pulls.getReviewComment({ ...SHOP, comment_id: file.data.id }))).status).toBe(404);
    const outside = pulls.createReviewComment({ ...target, body: "x", path: "src/cart.ts", line: 20, side: "RIGHT" });
    expect(await refusalOf(outside)).toEqual({
      status: 422,
      message:
        "Validation Failed | pull_request_review_thread.line must be part of the diff | pull_request_review_thread.diff_hunk",
    });
  });

  it("issues, comments, labels and reactions", async () => {
    const { issues, reactions } = octokit.rest;
    const { data: issue } = await issues.create({ ...SHOP, title: "Report", body: "text", labels: ["audit"] });
    expect((await issues.get({ ...SHOP, issue_number: issue.number })).data.pull_request).toBeUndefined();
    expect((await issues.get({ ...SHOP, issue_number: 1 })).data.pull_request).toBeDefined();
    await issues.update({ ...SHOP, issue_number: issue.number, state: "closed" });
    expect((await issues.listForRepo({ ...SHOP, state: "closed", labels: "audit" })).data).toHaveLength(1);

    const { data: comment } = await issues.createComment({ ...SHOP, issue_number: 1, body: "hello" });
    expect(comment.user).toMatchObject({ login: "github-actions[bot]", id: 41_898_282, type: "Bot" });
    await issues.updateComment({ ...SHOP, comment_id: comment.id, body: "edited" });
    expect((await issues.getComment({ ...SHOP, comment_id: comment.id })).data.body).toBe("edited");
    expect((await issues.listComments({ ...SHOP, issue_number: 1 })).data).toHaveLength(1);
    const everywhere = await issues.listCommentsForRepo({ ...SHOP, sort: "created", direction: "desc" });
    expect(everywhere.data).toHaveLength(1);
    const on = { ...SHOP, comment_id: comment.id };
    const first = await reactions.createForIssueComment({ ...on, content: "rocket" });
    expect((await reactions.createForIssueComment({ ...on, content: "rocket" })).status).toBe(200);
    expect((await reactions.listForIssueComment(on)).data).toHaveLength(1);
    await reactions.deleteForIssueComment({ ...on, reaction_id: first.data.id });
    await issues.deleteComment({ ...SHOP, comment_id: comment.id });
    expect((await refusalOf(issues.getComment({ ...SHOP, comment_id: comment.id }))).status).toBe(404);

    await issues.createLabel({ ...SHOP, name: "reviewed", color: "00ff00", description: "done" });
    expect((await refusalOf(issues.createLabel({ ...SHOP, name: "reviewed" }))).status).toBe(422);
    expect((await issues.getLabel({ ...SHOP, name: "reviewed" })).data.color).toBe("00ff00");
    await issues.addLabels({ ...SHOP, issue_number: 1, labels: ["reviewed"] });
    expect((await issues.listLabelsOnIssue({ ...SHOP, issue_number: 1 })).data).toHaveLength(1);
    expect((await issues.listLabelsForRepo(SHOP)).data).toHaveLength(2);
    expect((await issues.removeLabel({ ...SHOP, issue_number: 1, name: "reviewed" })).data).toEqual([]);
  });

  it("check runs", async () => {
    const { checks } = octokit.rest;
    const annotation = {
      path: "src/cart.ts",
      start_line: 5,
      end_line: 5,
      annotation_level: "warning",
      message: "m",
    } as const;
    const output = { title: "t", summary: "s" };

    const { data: run } = await checks.create({
      ...SHOP,
      name: "review",
      head_sha: shop.pull.head.sha,
      status: "in_progress",
    });
    await checks.update({ ...SHOP, check_run_id: run.id, output: { ...output, annotations: [annotation] } });
    const done = await checks.update({
      ...SHOP,
      check_run_id: run.id,
      conclusion: "neutral",
      output: { ...output, annotations: [annotation] },
    });
    expect(done.data).toMatchObject({ status: "completed", output: { annotations_count: 2 } });
    expect((await checks.get({ ...SHOP, check_run_id: run.id })).data.conclusion).toBe("neutral");
    expect((await checks.listForRef({ ...SHOP, ref: "feature" })).data.check_runs.map(({ id }) => id)).toEqual([
      run.id,
    ]);
    expect((await checks.listAnnotations({ ...SHOP, check_run_id: run.id })).data).toHaveLength(2);
    expect((await refusalOf(checks.get({ ...SHOP, check_run_id: 1 }))).status).toBe(404);
    expect(
      (await refusalOf(person.rest.checks.create({ ...SHOP, name: "x", head_sha: shop.pull.head.sha }))).message,
    ).toBe("You must authenticate via a GitHub App.");
  });

  it("code scanning and workflow dispatches", async () => {
    const sarif = gzipSync(JSON.stringify({ version: "2.1.0", runs: [] })).toString("base64");

    const upload = await octokit.rest.codeScanning.uploadSarif({
      ...SHOP,
      commit_sha: shop.pull.head.sha,
      ref: "refs/pull/1/head",
      sarif,
    });
    const state = await octokit.rest.codeScanning.getSarif({ ...SHOP, sarif_id: upload.data.id ?? "" });
    expect(state.data.processing_status).toBe("complete");
    const bad = { ...SHOP, commit_sha: shop.pull.head.sha, ref: "refs/heads/feature", sarif: "not gzip" };
    expect((await refusalOf(octokit.rest.codeScanning.uploadSarif(bad))).status).toBe(400);

    await octokit.rest.actions.createWorkflowDispatch({
      ...SHOP,
      workflow_id: "review.yml",
      ref: "main",
      inputs: { a: "b" },
    });
    expect(shop.repository.dispatches).toEqual([
      { workflow: ".github/workflows/review.yml", ref: "refs/heads/main", inputs: { a: "b" } },
    ]);
  });
});

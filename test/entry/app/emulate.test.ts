import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Octokit } from "@octokit/rest";
import { createEmulator } from "emulate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { gitFixture } from "../../support/git-fixture.ts";
import { gitServer } from "../../support/git-server.ts";
import { SECRET } from "./app-stage.ts";
import { openWork, type WorkStage } from "./work-stage.ts";

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const SLUG = "parallel-review";
const REPO = { owner: "dev", repo: "app" };
/** Its objects end with a line's end, as emulate's do. */
const MESSAGE = "Change\n";
const MORE = `export async function load(db: Db, ids: string[]) {
  for (const id of ids) {
    await db.query(\`SELECT * FROM t WHERE id = '\${id}'\`);
  }
}
`;

/**
 * A GitHub that others wrote (emulate 0.12.2), so that our stand-in's mistakes are not both sides' mistakes. What it cannot do, and how the
 * App fares with it:
 * - `GET /users/<slug>[bot]` is 404 until somebody makes that account: it is seeded here;
 * - no git over HTTP: git's own server stands beside it, with the same objects (their ids are real);
 * - no `issue.pull_request` in `issue_comment`, so it looks like a comment on an issue: sent again here with that key;
 * - no `pull_request.synchronize`, `labeled` or `ready_for_review` is ever sent, and no `X-GitHub-Delivery` that is a GUID;
 * - a review with `line` and `side` is answered with 422 (it knows only `position`): the findings are posted in the review's text;
 * - GraphQL, reactions, `DELETE /installation/token`, `/installation/repositories` and `/app/hook/*` are 404: the App does without,
 *   tokens end with the process and missed webhooks cannot be asked for.
 */
describe("the App on emulate's GitHub", () => {
  const stack = new AsyncDisposableStack();
  let stage: WorkStage;
  let dev: Octokit;
  let number: number;
  let head: string;

  beforeAll(async () => {
    const port = await freePort();
    const apiUrl = `http://localhost:${port}`;
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const local = stack.use(gitFixture());
    const before = { "README.md": "# app\n", "src/a.ts": "export const a = 1;\n" };
    const base = local.commit(before, { message: MESSAGE });
    const after = { ...before, "src/load.ts": MORE };
    head = local.commit(after, { branch: "f", parents: [base], message: MESSAGE });
    local.git("update-ref", "refs/pull/1/head", head);
    const root = stack.adopt(mkdtempSync(join(tmpdir(), "emulate-git-")), (folder) =>
      rmSync(folder, { recursive: true }),
    );
    execFileSync("git", ["clone", "-q", "--mirror", local.directory, join(root, "dev/app.git")]);
    const git = stack.use(await gitServer(root));

    const keys = { appId: 777, privateKey, apiUrl, secret: SECRET, slug: SLUG };
    stage = stack.use(await openWork(keys, { serverUrl: git.urlOf("").replace(/\/$/, "") }));
    const emulator = stack.adopt(
      await createEmulator({
        service: "github",
        port,
        seed: {
          tokens: { person: { login: "dev", scopes: ["repo"] } },
          github: {
            users: [{ login: "dev" }, { login: `${SLUG}[bot]` }],
            repos: [{ owner: "dev", name: "app", auto_init: false }],
            apps: [
              {
                app_id: 777,
                slug: SLUG,
                name: "Parallel Review",
                private_key: privateKey,
                permissions: {
                  contents: "write",
                  issues: "write",
                  pull_requests: "write",
                  checks: "write",
                  metadata: "read",
                },
                events: ["issue_comment", "pull_request", "pull_request_review_comment", "check_run"],
                webhook_url: stage.door.url,
                webhook_secret: SECRET,
                installations: [{ installation_id: 42, account: "dev" }],
              },
            ],
          },
        },
      }),
      (running) => running.close(),
    );
    dev = new Octokit({ baseUrl: emulator.url, auth: "person", log: SILENT });
    await importCommits(dev, (...args) => local.git(...args), { main: base, f: head });
    const pull = await dev.rest.pulls.create({ ...REPO, title: "Load", head: "f", base: "main" });
    ({ number } = pull.data);
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  it("signs in with its key, and sees its installation", async () => {
    const signal = AbortSignal.timeout(10_000);
    expect(await stage.client.identity(signal)).toMatchObject({ slug: SLUG, permissions: { checks: "write" } });
    expect(await stage.client.installations(signal)).toMatchObject([{ id: 42, account: "dev", suspended: false }]);
  });

  it("narrows its token to one repository and to reading", async () => {
    const { data: repository } = await dev.rest.repos.get(REPO);
    await using token = await stage.client.issueToken(
      { installation: 42, repositoryId: repository.id, permissions: { contents: "read", metadata: "read" } },
      AbortSignal.timeout(10_000),
    );
    const reader = new Octokit({
      baseUrl: dev.rest.git.createRef.endpoint.DEFAULTS.baseUrl,
      auth: token.value,
      log: SILENT,
    });
    const { data: ref } = await reader.rest.git.getRef({ ...REPO, ref: "heads/f" });
    expect(ref.object.sha).toBe(head);
    const comment = reader.rest.issues.createComment({ ...REPO, issue_number: number, body: "x" });
    await expect(comment).rejects.toMatchObject({ status: 403 });
  });

  it("takes the signed webhook of the opened pull request, reads git's objects, and posts what it found", async () => {
    const [run] = await stage.settled();
    expect(run).toMatchObject({ kind: "pull-request", head, pullRequest: number, status: "done", installation: 42 });

    const reviews = await dev.rest.pulls.listReviews({ ...REPO, pull_number: number });
    const bodies = reviews.data.map(({ user, body }) => `${user?.login ?? ""}: ${body}`);
    expect(bodies.join("\n")).toContain(`${SLUG}[bot]: `);
    expect(bodies.join("\n")).toContain("src/load.ts:3");
    const comments = await dev.rest.issues.listComments({ ...REPO, issue_number: number });
    expect(comments.data.map(({ user }) => user?.login)).toEqual([`${SLUG}[bot]`]);
    const checks = await dev.rest.checks.listForRef({ ...REPO, ref: head });
    expect(checks.data.check_runs).toMatchObject([{ name: SLUG, status: "completed" }]);
  });

  it.each([
    ["POST", "/graphql"],
    ["GET", "/users/somebody-else[bot]"],
    ["POST", "/repos/dev/app/issues/comments/1/reactions"],
    ["GET", "/installation/repositories"],
    ["DELETE", "/installation/token"],
    ["GET", "/app/hook/deliveries"],
    ["GET", "/app/hook/config"],
    ["GET", "/dev/app.git/info/refs?service=git-upload-pack"],
  ])("cannot do %s %s, which the list above says", async (method, path) => {
    const { baseUrl } = dev.rest.git.createRef.endpoint.DEFAULTS;
    const headers = { authorization: "token person", "content-type": "application/json" };
    const body = method === "POST" ? { body: JSON.stringify({ content: "eyes", query: "{viewer{login}}" }) } : {};
    expect((await fetch(`${baseUrl}${path}`, { method, headers, ...body })).status).toBe(404);
  });

  it("answers a command", async () => {
    const { data: comment } = await dev.rest.issues.createComment({
      ...REPO,
      issue_number: number,
      body: "/parallel-review help",
    });
    const { data: repository } = await dev.rest.repos.get(REPO);
    const event = {
      action: "created",
      installation: { id: 42 },
      repository,
      issue: { number, state: "open", pull_request: {} },
    };
    expect((await stage.door.deliver("issue_comment", { ...event, comment })).status).toBe(202);
    const runs = await stage.settled();

    expect(runs.map(({ title, status }) => `${title} ${status}`)).toContain("help done");
    const comments = await dev.rest.issues.listComments({ ...REPO, issue_number: number });
    expect(comments.data.at(-1)?.body).toContain("`/parallel-review plan`");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Every commit up to these, oldest first, by GitHub's git data API; the ids come out the same. */
async function importCommits(
  client: Octokit,
  git: (...args: string[]) => string,
  branches: Readonly<Record<string, string>>,
): Promise<void> {
  for (const commit of git("rev-list", "--reverse", ...Object.values(branches)).split("\n")) {
    const tree = [];
    for (const line of git("ls-tree", "-r", commit).split("\n")) {
      const [, sha = "", path = ""] = /^100644 blob (\w+)\t(.*)$/.exec(line) ?? [];
      const content = `${git("cat-file", "blob", sha)}\n`;
      const blob = await client.rest.git.createBlob({ ...REPO, content, encoding: "utf-8" });
      expect(blob.data.sha).toBe(sha);
      tree.push({ path, mode: "100644", type: "blob", sha } as const);
    }
    const made = await client.rest.git.createTree({ ...REPO, tree });
    const parents = git("show", "-s", "--format=%P", commit);
    const date = git("show", "-s", "--format=%cI", commit);
    const person = { name: "Dev", email: "dev@example.com", date };
    const created = await client.rest.git.createCommit({
      ...REPO,
      message: MESSAGE,
      tree: made.data.sha,
      parents: parents === "" ? [] : parents.split(" "),
      author: person,
      committer: person,
    });
    expect(created.data.sha).toBe(commit);
  }
  for (const [name, sha] of Object.entries(branches)) {
    await client.rest.git.createRef({ ...REPO, ref: `refs/heads/${name}`, sha });
  }
}

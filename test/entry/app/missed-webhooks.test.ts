import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type AppClient, createAppClient } from "../../../src/adapters/github/app/app-client.ts";
import { keepRecovering, recoverMissed, type MissedParts } from "../../../src/entry/app/missed-webhooks.ts";
import type { StandinApp } from "../../../src/standin/github/apps/model-app.ts";
import { openShop, SHOP, type Shop } from "../../standin/github/shop.ts";
import { memoryRounds } from "../../support/memory-rounds.ts";
import { type Gate, openGate } from "../gate.ts";
import { type DoorStage, openDoor } from "./app-stage.ts";

const TEN_MINUTES = 600_000;
const DAY = 86_400_000;

describe("webhooks that did not arrive", () => {
  let shop: Shop;
  let app: StandinApp;
  let door: DoorStage;
  let client: AppClient;
  let gate: Gate;
  const signal = AbortSignal.timeout(30_000);

  beforeEach(async () => {
    shop = await openShop();
    gate = await openGate(shop.github.url);
    const { github } = shop;
    app = github.registerApp({
      name: "Parallel Review",
      owner: "acme",
      permissions: { contents: "read", issues: "write", pull_requests: "write", checks: "write" },
      events: ["issue_comment", "pull_request_review_comment", "pull_request"],
    });
    const { id: appId, privateKey, hook } = app;
    door = await openDoor({ appId, privateKey, apiUrl: github.url, secret: hook.secret });
    client = createAppClient({ appId, privateKey, apiUrl: gate.url });
    github.pointHook(app, door.url);
    github.installApp(app, { account: "acme" });
    await github.delivered();
  });
  afterEach(async () => {
    expect(gate.violations).toEqual([]);
    await gate[Symbol.asyncDispose]();
    await door[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  /** As if ten minutes had passed, so that nothing counts as still on its way. */
  const parts = (): MissedParts => ({
    client,
    apiUrl: gate.url,
    receive: door.receive,
    now: () => Date.now() + TEN_MINUTES,
    log: door.appLog,
  });
  const look = async (): ReturnType<typeof recoverMissed> => {
    const found = await recoverMissed(parts(), Date.now() - DAY, signal);
    await shop.github.delivered();
    return found;
  };

  it("are sent again, once", async () => {
    door.broken = true;
    shop.github.commentAs("dev", shop.repository, 1, "/parallel-review");
    await shop.github.delivered();
    expect(app.deliveries.at(-1)?.statusCode).toBe(503);
    expect(door.submitted).toEqual([]);
    door.broken = false;

    expect((await look()).redelivered).toBe(1);
    expect(door.submitted.map(({ key }) => key)).toEqual([expect.stringMatching(/^acme\/shop#1\/comment-\d+$/)]);
    expect(app.deliveries.at(-1)).toMatchObject({ redelivery: true, statusCode: 202 });
    expect((await look()).redelivered).toBe(0);
    expect(door.submitted).toHaveLength(1);
  });

  it("are given up after some tries", async () => {
    door.broken = true;
    await shop.github.changePullRequest(shop.repository, 1, "dev", "draft");
    await shop.github.changePullRequest(shop.repository, 1, "dev", "ready");
    await shop.github.delivered();
    const tries = [];
    for (let round = 0; round < 5; round++) tries.push((await look()).redelivered);
    expect(tries).toEqual([1, 1, 1, 0, 0]);
  });

  it("and that GitHub does not know of: open commands are found by themselves", async () => {
    app.hook.active = false;
    const { comment } = shop.github.commentAs("dev", shop.repository, 1, "/parallel-review plan");
    shop.github.commentAs("dev", shop.repository, 1, "about /parallel-review");
    const answered = shop.github.commentAs("dev", shop.repository, 1, "/parallel-review help").comment;
    const bot = shop.client({ login: "parallel-review[bot]", permissions: { issues: "write" } });
    await bot.rest.reactions.createForIssueComment({ ...SHOP, comment_id: answered.id, content: "eyes" });
    const person = shop.client({ login: "dev", permissions: { pull_requests: "write" } });
    const line = { path: "src/cart.ts", line: 5, commit_id: shop.pull.head.sha, body: "why?" };
    const thread = await person.rest.pulls.createReviewComment({ ...SHOP, pull_number: 1, ...line });
    const reply = { ...SHOP, pull_number: 1, comment_id: thread.data.id, body: '/parallel-review ask "why?"' };
    const { data } = await person.rest.pulls.createReplyForReviewComment(reply);

    expect(await look()).toEqual({ redelivered: 0, submitted: 2 });
    expect(door.submitted.map(({ key }) => key).toSorted()).toEqual([
      `acme/shop#1/comment-${comment.id}`,
      `acme/shop#1/reply-${data.id}`,
    ]);
    expect(await look()).toEqual({ redelivered: 0, submitted: 0 });
  });

  it("are looked for at once, and every token that takes is ended", async () => {
    app.hook.active = false;
    shop.github.commentAs("dev", shop.repository, 1, "/parallel-review");

    const rounds = memoryRounds();
    await using processes = new AsyncDisposableStack();
    // Two processes of the App, and one that starts right after them.
    for (let n = 0; n < 2; n += 1) processes.use(keepRecovering({ ...parts(), rounds }));
    await expect.poll(() => door.log()).toContain("looked for missed webhooks");
    processes.use(keepRecovering({ ...parts(), rounds }));

    expect(door.submitted).toHaveLength(1);
    expect(door.log().match(/looked for missed webhooks/g)).toHaveLength(1);
    const asked = shop.github.journal.entries.map(({ method, path }) => `${method} ${path}`);
    const issued = asked.filter((line) => line.endsWith("/access_tokens"));
    expect(issued).toHaveLength(1);
    expect(asked.filter((line) => line === "DELETE /installation/token")).toHaveLength(issued.length);
  });

  it("are not looked for where GitHub does not answer, and that is all", async () => {
    const [first] = app.installations.values();
    if (first !== undefined) first.suspended = true;
    expect(await look()).toEqual({ redelivered: 0, submitted: 0 });
    shop.github.faults.add({ method: "GET", path: /^\/app\/hook/, when: "before", do: { status: 502 } });
    await expect(look()).rejects.toThrow("GitHub does not answer when asked to list deliveries (502)");
  });
});

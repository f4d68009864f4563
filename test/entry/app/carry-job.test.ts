import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Attempt } from "../../../src/ports/job-queue.ts";
import type { StandinApp } from "../../../src/standin/github/apps/model-app.ts";
import { openShop, type Shop } from "../../standin/github/shop.ts";
import { type Gate, openGate } from "../gate.ts";
import { openWork, type WorkStage } from "./work-stage.ts";

const ASKED = "/parallel-review";

describe("a job of the App", () => {
  let shop: Shop;
  let app: StandinApp;
  let stage: WorkStage | undefined;
  /** Holds every request, and every answer, against GitHub's description on its way. */
  let gate: Gate;

  beforeEach(async () => {
    shop = await openShop();
    gate = await openGate(shop.github.url);
    app = shop.github.registerApp({
      name: "Parallel Review",
      owner: "acme",
      permissions: { contents: "write", issues: "write", pull_requests: "write", checks: "write" },
      events: ["issue_comment", "pull_request", "pull_request_review_comment", "check_run"],
    });
    await shop.github.addRepository({ owner: "acme", name: "secret", private: true });
  });
  afterEach(async () => {
    await stage?.[Symbol.asyncDispose]();
    stage = undefined;
    expect(gate.violations).toEqual([]);
    await gate[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  const start = async (said: Partial<Attempt> = {}): Promise<WorkStage> => {
    const { id: appId, privateKey, hook, slug } = app;
    stage = await openWork({ appId, privateKey, apiUrl: gate.url, secret: hook.secret, slug }, {}, said);
    shop.github.pointHook(app, stage.door.url);
    shop.github.installApp(app, { account: "acme" });
    return stage;
  };
  const asked = (method: string): { path: string; authorization: string | undefined; status: number | undefined }[] =>
    shop.github.journal.entries.filter((entry) => entry.method === method);

  /** What tokens were asked for. The two of a job are asked for at once. */
  const issued = (): readonly unknown[] =>
    asked("POST").flatMap((entry) => (entry.path.endsWith("/access_tokens") && "body" in entry ? [entry.body] : []));
  const levelOf = (body: unknown): string => /"issues":"(\w+)"/.exec(JSON.stringify(body))?.[1] ?? "";

  it("works with a token that can only read and one that writes, for one repository, and ends both", async () => {
    const { settled } = await start();
    shop.github.commentAs("dev", shop.repository, 1, ASKED);

    expect(await settled()).toMatchObject([{ status: "done", conclusion: "success", title: "review", askedBy: "dev" }]);

    expect(issued().toSorted((a, b) => levelOf(a).localeCompare(levelOf(b)))).toEqual([
      expect.objectContaining({
        repository_ids: [shop.repository.id],
        permissions: expect.objectContaining({ contents: "read", issues: "read" }),
      }),
      expect.objectContaining({
        repository_ids: [shop.repository.id],
        permissions: expect.objectContaining({ contents: "read", issues: "write" }),
      }),
    ]);
    const revoked = asked("DELETE").filter(({ path }) => path === "/installation/token");
    expect(revoked.map(({ status }) => status)).toEqual([204, 204]);
    expect(new Set(revoked.map(({ authorization }) => authorization)).size).toBe(2);
    // git and everything that reads use the first one; it wrote nothing.
    const git = shop.github.journal.entries.filter(({ surface }) => surface === "git");
    const reading = new Set(
      git.map(
        ({ authorization }) =>
          Buffer.from((authorization ?? "").slice(6), "base64")
            .toString()
            .split(":")[1],
      ),
    );
    expect(reading.size).toBe(1);
    const [reader = "none"] = reading;
    const writes = asked("POST").filter(({ path }) => path.startsWith("/repos/"));
    expect(writes.length).toBeGreaterThan(2);
    expect(writes.filter(({ authorization }) => authorization?.includes(reader) === true)).toEqual([]);
    expect(shop.pull.reviews.map(({ author }) => author.login)).toEqual(["parallel-review[bot]"]);
  });

  it("is done for nobody who may not ask, and says nothing", async () => {
    const { settled } = await start();
    shop.github.commentAs("triager", shop.repository, 1, ASKED);

    await settled();

    expect(shop.pull.reviews).toEqual([]);
    expect(shop.pull.comments).toHaveLength(1);
    expect(shop.pull.comments[0]?.reactions).toEqual([]);
  });

  it("is done for a stranger's fork where it costs nothing", async () => {
    const { settled } = await start();
    const { github, repository } = shop;
    const fork = await github.addRepository({ owner: "outsider", name: "shop", forkOf: repository });
    const theirs = { from: "main", author: "outsider" };
    await github.push(
      fork,
      "theirs",
      { "src/formula.ts": "export const run = (x: string): unknown => eval(x);\n" },
      theirs,
    );
    const { pull } = await github.openPullRequest(repository, {
      base: "main",
      head: "theirs",
      title: "Theirs",
      author: "outsider",
      fork,
    });

    expect(await settled()).toMatchObject([{ kind: "pull-request", status: "done" }]);

    expect(pull.reviews).toHaveLength(1);
  });

  it("is started by our check's button, and stopped by closing", async () => {
    const { settled, door } = await start();
    shop.github.commentAs("dev", shop.repository, 1, ASKED);
    await settled();
    const [check] = shop.repository.checkRuns;
    if (check === undefined) throw new Error("no check was made");
    shop.github.pressCheckButton("dev", shop.repository, check);
    await shop.github.delivered();
    expect((await settled()).map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      "pull-request done",
      "command done",
    ]);

    await shop.github.changePullRequest(shop.repository, 1, "dev", "close");
    await shop.github.delivered();
    expect(door.stopped).toEqual([
      [{ repositoryId: shop.repository.id, pullRequest: 1 }, "the pull request was closed"],
    ]);
  });

  it("that says stop ends the others of its pull request, if whoever wrote it may", async () => {
    const { settled, door } = await start();
    shop.github.commentAs("triager", shop.repository, 1, `${ASKED} stop`);
    await shop.github.delivered();
    await settled();
    expect(door.stopped).toEqual([]);

    const { comment } = shop.github.commentAs("dev", shop.repository, 1, `${ASKED} stop`);
    await shop.github.delivered();
    expect((await settled()).map(({ status }) => status)).toEqual(["done", "done"]);

    expect(door.stopped).toEqual([[{ repositoryId: shop.repository.id, pullRequest: 1 }, "@dev asked to stop"]]);
    expect(comment.reactions.map(({ content }) => content)).toEqual(["rocket"]);
  });

  it("that is over budget is not done, and the asker is told", async () => {
    const { settled } = await start({ overBudget: "this installation's 10 runs of today are used up" });
    shop.github.commentAs("dev", shop.repository, 1, ASKED);

    expect(await settled()).toMatchObject([{ status: "refused" }]);

    expect(shop.pull.reviews).toEqual([]);
    expect(shop.pull.comments.at(-1)?.body).toContain("10 runs of today are used up");
  });

  it("is told what it may spend, and no option goes above it", async () => {
    const { settled } = await start({ budgetUsd: 0.5 });
    shop.github.commentAs("dev", shop.repository, 1, "/parallel-review config --budget 900");

    expect(await settled()).toMatchObject([{ status: "done" }]);

    expect(shop.pull.comments.at(-1)?.body).toMatch(
      /`?budget-usd`? *\| *`?0\.5`? *\| *whoever runs the App; no option goes above it/,
    );
  });

  it("that was given up is told of once, with where it can be started again", async () => {
    const { settled } = await start({ givesUp: true, number: 4, lastError: "the model was away" });
    shop.github.commentAs("dev", shop.repository, 1, ASKED);

    expect(await settled()).toMatchObject([{ status: "failed" }]);

    const answer = shop.pull.comments.at(-1)?.body;
    expect(answer).toContain("given up after 3 tries (the model was away)");
    expect(answer).toContain("http://127.0.0.1:1/runs/1");
  });

  it("is refused where the App was taken away meanwhile, and tried again where GitHub is away", async () => {
    const { settled, door } = await start();
    const [installation] = app.installations.values();
    if (installation === undefined) throw new Error("not installed");
    shop.github.faults.add({ method: "POST", path: /access_tokens$/, when: "before", do: { status: 502 } });
    shop.github.commentAs("dev", shop.repository, 1, `${ASKED} plan`);
    expect(await settled()).toMatchObject([{ status: "done", attempts: 2 }]);

    app.installations.delete(installation.id);
    const gone = { ...(await door.archive.list({ limit: 1 }, AbortSignal.timeout(1_000)))[0] };
    await door.queue.retry(String(gone.id), AbortSignal.timeout(1_000));
    expect(await settled()).toMatchObject([
      { status: "refused", reason: expect.stringContaining("no longer installed") },
    ]);
  });

  it("may push only where that was asked for and granted", async () => {
    const { settled } = await start();
    const [installation] = app.installations.values();
    if (installation === undefined) throw new Error("not installed");
    installation.permissions = { ...installation.permissions, contents: "read" };
    shop.github.commentAs("dev", shop.repository, 1, `${ASKED} fix f1`);

    await settled();

    expect(issued().filter((body) => levelOf(body) === "write")).toMatchObject([
      { permissions: { contents: "write" } },
      { permissions: { contents: "read", issues: "write" } },
    ]);
    expect(shop.pull.comments).toHaveLength(2);
  });

  it("keeps no secret in the archive, and nothing of the code in the log", async () => {
    const { settled, door } = await start();
    shop.github.commentAs("dev", shop.repository, 1, ASKED);
    const [run] = await settled();
    const record = JSON.stringify(await door.archive.read(run?.id ?? "", AbortSignal.timeout(1_000)));
    for (const text of [record, door.log()]) {
      expect(text).not.toMatch(/ghs_|BEGIN|PRIVATE KEY/);
      expect(text).not.toContain(app.hook.secret);
    }
    expect(door.log()).not.toContain("cart.ts");
  });
});

import { setTimeout as pause } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { markerOf } from "../../../src/adapters/github/marker.ts";
import { type ClaudeStandin, startClaude } from "../../../src/standin/claude/server.ts";
import { textTurn, toolTurn } from "../../../src/standin/claude/turns.ts";
import type { StandinApp, StandinDelivery } from "../../../src/standin/github/apps/model-app.ts";
import type { StandinPullRequest, StandinRepository } from "../../../src/standin/github/model.ts";
import { type GitHubStandin, startGitHub } from "../../../src/standin/github/start-github.ts";
import { reportedFinding } from "../../support/review-stage.ts";
import { openWork, type WorkStage } from "./work-stage.ts";

/** No stage behind the finders, so that a request to the model is a subtask. */
const SETTINGS = "quality:\n  finders: 1\n  gap-pass: off\n  contract-pass: off\n  verify: off\n";
const PERMISSIONS = { contents: "read", issues: "write", pull_requests: "write", checks: "write" } as const;
const LINES = Array.from({ length: 120 }, (_, index) => `export const value${index} = ${index};\n`).join("");

describe("a job of the App under claude", () => {
  const open = { stack: new AsyncDisposableStack() };
  let github: GitHubStandin;
  let claude: ClaudeStandin;
  let app: StandinApp;
  let repository: StandinRepository;
  let stage: WorkStage;
  /** What every subagent was told first. */
  let asked: string[];
  /** Holds the model's answers while it is there. */
  let hold: Promise<void> | undefined;
  let release = (): void => undefined;

  beforeEach(async () => {
    open.stack = new AsyncDisposableStack();
    [github, claude] = await Promise.all([startGitHub(), startClaude()]);
    open.stack.use(github);
    open.stack.use(claude);
    asked = [];
    hold = undefined;
    claude.script(async ({ firstUserText: text }) => {
      asked.push(text);
      await hold;
      if (text.includes("Explain the claim now")) return textTurn("It adds up wrongly.");
      const path = text.includes("Your task: right") ? "right/b.ts" : "left/a.ts";
      const findings = [reportedFinding(path, "export const value5 = 5;")];
      return toolTurn([{ name: "report_findings", input: { findings, final: true } }]);
    });
    repository = await github.addRepository({ owner: "acme", name: "shop", collaborators: { dev: "write" } });
    await github.push(repository, "main", { "README.md": "# Shop\n", ".github/parallel-review.yml": SETTINGS });
    const events = ["issue_comment", "pull_request"];
    // Nothing listens there: what is to arrive is handed over by the tests.
    app = github.registerApp({
      name: "Parallel",
      owner: "acme",
      permissions: PERMISSIONS,
      events,
      hookUrl: "http://127.0.0.1:9/",
    });
    github.installApp(app, { account: "acme" });
    const { id: appId, privateKey, slug, hook } = app;
    const keys = { appId, privateKey, apiUrl: github.url, secret: hook.secret, slug };
    const engine = { engine: "claude", anthropicKey: "sk-ant-test-0123456789abcdef" } as const;
    stage = open.stack.use(await openWork(keys, { ...engine, anthropicBaseUrl: claude.url }));
  });
  afterEach(async () => {
    release();
    await open.stack.disposeAsync();
  });

  const openPull = async (head: string): Promise<StandinPullRequest> => {
    const files = { "left/a.ts": LINES, "right/b.ts": LINES };
    await github.push(repository, head, files, { from: "main", author: "dev" });
    return (await github.openPullRequest(repository, { base: "main", head, title: head, author: "dev" })).pull;
  };
  /** Everything that GitHub told of since the last time. */
  const told = async (): Promise<readonly StandinDelivery[]> => {
    await github.delivered();
    return app.deliveries.splice(0);
  };
  const deliver = async (deliveries: readonly StandinDelivery[]): Promise<void> => {
    for (const { requestHeaders: headers, payload } of deliveries) {
      await fetch(stage.door.url, { method: "POST", headers, body: JSON.stringify(payload) });
    }
  };
  const say = async (pull: StandinPullRequest, words: string): Promise<void> => {
    await told();
    github.commentAs("dev", repository, pull.number, `/parallel-review ${words}`.trim());
    await deliver(await told());
  };
  const runsOf = (texts: StandinPullRequest["reviews"]): readonly string[] =>
    texts.flatMap(({ body }) => {
      const marker = markerOf(body);
      return marker?.kind === "review" ? [marker.run] : [];
    });

  it("goes on with a review of another job that could not be posted, and pays for nothing twice", async () => {
    const pull = await openPull("feature");
    github.faults.add({ method: "POST", path: /\/reviews$/, times: 100, when: "before", do: { status: 503 } });
    await say(pull, "");
    expect(await stage.settled()).toMatchObject([{ status: "failed", attempts: 4 }]);
    expect(asked).toHaveLength(2);
    github.faults.clear();

    await say(pull, "resume");

    const [resumed, cut] = await stage.settled();
    expect(resumed).toMatchObject({ status: "done", title: "resume", costUsd: 0 });
    expect(cut?.costUsd).toBeGreaterThan(0);
    expect(asked).toHaveLength(2);
    expect(runsOf(pull.reviews)).toEqual([cut?.key.split("/").at(-1)]);
  });

  it("is not stopped by a push that is told of late, and its head is reviewed once", async () => {
    const pull = await openPull("feature");
    await github.push(repository, "feature", { "left/a.ts": "export const value5 = 5;\n" }, { author: "dev" });
    await github.push(repository, "feature", { "left/a.ts": LINES }, { author: "dev" });
    const [opened, first, second] = (await told()).filter(({ event }) => event === "pull_request");
    if (opened === undefined || first === undefined || second === undefined) throw new Error("not told of the pushes");
    ({ promise: hold, resolve: release } = Promise.withResolvers<void>());
    await deliver([second]);
    await expect.poll(() => asked.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await deliver([first, opened]);
    await pause(200);
    release();

    expect((await stage.settled()).map(({ status }) => status)).toEqual(["done", "superseded", "done"]);
    expect(runsOf(pull.reviews)).toEqual([`head-${pull.head.sha}`]);
    expect(asked).toHaveLength(2);
  });

  it("reviews the newest head once, in whatever order pushes are told of", async () => {
    const pulls: StandinPullRequest[] = [];
    const orders = [
      [0, 2, 1],
      [1, 0, 2],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const [n, order] of orders.entries()) {
      const head = `feature-${n}`;
      pulls.push(await openPull(head));
      await github.push(repository, head, { "left/a.ts": "export const value5 = 5;\n" }, { author: "dev" });
      await github.push(repository, head, { "left/a.ts": LINES }, { author: "dev" });
      const pushes = (await told()).filter(({ event }) => event === "pull_request");
      // Some of them come while an earlier one is at work already.
      for (const place of order) {
        await deliver(pushes.slice(place, place + 1));
        await pause(40);
      }
    }
    const runs = await stage.settled();

    const ends = new Set(runs.map(({ status }) => status));
    expect([...ends].filter((end) => end !== "done" && end !== "superseded" && end !== "stopped")).toEqual([]);
    expect(runs).toHaveLength(12);
    expect(pulls.map(({ reviews }) => runsOf(reviews))).toEqual(pulls.map(({ head }) => [`head-${head.sha}`]));
  });

  it("that explains a finding counts what that cost", async () => {
    const pull = await openPull("feature");
    await say(pull, "");
    await stage.settled();
    await say(pull, "explain f1");
    const [explained] = await stage.settled();

    expect(explained).toMatchObject({ status: "done", title: "explain" });
    expect(explained?.costUsd).toBeGreaterThan(0);
    expect(pull.comments.at(-1)?.body).toContain("It adds up wrongly");
  });
});

import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { markerOf } from "../../../src/adapters/github/marker.ts";
import type { AppStore } from "../../../src/adapters/queue/open-app-store.ts";
import type { RunStatus, RunSummary } from "../../../src/domain/run-summary.ts";
import type { RunArchive } from "../../../src/ports/run-archive.ts";
import { toolTurn, type Turn } from "../../../src/standin/claude/turns.ts";
import type { StandinPullRequest } from "../../../src/standin/github/model.ts";
import { noPostgres } from "../../support/postgres-server.ts";
import { type Cluster, type Member, openCluster } from "./app-cluster.ts";

const missing = noPostgres();
if (missing !== undefined) console.warn(missing);

const { signal } = new AbortController();
/** Of each repository, which has two pull requests: two pushes, a review and four quick commands for each of them. */
const WISHES = 14;

/** A finding where there is something to quote, and the end. */
function answer({ firstUserText }: { readonly firstUserText: string }): Turn {
  const quote = /export const answer\d = \d;/.exec(firstUserText)?.[0];
  const path = firstUserText.includes("left/a.ts") ? "left/a.ts" : "right/b.ts";
  const finding = {
    path,
    quote,
    line_hint: 1,
    severity: "high",
    category: "wrong-answer",
    title: "The answer is 42",
    detail: "It always was.",
    failure_scenario: "Somebody asks.",
    suggestion: "",
    confidence: "certain",
  };
  const findings = quote === undefined ? [] : [finding];
  return toolTurn([{ name: "report_findings", input: { findings, final: true } }]);
}

/**
 * A burst of webhooks, twice and more often each and in any order, while members are killed. Then each command has been answered once, and
 * of the pushes to a pull request the newest head was reviewed once.
 */
async function survivesBurst(
  cluster: Cluster,
  members: readonly Member[],
  ended: () => Promise<readonly RunSummary[]>,
): Promise<readonly RunSummary[]> {
  const { github, claude, app } = cluster;
  claude.script(answer);
  const pulls: StandinPullRequest[] = [];
  for (const repository of cluster.repositories) {
    for (const number of [1, 2]) {
      const head = `feature-${number}`;
      const file = `export const answer${number} = ${number};\n`;
      await github.push(repository, head, { "left/a.ts": file }, { from: "main", author: "dev" });
      const opening = { base: "main", head, title: "Change", author: "dev" };
      pulls.push((await github.openPullRequest(repository, opening)).pull);
      await github.push(repository, head, { "left/a.ts": file, "right/b.ts": file }, { author: "dev" });
      for (const words of ["", " help", " plan", " help", " nonsense"]) {
        github.commentAs("dev", repository, number, `/parallel-review${words}`);
      }
    }
  }
  await github.delivered();
  const wishes = app.deliveries.filter(({ event }) => event === "issue_comment" || event === "pull_request");
  const burst = shuffled(Array.from({ length: 200 }, (_, n) => wishes[n % wishes.length]).flatMap((one) => one ?? []));
  expect(wishes).toHaveLength(WISHES * cluster.repositories.length);

  await Promise.all(members.map((member) => member.start()));
  const sending = Promise.all(burst.map((delivery) => cluster.deliver(delivery)));
  const random = randomNumbers(7);
  for (let kills = 0; kills < 3; kills += 1) {
    await pause(700 + 600 * random());
    const member = members[Math.floor(random() * members.length)];
    await member?.kill();
    await member?.start();
  }
  const statuses = await sending;
  const runs = await ended();

  expect(statuses.filter((status) => status !== 200 && status !== 202)).toEqual([]);
  expect(runs.filter(({ kind, status }) => kind === "command" && status !== "done")).toEqual([]);
  const given: ReadonlySet<RunStatus> = new Set(["done", "superseded", "stopped"]);
  expect(runs.filter(({ status }) => !given.has(status))).toEqual([]);
  for (const pull of pulls) {
    const asked = pull.comments.filter(({ author }) => author.login === "dev").map(({ id }) => `comment-${id}`);
    const [review = "", ...quick] = asked;
    expect(runsOf(pull.reviews, "review")).toEqual([review, `head-${pull.head.sha}`].toSorted());
    expect(runsOf(pull.comments, "status").filter((run) => quick.includes(run))).toEqual(quick.toSorted());
  }
  return runs;
}

const TIMING = { ttftMs: 400, jitter: { share: 0.5, seed: "burst" } } as const;

describe("one process on the embedded PostgreSQL", () => {
  it("ends every command of a burst exactly once, while it is killed", { timeout: 300_000 }, async () => {
    await using cluster = await openCluster({ owners: ["acme"], timing: TIMING, database: "embedded" });
    const member = cluster.member("all");
    const runs = await survivesBurst(cluster, [member], async () => {
      while (!(await cluster.isIdle())) await pause(100);
      await member.terminate();
      await using store = await cluster.openStore();
      return await allEnded(cluster, store, WISHES);
    });

    expect(runs).toHaveLength(WISHES);
  });
});

describe.skipIf(missing !== undefined)("several processes on one PostgreSQL", () => {
  it("end every command of a burst exactly once, while processes are killed", { timeout: 300_000 }, async () => {
    await using cluster = await openCluster({ owners: ["acme", "globex"], timing: TIMING });
    await using store = await cluster.openStore();
    const members = [cluster.member("web"), ...[1, 2, 3].map(() => cluster.member("worker"))];
    const runs = await survivesBurst(cluster, members, () => allEnded(cluster, store, 2 * WISHES));

    expect(runs).toHaveLength(2 * WISHES);
  });

  // Both wait for a lease to end, most of their time.
  it.concurrent("pay for nothing twice when a worker is killed halfway", { timeout: 300_000 }, async () => {
    await using cluster = await openCluster({ owners: ["acme"] });
    const { github, claude, app } = cluster;
    await using store = await cluster.openStore();
    const [repository] = cluster.repositories;
    if (repository === undefined) throw new Error("there is no repository");
    const padding = Array.from({ length: 120 }, (_, index) => `export const value${index} = ${index};`).join("\n");
    const files = { "left/a.ts": `${padding}\n`, "right/b.ts": `${padding}\n` };
    await github.push(repository, "feature", files, { from: "main", author: "dev" });
    const { pull } = await github.openPullRequest(repository, {
      base: "main",
      head: "feature",
      title: "T",
      author: "dev",
    });
    await github.delivered();
    const asked: string[] = [];
    const stuck = Promise.withResolvers<void>();
    claude.script(async (request) => {
      const side = request.firstUserText.includes("Your task: left") ? "left" : "right";
      asked.push(side);
      if (side === "right" && asked.filter((one) => one === "right").length === 1) await stuck.promise;
      return answer(request);
    });
    const [web, first, second] = [cluster.member("web"), cluster.member("worker"), cluster.member("worker")];
    await Promise.all([web.start(), first.start()]);
    for (const delivery of app.deliveries.filter(({ event }) => event === "pull_request"))
      await cluster.deliver(delivery);
    await until(store.archive, ({ subtasks }) => subtasks?.ended === 1);
    await first.kill();
    await second.start();
    const [run] = await allEnded(cluster, store, 1);
    stuck.resolve();

    expect(run).toMatchObject({ status: "done", attempts: 2, subtasks: { total: 2, ended: 2 } });
    expect(asked.toSorted()).toEqual(["left", "right", "right"]);
    expect(runsOf(pull.reviews, "review")).toEqual([`head-${pull.head.sha}`]);
  });

  it.concurrent(
    "share a big review, and lose nothing of it when one of them is killed",
    { timeout: 300_000 },
    async () => {
      await using cluster = await openCluster({ owners: ["acme"], timing: { ttftMs: 1_000 } });
      const { github, claude, app } = cluster;
      await using store = await cluster.openStore();
      const [repository] = cluster.repositories;
      if (repository === undefined) throw new Error("there is no repository");
      const padding = Array.from({ length: 120 }, (_, index) => `export const value${index} = ${index};`).join("\n");
      const folders = Array.from({ length: 12 }, (_, index) => `part${String.fromCodePoint(97 + index)}`);
      const files = Object.fromEntries(folders.map((folder) => [`${folder}/a.ts`, `${padding}\n`]));
      await github.push(repository, "feature", files, { from: "main", author: "dev" });
      const pulling = { base: "main", head: "feature", title: "T", author: "dev" };
      const { pull } = await github.openPullRequest(repository, pulling);
      github.commentAs("dev", repository, pull.number, "/parallel-review --concurrency 2");
      await github.delivered();
      const asked: string[] = [];
      let atOnce = 0;
      claude.script((request, { inFlight }) => {
        asked.push(/Your task: (\w+)/.exec(request.firstUserText)?.[1] ?? "");
        atOnce = Math.max(atOnce, inFlight);
        return answer(request);
      });
      const [web, ...workers] = [cluster.member("web"), ...[1, 2].map(() => cluster.member("worker", 2))];
      await Promise.all([web, ...workers].map((member) => member.start()));
      for (const delivery of app.deliveries.filter(({ event }) => event === "issue_comment"))
        await cluster.deliver(delivery);
      await until(store.archive, ({ subtasks }) => (subtasks?.ended ?? 0) >= 3);
      await workers[0]?.kill();
      const [run] = await allEnded(cluster, store, 1);

      expect(run).toMatchObject({ status: "done", conclusion: "success", subtasks: { total: 12, ended: 12 } });
      expect([...new Set(asked)].toSorted()).toEqual(folders);
      // Those that the killed process had under way (two jobs with two subtasks each), and no others, are asked twice.
      expect(asked.length).toBeLessThanOrEqual(12 + 4);
      expect(atOnce).toBeGreaterThan(2);
      expect(runsOf(pull.reviews, "review")).toHaveLength(1);
    },
  );
});

/** The requests that these texts of the App answer, sorted. */
function runsOf(texts: readonly { readonly body: string }[], kind: "review" | "status"): readonly string[] {
  return texts
    .flatMap(({ body }) => markerOf(body) ?? [])
    .flatMap((marker) => (marker.kind === kind ? [marker.run] : []))
    .toSorted();
}

/** All runs, once there are so many of them and every one is over. */
async function allEnded(
  cluster: Cluster,
  { archive }: Pick<AppStore, "archive">,
  count: number,
): Promise<readonly RunSummary[]> {
  const over: ReadonlySet<RunStatus> = new Set(["done", "refused", "stopped", "superseded", "failed"]);
  const deadline = AbortSignal.timeout(240_000);
  for (;;) {
    const runs = await archive.list({ limit: 1_000 }, signal);
    if (runs.length >= count && runs.every(({ status }) => over.has(status))) return runs;
    if (deadline.aborted) throw new Error(`not over: ${JSON.stringify(runs, null, 1)}\n${cluster.log()}`);
    await pause(200);
  }
}

/** Waits until a run is as it is wanted. */
async function until(archive: RunArchive, wanted: (run: RunSummary) => boolean): Promise<void> {
  for (;;) {
    const runs = await archive.list({ limit: 1_000 }, signal);
    if (runs.some(wanted)) return;
    await pause(50);
  }
}

/** The same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function shuffled<T>(values: readonly T[]): readonly T[] {
  const random = randomNumbers(42);
  return values
    .map((value) => ({ value, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

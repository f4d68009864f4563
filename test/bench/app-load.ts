/**
 * Load on the App: a PostgreSQL server, one web process and three workers, each as `parallel-review app` starts them, between a GitHub and a
 * model on this machine. Prints how long it takes from a webhook to the first request to the model while there is nothing else to do, and
 * then how a burst is worked off. `node test/bench/app-load.ts [pull requests] [burst] [workers]`
 */
import { setTimeout as pause } from "node:timers/promises";

import { toolTurn } from "../../src/standin/claude/turns.ts";
import type { StandinDelivery } from "../../src/standin/github/apps/model-app.ts";
import { openCluster } from "../entry/app/app-cluster.ts";

const [pullRequests = 40, burst = 200, workers = 3] = process.argv.slice(2).map(Number);
const { signal } = new AbortController();

const cluster = await openCluster({ owners: ["acme", "globex"] });
await using _ = cluster;
const { github, claude, app } = cluster;
await using store = await cluster.openStore();
const firstAsked = new Map<string, PromiseWithResolvers<number>>();
claude.script(({ firstUserText }) => {
  const folder = /pull\d+/.exec(firstUserText)?.[0] ?? "";
  asked(folder).resolve(performance.now());
  return toolTurn([{ name: "report_findings", input: { findings: [], final: true } }]);
});
for (let number = 1; number <= pullRequests; number += 1) {
  const repository = cluster.repositories[number % cluster.repositories.length];
  if (repository === undefined) continue;
  const head = `pull${number}`;
  const files = { [`${head}/a.ts`]: `export const answer = ${number};\n` };
  await github.push(repository, head, files, { from: "main", author: "dev" });
  await github.openPullRequest(repository, { base: "main", head, title: head, author: "dev" });
}
await github.delivered();
const pushes = app.deliveries.filter(({ event }) => event === "pull_request");
const members = [cluster.member("web"), ...Array.from({ length: workers }, () => cluster.member("worker"))];
await Promise.all(members.map((member) => member.start()));

console.log(`one web process, ${workers} workers with 4 jobs at once each, PostgreSQL`);
const idle = pushes.slice(0, pullRequests / 2);
const waits: number[] = [];
for (const delivery of idle) {
  const startedMs = performance.now();
  await cluster.deliver(delivery);
  waits.push((await asked(folderOf(delivery)).promise) - startedMs);
  await allEnded(waits.length);
}
tell(`webhook to first model request, one at a time (${waits.length})`, waits);

const before = app.deliveries.length;
for (let number = 0; number < burst - (pushes.length - idle.length); number += 1) {
  const repository = cluster.repositories[number % cluster.repositories.length];
  if (repository !== undefined) github.commentAs("dev", repository, 1, "/parallel-review help");
}
await github.delivered();
const reviews = pushes.slice(idle.length);
const wishes = [...reviews, ...app.deliveries.slice(before)].toSorted((a, b) => a.guid.localeCompare(b.guid));
const sentMs = new Map<string, number>();
console.log(`burst of ${wishes.length}...`);
const startMs = performance.now();
const answers = await Promise.all(
  wishes.map(async (delivery) => {
    const beganMs = performance.now();
    sentMs.set(delivery.guid, beganMs);
    await cluster.deliver(delivery);
    return performance.now() - beganMs;
  }),
);
tell(`answer to a webhook of the burst (${wishes.length})`, answers);
await allEnded(idle.length + wishes.length);
const seconds = (performance.now() - startMs) / 1_000;
const latencies = await Promise.all(
  reviews.map(async (delivery) => (await asked(folderOf(delivery)).promise) - (sentMs.get(delivery.guid) ?? 0)),
);
tell(`webhook to first model request in the burst (${reviews.length} reviews)`, latencies);
console.log(
  `burst: ${wishes.length} jobs (${reviews.length} reviews, the rest answers) in ${seconds.toFixed(1)} s: ${(wishes.length / seconds).toFixed(1)} jobs/s`,
);

function asked(folder: string): PromiseWithResolvers<number> {
  const known = firstAsked.get(folder) ?? Promise.withResolvers<number>();
  firstAsked.set(folder, known);
  return known;
}

function folderOf({ payload }: Pick<StandinDelivery, "payload">): string {
  return /"title":"(pull\d+)"/.exec(JSON.stringify(payload))?.[1] ?? "";
}

async function allEnded(count: number): Promise<void> {
  for (;;) {
    const { queued, running, dead } = await store.queue.counts(signal);
    if (dead > 0) throw new Error(`${dead} jobs failed\n${cluster.log()}`);
    if (queued + running === 0 && (await store.archive.list({ limit: count }, signal)).length >= count) return;
    await pause(100);
  }
}

function tell(what: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0)} ms`;
  console.log(`${what}: p50 ${at(0.5)}, p95 ${at(0.95)}`);
}

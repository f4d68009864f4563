import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { AppStore } from "../../../src/adapters/queue/open-app-store.ts";
import type { RunStatus, RunSummary } from "../../../src/domain/run-summary.ts";
import { toolTurn, type Turn } from "../../../src/standin/claude/turns.ts";
import { isPull, type StandinRepository } from "../../../src/standin/github/model.ts";
import { noPostgres } from "../../support/postgres-server.ts";
import { openCluster } from "./app-cluster.ts";

const { signal } = new AbortController();
/** Ten small files a pack, and enough packs for three processes with 32 subagents each. */
const FOLDERS = 96;
const FILES = 10;
const OVER: ReadonlySet<RunStatus> = new Set(["done", "refused", "stopped", "superseded", "failed"]);

/** Every fourth folder has an issue. */
function answer(firstUserText: string): Turn {
  const path = /part(\d+)\/f0\.ts/.exec(firstUserText);
  const number = Number(path?.[1]);
  const finding = {
    path: path?.[0],
    quote: `export const value${number} = 0;`,
    line_hint: 1,
    severity: "high",
    category: "n-plus-one",
    title: `One query for each of ${number}`,
    detail: "It asks once for each row.",
    failure_scenario: "A hundred rows.",
    suggestion: "",
    confidence: "certain",
  };
  return toolTurn([{ name: "report_findings", input: { findings: number % 4 === 0 ? [finding] : [], final: true } }]);
}

describe.skipIf(noPostgres() !== undefined)("an audit on several processes", () => {
  it(
    "loses nothing and does nothing twice when those that carry it and help it are killed",
    { timeout: 300_000 },
    async () => {
      await using cluster = await openCluster({
        owners: ["acme"],
        timing: { ttftMs: 1_500, jitter: { share: 0.6, seed: "audit" } },
      });
      await using store = await cluster.openStore();
      const { claude, github } = cluster;
      const [repository] = cluster.repositories;
      if (repository === undefined) throw new Error("there is no repository");
      const files = Array.from({ length: FOLDERS * FILES }, (_, at): [string, string] => {
        const folder = Math.floor(at / FILES);
        return [`part${folder}/f${at % FILES}.ts`, `export const value${folder} = ${at % FILES};\n`];
      });
      await github.push(repository, "main", Object.fromEntries(files), { author: "dev" });
      const asked: string[] = [];
      claude.script(({ firstUserText }) => {
        asked.push(/part\d+\/f0\.ts/.exec(firstUserText)?.[0] ?? "");
        return answer(firstUserText);
      });
      const [web, ...workers] = [cluster.member("web"), ...[1, 2, 3].map(() => cluster.member("worker", 1))];
      await Promise.all([web, ...workers].map((member) => member.start()));
      const key = "acme/shop/audit-database/1";
      const job = { key, kind: "audit", trigger: { kind: "audit", recipe: "database" }, delivery: "clock-1" } as const;
      const [installation = 0] = cluster.app.installations.keys();
      const place = { installation, repository: "acme/shop", repositoryId: repository.id, receivedMs: Date.now() };
      await store.queue.submit({ ...job, ...place }, signal);
      // All three are at it.
      while ((await cluster.holders()) < 3) await pause(50);
      const carrier = workers.find((worker) => worker.hasBegun("1"));
      const [helper, other] = workers.filter((worker) => worker !== carrier);
      await until(store, ({ subtasks }) => (subtasks?.ended ?? 0) > 4);
      await helper?.kill();
      await until(store, ({ subtasks }) => (subtasks?.ended ?? 0) > 20);
      await carrier?.kill();
      const finished = await finishedPaths(store);
      // The one that is left goes on alone, and takes over what the carrier carried.
      const run = await until(store, ({ status }) => OVER.has(status));

      expect(other?.hasBegun("1")).toBe(true);
      expect(finished.length).toBeGreaterThan(20);
      const times = (path: string): number => asked.filter((one) => one === path).length;
      expect(finished.map((path) => `${path} ${times(path)}`)).toEqual(finished.map((path) => `${path} 1`));
      expect(run).toMatchObject({
        status: "done",
        attempts: 2,
        conclusion: "success",
        subtasks: { total: FOLDERS, ended: FOLDERS },
        findings: { critical: 0, high: FOLDERS / 4, medium: 0, low: 0 },
      });
      const proposals = proposalsIn(repository);
      expect(proposals.map(({ files: changed }) => changed.map(({ path }) => path))).toEqual([
        ["docs/code-review/database-audit.md"],
      ]);
      expect([...repository.issues.values()]).toHaveLength(1);
      const ledger = await github.readFile(repository, "parallel-review/ledger", "ledger.jsonl");
      expect(String(ledger).match(/"kind":"run"/g)).toHaveLength(1);
      const page = await cluster.page(`/runs/${run.id}`);
      expect(page).toContain("One query for each of 0");
      expect(page).toContain(`<a href="${github.url}/acme/shop/pull/${proposals[0]?.number}">`);
      expect(page).toContain(`<h2 id="findings-title">Findings <span class="count">${FOLDERS / 4}</span>`);
    },
  );
});

function proposalsIn(repository: StandinRepository) {
  return [...repository.issues.values()].filter(isPull).filter(({ head }) => head.ref.startsWith("parallel-review/"));
}

/** The run, once it is as it is wanted. */
async function until({ archive }: AppStore, wanted: (run: RunSummary) => boolean): Promise<RunSummary> {
  const deadline = AbortSignal.timeout(240_000);
  for (;;) {
    const runs = await archive.list({ limit: 10 }, signal);
    const found = runs.find(wanted);
    if (found !== undefined) return found;
    if (deadline.aborted) throw new Error(`not so: ${JSON.stringify(runs, null, 1)}`);
    await pause(50);
  }
}

/** The first file of every subtask that is finished as far as the database knows. */
async function finishedPaths({ archive }: AppStore): Promise<readonly string[]> {
  const [run] = await archive.list({ limit: 1 }, signal);
  const record = run === undefined ? undefined : await archive.read(run.id, signal);
  const finished: string[] = [];
  for (const { id, paths } of record?.subtasks ?? []) {
    const entries = await archive.transcript(record?.summary.id ?? "", id, signal);
    const [path] = paths;
    if (path !== undefined && entries.some(({ kind }) => kind === "outcome")) finished.push(path);
  }
  return finished;
}

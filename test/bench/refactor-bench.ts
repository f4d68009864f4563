/**
 * Fifty files in five waves: wall time against the longest chain, and what integrating with broken ones costs; with writers of 100 ms in
 * this process, then with the claude engine against the model stand-in in another one, two turns of a second each a writer.
 * Run: node test/bench/refactor-bench.ts
 */
import { setTimeout as wait } from "node:timers/promises";

import { RecipeFields } from "../../src/domain/recipe.ts";
import { SYSTEM_CLOCK } from "../../src/entry/system-clock.ts";
import type { WriteDraft } from "../../src/flow/refactor/draft.ts";
import { prepareRefactor } from "../../src/flow/refactor/prepare-refactor.ts";
import { runRefactor } from "../../src/flow/refactor/run-refactor.ts";
import { writeByClaude } from "../../src/flow/refactor/write-by-claude.ts";
import { purseOf } from "../../src/subagent/purse.ts";
import { workingCopy } from "../../src/subagent/working-copy.ts";
import { anOutcome } from "../support/builders.ts";
import { fakeChecker } from "../support/fake-checker.ts";
import { memorySnapshot } from "../support/memory-snapshot.ts";
import { benchModel } from "./bench-model.ts";
import { startModelServer } from "./model-server.ts";

const LATENCY_MS = 100;
const never = new AbortController().signal;
const files = Object.fromEntries(
  Array.from({ length: 50 }, (_, index) => {
    const [layer, place] = [Math.floor(index / 10), index % 10];
    return [`l${layer}-${place}.ts`, layer === 0 ? "gives 1\n" : `import "./l${layer - 1}-${place}.ts";\ngives 1\n`];
  }),
);
const base = memorySnapshot(files);
const recipe = { ...RecipeFields.parse({ goal: "bench" }), name: "bench", instructions: "" };

for (const broken of [0, 5]) {
  const write: WriteDraft = async ({ subtask }, signal) => {
    const startedMs = performance.now();
    await wait(LATENCY_MS, undefined, { signal });
    const copy = workingCopy(base, { scope: subtask.scope, named: new Set() });
    const isBroken = subtask.description.startsWith("l4-") && Number(subtask.description[3]) < broken;
    await copy.write(subtask.description, isBroken ? "broken\n" : "gives 1 // done\n", signal);
    const outcome = { ...anOutcome({ subtaskId: subtask.id }), startedMs, endedMs: performance.now() };
    return { outcome, edits: copy.log(), summaries: [], declined: [] };
  };
  const prepared = await prepareRefactor(base, { recipe, files: ["*.ts"] }, never);
  const started = performance.now();
  const result = await runRefactor(
    prepared,
    {
      engine: "rules",
      write,
      asksAgain: false,
      checker: fakeChecker(),
      concurrency: 32,
      journal: { write: () => undefined },
      clock: { now: () => performance.now(), sleep: async () => Promise.resolve() },
    },
    never,
    never,
  );
  const { wallMs, sumMs, criticalPathMs, speedup } = result.schedule;
  const runs = "runs" in result.verification ? result.verification.runs : 0;
  const ms = (value: number): string => `${Math.round(value)} ms`;
  console.log(
    `${broken} of 50 broken: writing ${ms(wallMs)}, longest chain ${ms(criticalPathMs)} (ratio ${(wallMs / criticalPathMs).toFixed(3)}), sum ${ms(sumMs)}, ${speedup.toFixed(1)}x; ${runs} checks; all ${ms(performance.now() - started)}; ${result.edits.length} files kept`,
  );
}

const TURN_MS = 1_000;
{
  await using server = await startModelServer({ timing: { ttftMs: TURN_MS }, outputTokens: 100, script: "write" });
  const prepared = await prepareRefactor(base, { recipe, files: ["*.ts"] }, never);
  const journal = { write: () => undefined };
  const engine = {
    model: benchModel(server.url, 32),
    modelId: "claude-sonnet-5-5",
    effort: undefined,
    purse: purseOf(1_000),
  };
  const checker = fakeChecker();
  const shared = { checker, journal, clock: SYSTEM_CLOCK };
  const write = await writeByClaude({ ...shared, prepared, guidance: base, contextFiles: [], engine }, never);
  const parts = { ...shared, engine: "claude", write, asksAgain: true, concurrency: 32 } as const;
  const started = performance.now();
  const { schedule, edits } = await runRefactor(prepared, parts, never, never);
  const { requests, maxInFlight } = await server.totals();
  const least = 5 * 2 * TURN_MS;
  console.log(
    `claude over HTTP: writing ${Math.round(schedule.wallMs)} ms, longest chain ${Math.round(schedule.criticalPathMs)} ms (ratio ${(schedule.wallMs / schedule.criticalPathMs).toFixed(3)}), ` +
      `${(schedule.wallMs / least).toFixed(3)} x five waves of two turns, ${schedule.speedup.toFixed(1)}x; ${requests} requests, ${maxInFlight} in flight; ` +
      `all ${Math.round(performance.now() - started)} ms; ${edits.length} files kept`,
  );
}

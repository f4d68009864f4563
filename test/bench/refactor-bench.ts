/** Fifty files in five waves, every writer 100 ms: wall time against the longest chain, and what integrating with broken ones costs. */
import { setTimeout as wait } from "node:timers/promises";

import { RecipeFields } from "../../src/domain/recipe.ts";
import type { WriteDraft } from "../../src/flow/refactor/draft.ts";
import { prepareRefactor } from "../../src/flow/refactor/prepare-refactor.ts";
import { runRefactor } from "../../src/flow/refactor/run-refactor.ts";
import { workingCopy } from "../../src/subagent/working-copy.ts";
import { anOutcome } from "../support/builders.ts";
import { fakeChecker } from "../support/fake-checker.ts";
import { memorySnapshot } from "../support/memory-snapshot.ts";

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

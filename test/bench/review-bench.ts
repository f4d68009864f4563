/**
 * How much longer a review of 10 files takes than its slowest subtask, through the real pipeline, against a model with a fixed latency
 * in another process (design section 7: at most 1.15 x). Run: node test/bench/review-bench.ts
 */
import { SYSTEM_CLOCK } from "../../src/entry/system-clock.ts";
import { lonelyFiles, reviewOnStage } from "../support/review-stage.ts";
import { benchModel } from "./bench-model.ts";
import { startModelServer } from "./model-server.ts";

const FILES = 10;
const RUNS = 5;

await using server = await startModelServer({ timing: { ttftMs: 2_000, tokensPerSecond: 80 }, outputTokens: 100 });
const ratios: number[] = [];
for (let run = 0; run < RUNS; run++) {
  const started = performance.now();
  const { report } = await reviewOnStage({
    model: benchModel(server.url, 64),
    files: lonelyFiles(FILES),
    clock: SYSTEM_CLOCK,
  });
  const wallMs = performance.now() - started;
  const slowestMs = Math.max(...report.subtasks.map(({ startedMs, endedMs }) => endedMs - startedMs));
  const serverMs = await server.slowestMs();
  ratios.push(wallMs / slowestMs);
  console.log(
    `run ${run + 1}: ${report.subtasks.length} subtasks, conclusion ${report.conclusion}; wall ${wallMs.toFixed(0)} ms, ` +
      `slowest subtask ${slowestMs.toFixed(0)} ms (${(wallMs / slowestMs).toFixed(3)} x), ` +
      `slowest answer at the server ${serverMs.toFixed(0)} ms (${(wallMs / serverMs).toFixed(3)} x)`,
  );
}
const median = ratios.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
console.log(`wall / slowest subtask, ${FILES} files: median ${median.toFixed(3)} (goal: at most 1.15)`);

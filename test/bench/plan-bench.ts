/**
 * How long planning 3,000 changed files takes (design section 7: under 1 s), and how it grows: the same with 750 and 1,500 files.
 * Run: node test/bench/plan-bench.ts
 */
import { coverageOf } from "../../src/domain/coverage-ledger.ts";
import { cutLongHunks } from "../../src/domain/cut-hunks.ts";
import type { ChangedFile } from "../../src/domain/diff.ts";
import { planReview } from "../../src/domain/plan-review.ts";
import { describePlan } from "../../src/domain/plan-shape.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/settings.ts";
import { addedHunk, changedFile, changeSetOf } from "../support/change-builders.ts";

const BODY = Array.from(
  { length: 200 },
  (_, index) => `  const value${index} = await store.load(order.id, ${index}); // as before`,
);

/** A TypeScript monorepo with Go and Python beside it: services, handlers, their tests, translations; each file imports a few others. */
function synthesize(count: number): { files: ChangedFile[]; texts: Map<string, string> } {
  const texts = new Map<string, string>();
  const files = Array.from({ length: count }, (_, index) => {
    const folder = `packages/p${index % 40}`;
    const path = [
      `${folder}/src/handlers/handler-${index}.ts`,
      `${folder}/src/services/service-${index}.ts`,
      `${folder}/test/services/service-${index - 1}.test.ts`,
      `services/go${index % 25}/internal/store/file${index}.go`,
      `tools/py${index % 10}/jobs/job_${index}.py`,
      `${folder}/locales/l${index}.json`,
    ][index % 6] as string;
    const imports = {
      ts: `import { a } from "../services/service-${index + 1 - (index % 6)}.js";\nimport { log } from "@/lib/log.js";\nimport { z } from "zod";\n`,
      go: `package store\n\nimport (\n\t"fmt"\n\t"github.com/acme/shop/services/go${(index + 1) % 25}/internal/store"\n)\n\nfunc Do() {}\n`,
      py: `from .job_${index - 6} import run\nfrom py${index % 10}.jobs import common\nimport os\n`,
      json: "{}\n",
    }[path.split(".").at(-1) as "ts" | "go" | "py" | "json"];
    texts.set(path, `${imports}${BODY.join("\n")}\n`);
    const hunks = [10, 80, 150].map((start) => addedHunk(start, BODY.slice(start, start + 10), `function f${start}()`));
    return changedFile(path, { hunks });
  });
  return { files, texts };
}

function measure(count: number): { ms: number; shape: string } {
  const { files, texts } = synthesize(count);
  const started = performance.now();
  const changeSet = cutLongHunks(changeSetOf(files));
  const plan = planReview({
    changeSet,
    settings: DEFAULT_SETTINGS,
    headText: (path) => texts.get(path),
    engine: "claude",
  });
  coverageOf(plan, changeSet, []);
  const ms = performance.now() - started;
  const { subtasks, filesPerSubtask, skipped } = describePlan(plan);
  return { ms, shape: `${subtasks} subtasks, ${filesPerSubtask.mean.toFixed(1)} files each, ${skipped} skipped` };
}

for (const count of [750, 1_500, 3_000]) {
  const cold = measure(count);
  const warm = Math.min(measure(count).ms, measure(count).ms, measure(count).ms);
  console.log(`${count} files: first ${cold.ms.toFixed(0)} ms, best of 3 more ${warm.toFixed(0)} ms; ${cold.shape}`);
}

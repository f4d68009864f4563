import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const root = join(import.meta.dirname, "../..");
const Action = z.object({ inputs: z.record(z.string(), z.unknown()) });
const Workflow = z.object({
  on: z.object({ workflow_dispatch: z.object({ inputs: z.record(z.string(), z.unknown()) }) }),
  permissions: z.record(z.string(), z.string()),
  jobs: z.object({
    refactor: z.object({
      permissions: z.record(z.string(), z.string()),
      steps: z.array(
        z.looseObject({ uses: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() }),
      ),
    }),
  }),
});

const action = Action.parse(parse(readFileSync(join(root, "action.yml"), "utf8")));
const text = readFileSync(join(root, ".github/workflows/refactor.yml"), "utf8");
const workflow = Workflow.parse(parse(text));
const step = workflow.jobs.refactor.steps.find(({ uses }) => uses?.startsWith("parallel-review/") === true);

describe("the workflow that is shipped for refactors", () => {
  it("gives the Action only inputs that it declares", () => {
    expect(Object.keys(step?.with ?? {}).filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
    expect(step?.with).toMatchObject({ job: "refactor" });
  });

  it("hands on every input that it asks for, and puts none of them into a shell", () => {
    const asked = Object.keys(workflow.on.workflow_dispatch.inputs);

    expect(asked.filter((name) => step?.with?.[name] !== `\${{ inputs.${name} }}`)).toEqual([]);
    expect(text.split("\n").filter((line) => /\brun:.*\$\{\{/.test(line))).toEqual([]);
  });

  it("holds what a branch and a pull request take, and nothing else", () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.refactor.permissions).toEqual({ contents: "write", "pull-requests": "write" });
  });
});

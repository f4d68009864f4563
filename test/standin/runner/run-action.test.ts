import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { parseCommands } from "../../../src/standin/runner/parse-commands.ts";
import { runAction, type StepResult } from "../../../src/standin/runner/run-action.ts";

const folder = mkdtempSync(join(tmpdir(), "action-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(source: string, given: Record<string, string> = {}): Promise<StepResult> {
  const main = join(folder, "main.mjs");
  writeFileSync(main, source);
  return runAction({
    main,
    declared: { "max-files": "7", token: "" },
    with: given,
    event: { name: "issue_comment", payload: { action: "created" } },
    repository: "acme/shop",
    apiUrl: "http://127.0.0.1:1",
    serverUrl: "http://127.0.0.1:1",
    graphqlUrl: "http://127.0.0.1:1/graphql",
    environment: { PATH: process.env["PATH"] },
  });
}

describe("runAction", () => {
  it("gives inputs, event and an empty folder, and reads outputs and summary back", async () => {
    const result = await run(`
      import { appendFileSync, readFileSync, readdirSync } from "node:fs";
      const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH, "utf8"));
      appendFileSync(process.env.GITHUB_OUTPUT, "seen<<EOF\\n" + [process.env["INPUT_MAX-FILES"], event.action, readdirSync(".").length].join("\\n") + "\\nEOF\\n");
      appendFileSync(process.env.GITHUB_STEP_SUMMARY, "# done");
      process.exitCode = 3;
    `);

    expect(result).toMatchObject({ exitCode: 3, outputs: { seen: "7\ncreated\n0" }, summary: "# done" });
  });

  it("notices a masked value that stands in the log all the same", async () => {
    const result = await run(
      `const token = process.env.INPUT_TOKEN; console.log("::add-mask::" + token); console.error("token is " + token);`,
      { token: "s3cret" },
    );

    expect(result.leaked).toEqual(["s3cret"]);
  });

  it("refuses inputs that action.yml does not declare", async () => {
    await expect(run("", { "max-flies": "1" })).rejects.toThrow("max-flies");
  });
});

describe("parseCommands", () => {
  it("finds what a runner would obey", () => {
    const text = "plain\n  ::error file=a%2Cb.ts,line=3::broken%0Atwice\nsee ##[add-mask]x\n> ::notice::no\n";

    expect(parseCommands(text)).toEqual([
      { command: "error", properties: { file: "a,b.ts", line: "3" }, message: "broken\ntwice" },
      { command: "add-mask", properties: {}, message: "x" },
    ]);
  });
});

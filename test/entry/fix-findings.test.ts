import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isPull } from "../../src/standin/github/model.ts";
import { gitFixture } from "../support/git-fixture.ts";
import { type ActionStage, openActionStage, reportIn } from "./action-stage.ts";

const run = promisify(execFile);
const CLI = join(import.meta.dirname, "../../src/entry/cli.ts");
const FILES = {
  ".github/parallel-review.yml": "rules:\n  directories: [.github/rules]\n",
  ".github/rules/log.yml":
    "id: no-log\nlanguage: typescript\nmessage: logs\nrule:\n  pattern: console.log($X)\nfix: logger.info($X)\n",
  "src/a.ts": "console.log(1);\nconsole.log(2);\n",
  "src/b.ts": 'export const run = (text: string): unknown => eval(text + "");\n',
};

let folder: string;
let stage: ActionStage;
let findings: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fix-findings-"));
  stage = await openActionStage();
  using repository = gitFixture();
  const { "src/a.ts": a, "src/b.ts": b, ...settings } = FILES;
  const base = repository.commit(settings);
  repository.commit({ ...settings, "src/a.ts": a, "src/b.ts": b }, { branch: "change", parents: [base] });
  const args = ["review", "--repo", repository.directory, "--base", base, "--head", "change", "--output-dir", folder];
  await run(process.execPath, [CLI, ...args, "--engine", "rules", "--quiet"]).catch(() => undefined);
  findings = join(folder, "findings.json");
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe("the recipe fix-findings", () => {
  it("fixes in a patch what a review of the command line has found, and exits 1 for what it cannot fix", async () => {
    using repository = gitFixture();
    repository.commit({ ...FILES, "src/a.ts": `// moved\n${FILES["src/a.ts"]}` });
    const patch = join(folder, "change.diff");
    const args = ["refactor", "--repo", repository.directory, "--findings", findings, "--patch", patch, "--quiet"];

    const ended = await run(process.execPath, [CLI, ...args]).catch((error: unknown) => error);

    expect(ended).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/not fixed:.*has no replacement[^]*\| fixed \|/),
    });
    expect(readFileSync(patch, "utf8")).toMatch(
      /-console\.log\(1\);\n-console\.log\(2\);\n\+logger\.info\(1\);\n\+logger\.info\(2\);/,
    );
  });

  it("opens one pull request from a dispatch, and the same one again", async () => {
    await stage.github.push(stage.repository, "main", FILES);
    const dispatch = { name: "workflow_dispatch" as const, payload: { ref: "refs/heads/main", inputs: {} } };
    const inputs = { job: "refactor", recipe: "fix-findings", "findings-path": folder, files: "src/a.ts" };
    const options = { with: inputs, token: { contents: "write", pull_requests: "write" } as const };

    const first = await stage.act(dispatch, options);
    const second = await stage.act(dispatch, options);

    const proposals = [...stage.repository.issues.values()]
      .filter(isPull)
      .filter(({ head }) => head.ref.startsWith("parallel-review/"));
    expect(first.log).not.toContain("::error");
    expect(reportIn(first.files)).toMatchObject({
      job: "refactor",
      target: { repository: "acme/shop" },
      coverage: [{ path: "src/a.ts", status: "reviewed" }],
      subtasks: [{ id: "s1", phase: "writer", status: "done" }, { id: "review-s1" }],
      conclusion: "success",
    });
    expect(first.outputs).toMatchObject({
      "total-files": "1",
      "findings-path": expect.stringMatching(/findings\.json$/),
    });
    expect(proposals).toHaveLength(1);
    expect(proposals[0]?.title).toMatch(/^Fix the findings of a review: f\d, f\d$/);
    expect(proposals[0]?.files.map(({ path }) => path)).toEqual(["src/a.ts"]);
    expect([first, second].map(({ outputs }) => outputs["pull-request-url"])).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining(`/pull/${proposals[0]?.number}`)),
    );
  });

  it("says what it needs when it has no findings", async () => {
    using repository = gitFixture();
    repository.commit({ "a.ts": "" });
    const args = ["refactor", "--repo", repository.directory, "--recipe", "fix-findings"];

    const ended = await run(process.execPath, [CLI, ...args]).catch((error: unknown) => error);

    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("needs findings: name the findings.json") });
  });
});

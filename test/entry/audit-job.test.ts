import { gunzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { toolTurn } from "../../src/standin/claude/turns.ts";
import type { StandinEvent } from "../../src/standin/github/events.ts";
import { isPull, type StandinPullRequest } from "../../src/standin/github/model.ts";
import { type ActionStage, openActionStage } from "./action-stage.ts";

const DISPATCH: Pick<StandinEvent, "name" | "payload"> = {
  name: "workflow_dispatch",
  payload: { ref: "refs/heads/main", inputs: {} },
};
const WRITER = { contents: "write", pull_requests: "write", security_events: "write" } as const;
const QUERY = [
  "export async function names(db, ids) {",
  "  for (const id of ids) {",
  '    await db.query("SELECT name FROM products WHERE id = $1", [id]);',
  "  }",
  "}",
  "",
].join("\n");
const HOLE = 'export const run = (req) => eval(req.query.formula + "");\n';

let stage: ActionStage;
let claude: ClaudeStandin;
beforeAll(async () => {
  [stage, claude] = await Promise.all([openActionStage(), startClaude()]);
  await stage.github.push(stage.repository, "main", { "src/names.ts": QUERY, "src/hole.ts": HOLE });
});
afterAll(async () => {
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
});

const audit = (inputs: Record<string, string>, event = DISPATCH) =>
  stage.act(event, { with: { job: "audit", ...inputs }, token: WRITER });

function proposals(): StandinPullRequest[] {
  return [...stage.repository.issues.values()]
    .filter(isPull)
    .filter(({ head }) => head.ref.startsWith("parallel-review/"));
}

describe("job: audit", () => {
  it("opens one pull request with the report, and the second run knows what the first found", async () => {
    const first = await audit({ recipe: "database" });
    const second = await audit({ recipe: "database" });

    expect(first).toMatchObject({ exitCode: 0, outputs: { conclusion: "success", findings: "1" } });
    expect(proposals()).toHaveLength(1);
    expect(first.outputs["pull-request-url"]).toContain(`/pull/${proposals()[0]?.number}`);
    const [report] = proposals()[0]?.files ?? [];
    expect(report?.path).toBe("docs/code-review/database-audit.md");
    expect(first.summary).toContain("This is the first audit");
    expect(second.summary).toMatch(/0 new, 1 still open, 0 fixed/);
  });

  it("shows findings that strangers could use to code scanning alone, in a public repository", async () => {
    const { traces, exitCode, outputs } = await audit({ recipe: "security" });

    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ findings: "0" });
    expect(traces).toContain("1 finding not shown here");
    expect(traces).not.toContain("No open issues");
    // The list of files that were read names every file, with or without findings.
    expect(traces.replaceAll('"src/hole.ts"', "")).not.toMatch(/hole\.ts|eval\(|query\.formula/);
    const upload = stage.repository.sarifUploads.at(-1);
    expect(gunzipSync(Buffer.from(upload?.sarif ?? "", "base64")).toString()).toContain("src/hole.ts");
    expect(proposals().every(({ files }) => files.every(({ path }) => !path.includes("security")))).toBe(true);
  });

  it("plans, reads and merges in jobs of their own", async () => {
    const plan = await audit({ recipe: "error-handling", stage: "gate" });
    const shard = await audit({ recipe: "error-handling", stage: "analyze", shard: "1/1" });
    const folder = (shard.outputs["findings-path"] ?? "").replace(/\/findings\.json$/, "");
    const merged = await audit({
      recipe: "error-handling",
      stage: "publish",
      "findings-path": folder,
      "publish-to": "artifact",
    });

    expect(plan.outputs["matrix"]).toBe('["1/1"]');
    expect(Object.keys(shard.files)).toEqual(["findings.json"]);
    expect(merged).toMatchObject({ exitCode: 0, outputs: { conclusion: "success" } });
    expect(merged.files["report.md"]).toContain("# Error handling audit");
  });

  it.each([
    [{ recipe: "auth" }, DISPATCH, /needs a model/],
    [{}, DISPATCH, /needs recipe/],
    [{ recipe: "database" }, { ...DISPATCH, name: "issue_comment" as const }, /runs on schedule and workflow_dispatch/],
    [{ recipe: "database", stage: "publish" }, DISPATCH, /findings-path/],
  ])("fails with one clear line for %j", async (inputs, event, message) => {
    const { exitCode, log } = await audit(inputs, event);

    expect(exitCode).toBe(1);
    expect(log).toMatch(message);
  });

  it("asks the model once for a content, and never again while it stays as it is", async () => {
    const finding = {
      path: "src/names.ts",
      quote: "export async function names(db, ids) {",
      line_hint: 0,
      severity: "medium",
      category: "unbounded-query",
      title: "As many rows as there are ids",
      detail: "There is no limit.",
      failure_scenario: "A million ids.",
      suggestion: "",
      confidence: "likely",
    };
    claude.script((request) => {
      const verdict = { verdict: "confirmed", evidence: "Nothing limits it.", quote: "for (const id of ids) {" };
      const refuted = {
        verdict: "refuted",
        evidence: "There are three ids at most.",
        quote: "for (const id of ids) {",
      };
      if (request.body["tools"] !== undefined && JSON.stringify(request.body["tools"]).includes("report_verdict")) {
        const isModels = request.firstUserText.includes("As many rows");
        return toolTurn([{ name: "report_verdict", input: isModels ? verdict : refuted }]);
      }
      return toolTurn([{ name: "report_findings", input: { findings: [finding], final: true } }]);
    });
    const inputs = {
      recipe: "database",
      engine: "claude",
      "anthropic-api-key": "sk-ant-test",
      "anthropic-base-url": claude.url,
      "publish-to": "artifact",
    };

    const first = await audit(inputs);
    const asked = claude.journal.entries.length;
    const second = await audit(inputs);

    expect(first).toMatchObject({ exitCode: 0, outputs: { findings: "1" } });
    expect(first.summary).toContain("As many rows as there are ids");
    expect(first.summary).toContain("confirmed by a second reader");
    expect(first.summary).toMatch(/<details><summary>Refuted \(1\)[^]*There are three ids at most/);
    expect(first.summary).toMatch(/\| verifying \| 2 \|/);
    expect(asked).toBeGreaterThan(0);
    expect(claude.journal.entries).toHaveLength(asked);
    expect(second).toMatchObject({ exitCode: 0, outputs: { findings: "1", "cost-usd": "0.0000" } });
    expect(second.summary).toMatch(/verdict reused/);
    expect(second.summary).toMatch(/<details><summary>Refuted \(1\)/);
  });

  it("asks in batches at half price, in one job, and the ledger knows of none when it is over", async () => {
    await using server = await startClaude({ batches: { pollsUntilEnd: 0 } });
    server.script(() => toolTurn([{ name: "report_findings", input: { findings: [], final: true } }]));
    const inputs = {
      recipe: "auth",
      batch: "true",
      engine: "claude",
      "anthropic-api-key": "sk-ant-test",
      "anthropic-base-url": server.url,
    };

    const plan = await audit({ ...inputs, stage: "gate" });
    const first = await audit(inputs);
    const refused = await audit({ ...inputs, "dry-run": "true" });
    const byRules = await audit({ ...inputs, engine: "rules", recipe: "database" });
    const elsewhere = await audit({ ...inputs, provider: "foundry", resource: "shop", "anthropic-api-key": "" });

    expect(plan.outputs["matrix"]).toBe('["1/1"]');
    expect(first).toMatchObject({ exitCode: 0, outputs: { conclusion: "success" } });
    expect(Number(first.outputs["cost-usd"])).toBeGreaterThan(0);
    const ledger = await stage.github.readFile(stage.repository, "parallel-review/ledger", "ledger.jsonl");
    expect(ledger?.toString()).not.toContain('"kind":"batch"');
    expect(server.journal.entries.filter(({ path }) => path === "/v1/messages")).toEqual([]);
    expect(refused).toMatchObject({ exitCode: 1, log: expect.stringMatching(/batch goes without dry-run/) });
    expect(byRules).toMatchObject({ exitCode: 1, log: expect.stringMatching(/batches are of the claude engine/) });
    expect(elsewhere).toMatchObject({ exitCode: 1, log: expect.stringMatching(/provider anthropic, not of foundry/) });
  });
});

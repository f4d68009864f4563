import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { toolTurn } from "../../src/standin/claude/turns.ts";
import { reportedFinding } from "../support/review-stage.ts";
import { type Acted, type ActionStage, openActionStage, reportIn } from "./action-stage.ts";

const WRITER = { contents: "write", pull_requests: "write" } as const;
const DISPATCH = { name: "workflow_dispatch", payload: { ref: "refs/heads/main", inputs: {} } } as const;
/** No rule says anything about it. */
const LATE = [
  "export async function products(store) {",
  "  const everything = await store.everything();",
  "  const nothing = await store.nothing();",
  "  const something = await store.something();",
  "  return [everything, nothing, something];",
  "}",
  "",
].join("\n");

let stage: ActionStage;
let claude: ClaudeStandin;
beforeAll(async () => {
  [stage, claude] = await Promise.all([openActionStage(), startClaude()]);
  const finding = (quote: string, category: string): unknown =>
    reportedFinding("src/late.ts", quote, { title: `About ${quote}`, severity: "medium", category });
  const findings = [
    finding("const everything = await store.everything();", "unbounded-query"),
    finding("const nothing = await store.nothing();", "unbounded-query"),
    finding("const something = await store.something();", "spelling"),
  ];
  claude.script((request) =>
    JSON.stringify(request.tools).includes("report_verdict")
      ? toolTurn([{ name: "report_verdict", input: { verdict: "confirmed", evidence: "It is so.", quote: "" } }])
      : toolTurn([{ name: "report_findings", input: { findings, final: true } }]),
  );
});
afterAll(async () => {
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
});

function audit(): Promise<Acted> {
  return stage.act(DISPATCH, { with: { job: "audit", recipe: "database" }, token: WRITER });
}

function titles({ files }: Acted): readonly string[] {
  return reportIn(files).findings.map(({ title }) => title);
}

describe("an audit after reviews", () => {
  it("takes up what was open when a pull request was merged, until its code is gone", async () => {
    const { github, repository } = stage;
    await github.push(repository, "main", { "src/early.ts": "export const early = 1;\n" });
    expect(titles(await audit())).toEqual([]);
    const { pull } = await stage.open({ "src/late.ts": LATE });
    const key = { engine: "claude", "anthropic-api-key": "sk-ant-test", "anthropic-base-url": claude.url };
    await stage.act(stage.comment("dev", pull, "/parallel-review --lens correctness"), { with: key });
    expect(pull.reviewComments.map(({ line }) => line).toSorted()).toEqual([2, 3, 4]);
    const answered = pull.reviewComments.find(({ line }) => line === 3);
    const { comment } = github.commentAs("keeper", repository, pull.number, "Fine");
    if (answered !== undefined) answered.thread.resolvedBy = comment.author;
    expect(titles(await audit())).toEqual([]);
    await github.changePullRequest(repository, pull.number, "keeper", "merge");

    const first = await audit();
    const second = await audit();
    await github.push(repository, "main", { "src/late.ts": LATE.replace("everything()", "some({ limit: 10 })") });
    const third = await audit();

    const taken = ["About const everything = await store.everything();"];
    expect(titles(first)).toEqual(taken);
    expect(first.summary).toMatch(/1 new, 0 still open/);
    expect(reportIn(first.files).findings[0]).toMatchObject({ path: "src/late.ts", startLine: 2 });
    expect(reportIn(first.files).findings[0]?.detail).toContain(
      `A review found it in #${pull.number}, and it was open when that was merged: `,
    );
    expect(titles(second)).toEqual(taken);
    expect(second.summary).toMatch(/0 new, 1 still open, 0 fixed/);
    expect(titles(third)).toEqual([]);
    expect(third.summary).toMatch(/0 new, 0 still open, 1 fixed/);
  });
});

import { describe, expect, it } from "vitest";

import { installedAssets } from "../../../src/adapters/rules/assets.ts";
import { rulesDetector } from "../../../src/adapters/rules/detector.ts";
import { loadRules } from "../../../src/adapters/rules/load-rules.ts";
import type { EditLog } from "../../../src/domain/edit-log.ts";
import { ExternalError } from "../../../src/domain/errors.ts";
import { RecipeFields } from "../../../src/domain/recipe.ts";
import { DEFAULT_SETTINGS } from "../../../src/domain/settings.ts";
import { prepareRefactor } from "../../../src/flow/refactor/prepare-refactor.ts";
import { proposalsOf } from "../../../src/flow/refactor/propose-refactor.ts";
import { reviewEdits } from "../../../src/flow/refactor/review-edits.ts";
import { runRefactor } from "../../../src/flow/refactor/run-refactor.ts";
import type { Detector } from "../../../src/ports/detector.ts";
import type { Model, ToolCall, TurnRequest } from "../../../src/ports/model.ts";
import { purseOf } from "../../../src/subagent/purse.ts";
import { anOutcome } from "../../support/builders.ts";
import { fakeChecker } from "../../support/fake-checker.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";
import { callsTurn } from "../../support/scripted-model.ts";

const never = new AbortController().signal;
const clock = { now: () => 0, sleep: async () => Promise.resolve() };
const journal = { write: () => undefined };
const recipe = { ...RecipeFields.parse({ goal: "Rename sum to total" }), name: "two", instructions: "Keep callers." };
const BEFORE = "export function sum(a: number[]): number {\n  if (a.length === 0) throw new Error();\n  return 1;\n}\n";
const AFTER = "export function total(a: number[]): number {\n  return 1;\n}\n";
const quiet: Detector = {
  detect: async (files) => Promise.resolve(files.map(({ path }) => ({ path, claims: [] }))),
};

type Call = Omit<ToolCall, "id">;
const claim = {
  path: "src/a.ts",
  quote: "export function total(a: number[]): number {",
  line_hint: 1,
  severity: "high",
  category: "behaviour-change",
  title: "The empty list no longer throws",
  detail: "The check is gone.",
  failure_scenario: "total([]) gives 1",
  suggestion: "",
  confidence: "certain",
};
const report: Call = { name: "report_findings", input: { findings: [claim], final: true } };
const verdict = (value: string): Call => ({
  name: "report_verdict",
  input: { verdict: value, evidence: "The check is gone.", quote: "return 1;" },
});

function reviewer(answer: (request: TurnRequest) => Call | Error): Model & { readonly requests: TurnRequest[] } {
  const requests: TurnRequest[] = [];
  return {
    requests,
    async turn(request) {
      requests.push(request);
      const given = answer(request);
      return given instanceof Error ? Promise.reject(given) : Promise.resolve(callsTurn(given));
    },
  };
}

async function run(model: Model | undefined, { detector = quiet, after = AFTER, budgetUsd = 100 } = {}) {
  const base = memorySnapshot({ "src/a.ts": BEFORE, "src/old.ts": 'eval("old" + process.argv[2]);\n' });
  const prepared = await prepareRefactor(base, { recipe, files: ["src/a.ts"] }, never);
  const edits: EditLog = [{ kind: "modify", path: "src/a.ts", baseBlob: "", executable: false, text: after }];
  const summary = { path: "src/a.ts", what: "the writer's own words", why: "", behaviour: "same", risk: "" } as const;
  const engine =
    model === undefined
      ? undefined
      : { model, modelId: "claude-sonnet-5-5", effort: undefined, purse: purseOf(budgetUsd) };
  const review = reviewEdits({
    prepared,
    guidance: base,
    settings: DEFAULT_SETTINGS,
    engine,
    detector,
    concurrency: 4,
    journal,
    clock,
  });
  const parts = {
    engine: "claude" as const,
    write: async () => Promise.resolve({ outcome: anOutcome(), edits, summaries: [summary], declined: [] }),
    asksAgain: false,
    checker: fakeChecker(),
    review,
    concurrency: 4,
    journal,
    clock,
  };
  const result = await runRefactor(prepared, parts, never, never);
  const place = { baseBranch: "main", base: "a".repeat(40), command: "tsc" };
  const wish = { ...place, words: undefined, draft: false, identity: [], limits: { files: 100, lines: 1_000 } };
  const [part] = proposalsOf(prepared, result, wish);
  if (part === undefined) throw new Error("nothing is proposed");
  return { result, proposal: part.proposal(place.base, []) };
}

const isVerifier = (request: TurnRequest): boolean => request.tools.some(({ name }) => name === "report_verdict");

describe("reviewEdits", () => {
  it("shows who did not write it the goal and the whole diff, and drafts what a verifier confirms as severe", async () => {
    const model = reviewer((request) => (isVerifier(request) ? verdict("confirmed") : report));

    const { result, proposal } = await run(model);

    const asked = JSON.stringify(model.requests[0]);
    expect(asked).toContain("Rename sum to total");
    expect(asked).toContain("if (a.length === 0) throw new Error();");
    expect(asked).not.toContain("the writer's own words");
    expect(model.requests[0]?.tools.map(({ name }) => name)).toEqual(["Read", "Glob", "Grep", "report_findings"]);
    expect(proposal).toMatchObject({ draft: true });
    expect(proposal.body).toMatch(/### What fresh eyes see[^]*The empty list no longer throws.*\*\*confirmed\*\*/);
    expect(result.conclusion).toBe("success");
    expect(result.usage.inputTokens).toBe(200);
    expect(result.costUsd).toBeGreaterThan(0);
  });

  it("tells of what a verifier refutes, and drafts nothing for it", async () => {
    const { proposal } = await run(reviewer((request) => (isVerifier(request) ? verdict("refuted") : report)));

    expect(proposal).toMatchObject({ draft: false });
    expect(proposal.body).toContain("refuted by a second one");
  });

  it("says so when the money has run out before anybody could look", async () => {
    const { proposal, result } = await run(
      reviewer(() => report),
      { budgetUsd: 0.000_1 },
    );

    expect(result.edits).toHaveLength(1);
    expect(proposal.body).toContain("They did not get to all of it.");
  });

  it("proposes what was written and checked although the reviewers could not be asked", async () => {
    const refused = new ExternalError("Claude", "the key was refused", { fatal: true });

    const { proposal, result } = await run(reviewer(() => refused));

    expect(result).toMatchObject({ conclusion: "success", review: { status: "failed" } });
    expect(proposal.body).toContain("**Nobody has looked at the whole change:** the key was refused");
  });

  it("lets the static rules report what the change introduced, where there is no model", async () => {
    const assets = installedAssets();
    const rules = await loadRules({ assets, repository: [], signal: never });
    await using detector = rulesDetector({ rules, assets });

    const { proposal } = await run(undefined, { detector, after: `${BEFORE}eval(process.argv[2] + "");\n` });

    expect(proposal).toMatchObject({ draft: true });
    expect(proposal.body).toMatch(/`src\/a\.ts:5`: .*\(rule ts-code-injection\)/);
    expect(proposal.body).not.toContain("old.ts");
  });
});

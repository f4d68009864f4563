import type { ChangedFile } from "../../src/domain/diff.ts";
import type { Claim } from "../../src/domain/finding.ts";
import { Settings } from "../../src/domain/settings.ts";
import type { ClaudeEngine } from "../../src/flow/claude-engine.ts";
import { prepareReview, type ReviewRequest } from "../../src/flow/prepare-review.ts";
import { type ReviewResult, runReview } from "../../src/flow/run-review.ts";
import type { Model, Turn } from "../../src/ports/model.ts";
import { type Purse, purseOf } from "../../src/subagent/purse.ts";
import { aFile, aHunk } from "../support/builders.ts";
import { changeSetOf } from "../support/change-builders.ts";
import { memorySnapshot } from "../support/memory-snapshot.ts";
import { callsTurn } from "../support/scripted-model.ts";

/** A path whose name alone makes it deep, with 120 added lines of which some are told apart. */
export const SESSION = "src/auth/session.ts";
const SESSION_LINES = [
  "export async function openSession(user: string): Promise<string> {",
  "  const token = Math.random().toString(36);",
  "  store.save(user, token);",
  "  return token;",
  "}",
  ...Array.from({ length: 115 }, (_, index) => `const limit${index} = ${index};`),
];

/** An exported function that the change gives a second, required parameter. */
export const MONEY = "src/money.ts";
const MONEY_LINES = [
  "export function toCents(amount: number, currency: string): number {",
  "  return Math.round(amount * digitsOf(currency));",
  "}",
];

const HEAD: Readonly<Record<string, string>> = {
  [SESSION]: `${SESSION_LINES.join("\n")}\n`,
  [MONEY]: `${MONEY_LINES.join("\n")}\n`,
  "src/invoice.ts": 'import { toCents } from "./money.js";\n\nexport const total = (sum: number) => toCents(sum);\n',
};

const FILES: readonly ChangedFile[] = [
  aFile(
    SESSION,
    [
      aHunk(
        1,
        SESSION_LINES.map((line) => `+${line}`),
      ),
    ],
    { status: "added" },
  ),
  aFile(MONEY, [
    aHunk(1, [
      "-export function toCents(amount: number): number {",
      "-  return Math.round(amount * 100);",
      ...MONEY_LINES.slice(0, 2).map((line) => `+${line}`),
      " }",
    ]),
  ]),
];

/** What `report_findings` is called with, once and finally. */
export function findingsTurn(...findings: readonly Partial<Record<string, unknown>>[]): Turn {
  const complete = findings.map((finding) => ({
    path: SESSION,
    quote: "  const token = Math.random().toString(36);",
    line_hint: 0,
    severity: "high",
    category: "weak-randomness",
    title: "Session tokens can be guessed",
    detail: "Math.random is no source of secrets; the finder argues at length.",
    failure_scenario: "An attacker who sees one token predicts the next.",
    suggestion: "",
    confidence: "certain",
    ...finding,
  }));
  return callsTurn({ name: "report_findings", input: { findings: complete, final: true } });
}

export function verdictTurn(verdict: string, evidence = `because it is ${verdict}`): Turn {
  return callsTurn({ name: "report_verdict", input: { verdict, evidence, quote: "const token" } });
}

export type ShopReview = ReviewResult & { readonly purse: Purse };

/** A review of the example by claude, with nothing real in it but the review. */
export async function reviewShop(
  model: Model,
  over: {
    readonly quality?: object;
    readonly request?: Partial<ReviewRequest>;
    readonly budgetUsd?: number;
    readonly rules?: readonly Claim[];
    readonly engine?: Partial<ClaudeEngine>;
    readonly base?: Readonly<Record<string, string>>;
    readonly files?: readonly ChangedFile[];
  } = {},
): Promise<ShopReview> {
  let now = 0;
  const clock = { now: () => now++, sleep: () => Promise.resolve() };
  const purse = purseOf(over.budgetUsd ?? 100);
  const never = new AbortController().signal;
  const changeSet = changeSetOf(over.files ?? FILES, { title: "Sessions and currencies", body: "Trust me, no bugs" });
  const request: ReviewRequest = {
    engine: "claude",
    concurrency: 8,
    paths: undefined,
    lenses: undefined,
    ...over.request,
  };
  const source = {
    load: () => Promise.resolve({ changeSet, head: memorySnapshot(HEAD), guidance: memorySnapshot(over.base ?? {}) }),
  };
  const settings = Settings.parse({ quality: over.quality ?? {} });
  const result = await runReview(
    {
      prepare: (signal) => prepareReview({ source, readSettings: () => Promise.resolve(settings) }, request, signal),
      detectorFor: () =>
        Promise.resolve({
          detect: (files) =>
            Promise.resolve(
              files.map(({ path }) => ({ path, claims: (over.rules ?? []).filter((claim) => claim.path === path) })),
            ),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        }),
      claudeFor: () => ({ model, modelId: "claude-sonnet-5-5", effort: undefined, purse, ...over.engine }),
      publisher: undefined,
      journal: { write: () => undefined },
      clock,
      failOn: undefined,
    },
    never,
    never,
  );
  return { ...result, purse };
}

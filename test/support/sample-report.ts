import type { Finding } from "../../src/domain/finding.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Subtask } from "../../src/domain/subtask.ts";
import type { Marker } from "../../src/render/marker.ts";
import type { Surroundings } from "../../src/render/place-link.ts";
import { aFinding, aReport, aSubtaskRun } from "./builders.ts";

/** A review as maintainers meet it: a few findings in every place, one file that failed, text by a model in good faith. */
export const SAMPLE_FINDINGS: readonly Finding[] = [
  aFinding({
    id: "f1",
    path: "src/controllers/orders.ts",
    startLine: 24,
    endLine: 26,
    severity: "critical",
    category: "sql-injection",
    lens: "security",
    title: "The customer's name goes into the SQL text as it is",
    detail:
      "`search` builds the statement with a template literal, so `name` can end the string and add SQL of its own.\n\nRule `ts-sql-injection`: SQL is put together from strings.",
    failureScenario: "`GET /orders?name=' OR 1=1 --` lists the orders of every customer.",
    suggestion: '  const rows = await db.query("select * from orders where customer_name = $1", [name]);',
    quote: "  const rows = await db.query(\n    `select * from orders where customer_name = '${name}'`,\n  );",
    agreement: { found: 2, of: 2 },
    ruleId: "ts-sql-injection",
    fingerprint: "1f0c2ab94d3e5567",
  }),
  aFinding({
    id: "f2",
    path: "src/services/invoice.ts",
    startLine: 41,
    endLine: 41,
    title: "One query for every order of the customer",
    detail:
      "The loop awaits `customers.find(order.customerId)` once per order. The ids are known before the loop:\n\n- load them with one `customers.findAll(ids)`\n- look them up in a `Map`",
    failureScenario: "A customer with 500 orders costs 501 queries, about 1.5 s at 3 ms each.",
    quote: "    const customer = await customers.find(order.customerId);",
    agreement: { found: 1, of: 2 },
    ruleId: "ts-query-in-loop",
    fingerprint: "2a7be0914d3e5567",
  }),
  aFinding({
    id: "f3",
    path: "src/services/stock.ts",
    startLine: 12,
    endLine: 60,
    severity: "high",
    category: "race-condition",
    title: "Two orders at once can sell the last item twice",
    detail: "`reserve` reads the stock, then writes it, without a transaction or a condition on the old value.",
    failureScenario: "Two requests read `stock = 1` before either writes `0`; both are confirmed.",
    quote: "export async function reserve(",
    placement: "file",
    placementReason: "its lines are not in one hunk of the diff",
    fingerprint: "3b7be0914d3e5567",
  }),
  aFinding({
    id: "f4",
    path: "src/jobs/mail.ts",
    startLine: 8,
    endLine: 8,
    severity: "medium",
    category: "floating-promise",
    lens: "rules",
    source: "rule",
    ruleId: "ts-floating-promise",
    title: "The result of `sendAll()` is never awaited",
    detail: "A rejection ends the process, and the job reports success before the mails are out.",
    failureScenario: "",
    quote: "  sendAll(batch);",
    confidence: 1,
    fingerprint: "4c7be0914d3e5567",
  }),
  aFinding({
    id: "f5",
    path: "src/controllers/cart.ts",
    startLine: 3,
    endLine: 3,
    severity: "low",
    category: "naming",
    title: "`tmp` says nothing about what it holds",
    detail: "",
    failureScenario: "",
    quote: "const tmp = await cart.load();",
    placement: "summary",
    placementReason: "it is over the limit of 5 low findings",
    fingerprint: "5d7be0914d3e5567",
  }),
  aFinding({
    id: "f6",
    path: "src/legacy/tax.ts",
    startLine: 101,
    endLine: 104,
    severity: "medium",
    category: "off-by-one",
    scope: "pre-existing",
    title: "The last tax bracket is never used",
    detail: "The loop ends at `length - 1`, exclusive.",
    failureScenario: "An income above the highest threshold is taxed at the rate below.",
    quote: "for (let i = 0; i < brackets.length - 1; i++) {",
    placement: "summary",
    placementReason: "the change does not touch these lines",
    fingerprint: "6e7be0914d3e5567",
  }),
  aFinding({
    id: "f7",
    path: "src/controllers/orders.ts",
    startLine: 30,
    endLine: 30,
    severity: "high",
    category: "null-dereference",
    title: "`order.customer` may be undefined",
    detail: "The join is a left join.",
    failureScenario: "An order without a customer ends in a TypeError.",
    quote: "return order.customer.name;",
    verdict: "refuted",
    placement: "summary",
    placementReason: "a second look did not confirm it",
    fingerprint: "7f7be0914d3e5567",
  }),
];

const GROUPS = [
  ["s1", "src/controllers (5 files)", 0, 0, 21_400],
  ["s2", "src/services/invoice.ts with its test", 0, 150, 34_900],
  ["s3", "src/services/stock.ts: 2 of 4 hunks", 0, 210, 28_300],
  ["s4", "src/jobs (2 files)", 0, 260, 12_700],
  ["s5", "contracts: callers of `Order`", 1, 35_000, 51_800],
] as const;

export const SAMPLE_REPORT: Report = aReport({
  conclusion: "partial",
  findings: [...SAMPLE_FINDINGS],
  coverage: [
    { path: "package-lock.json", status: "skipped", reason: "lock file", subtasks: [] },
    { path: "src/controllers/cart.ts", status: "reviewed", subtasks: ["s1"] },
    { path: "src/controllers/orders.ts", status: "reviewed", subtasks: ["s1", "s5"] },
    {
      path: "src/jobs/mail.ts",
      status: "failed",
      reason: "the subtask failed: the model was overloaded (529)",
      subtasks: ["s4"],
    },
    { path: "src/services/invoice.ts", status: "reviewed", subtasks: ["s2"] },
    { path: "src/services/stock.ts", status: "partial", reason: "the subtask ran out of turns", subtasks: ["s3"] },
  ],
  subtasks: GROUPS.map(([id, description, wave, startedMs, endedMs]) =>
    aSubtaskRun({
      id,
      description,
      wave,
      startedMs,
      endedMs,
      dependsOn: wave === 0 ? [] : ["s1", "s2"],
      status: id === "s4" ? "failed" : id === "s3" ? "out-of-budget" : "done",
      ...(id === "s4" ? { error: "the model was overloaded (529)" } : {}),
      turns: 3,
      usage: { inputTokens: 2_100, outputTokens: 1_250, cacheReadTokens: 31_000, cacheWriteTokens: 1_400 },
      costUsd: 0.031,
    }),
  ),
  usage: { inputTokens: 10_500, outputTokens: 6_250, cacheReadTokens: 155_000, cacheWriteTokens: 7_000 },
  costUsd: 0.155,
  wallMs: 51_800,
  sumMs: 113_800,
  criticalPathMs: 51_700,
  speedup: 2.2,
  notes: ["The token may not write check runs: no annotations. Add `checks: write` to the job's permissions."],
});

export const SAMPLE_PLAN: Plan = {
  subtasks: GROUPS.map(([id, description, wave]): Subtask => ({
    id,
    description,
    lens: "correctness",
    files: [{ path: `src/${id}.ts`, hunks: id === "s3" ? [0, 1] : "all" }],
    risk: id === "s1" ? "deep" : "normal",
    tools: ["Read", "Glob", "Grep", "report_findings"],
    budget: { turns: 8, tokens: 200_000, outputTokens: 8_000 },
    dependsOn: wave === 0 ? [] : ["s1", "s2"],
    wave,
    why: id === "s3" ? "too big for one subtask, split at hunks" : "same folder",
  })),
  skipped: [{ path: "package-lock.json", reason: "lock file" }],
  notes: ["5 files of src/controllers are small and read together."],
  warnings: [],
};

export const WHERE: Surroundings = {
  repositoryUrl: "https://github.com/acme/shop",
  runUrl: "https://github.com/acme/shop/actions/runs/42",
};

export function aMarker(over: Partial<Marker> = {}): Marker {
  return {
    kind: "review",
    runKey: "acme/shop#7:ci",
    head: "a".repeat(40),
    version: "0.1.0",
    fingerprints: [],
    complete: true,
    ...over,
  };
}

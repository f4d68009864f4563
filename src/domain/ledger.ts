import { z } from "zod";

import { compareText } from "./compare-text.ts";
import { ConfigurationError } from "./errors.ts";
import { CATEGORY, Claim, type Finding, VERDICTS } from "./finding.ts";
import { SEVERITIES } from "./severity.ts";

/** The first line of a ledger names its format. */
const LEDGER_SCHEMA = "parallel-review/ledger@1";

/** Runs that are remembered of each recipe: a month of nights. */
const MAX_RUNS = 30;

const IsoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a date, e.g. 2026-11-22");
/** The commit that was audited and the day it was. */
const Seen = z.object({ head: z.string(), date: IsoDate });

/** Somebody decided to live with an issue. From `expires` (that day included) on it counts as open again. */
const Acceptance = z.object({
  reason: z.string().min(1).max(1_000),
  author: z.string().min(1).max(100),
  date: IsoDate,
  expires: IsoDate.optional(),
});
export type Acceptance = z.infer<typeof Acceptance>;

/** One issue through all runs of its recipe, from the first sight to its end. */
export const LedgerIssue = z.object({
  kind: z.literal("issue"),
  recipe: z.string(),
  /** The fingerprint it was first seen with; never changes. */
  id: z.string(),
  /** The one it was last seen with: renames and edits change it. */
  fingerprint: z.string(),
  type: CATEGORY,
  ruleId: z.string().optional(),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  /** Where it was last seen; the line is 1-based. */
  path: z.string(),
  line: z.int().positive(),
  /** The beginning of its code without white space, by which it is known again. */
  code: z.string(),
  firstSeen: Seen,
  lastSeen: Seen,
  status: z.enum(["open", "fixed", "accepted"]),
  /** Present when fixed: the run that no longer found it. */
  fixed: Seen.optional(),
  /** Present when accepted. */
  acceptance: Acceptance.optional(),
  /** The last time that somebody asked for a refactor of its file; absent when nobody has. */
  fix: z.object({ author: z.string(), date: IsoDate }).optional(),
});
export type LedgerIssue = z.infer<typeof LedgerIssue>;

/** What is remembered of a finding beside its place in the content. */
export function rememberedClaim({ verdict, ...finding }: Finding): z.infer<typeof RememberedClaim> {
  return RememberedClaim.parse(verdict === "unverified" ? finding : { ...finding, verdict });
}

/** What one run of a recipe came to. */
const LedgerRun = z.object({
  kind: z.literal("run"),
  recipe: z.string(),
  head: z.string(),
  date: IsoDate,
  engine: z.enum(["claude", "rules"]),
  /** Open issues by type and by severity, those not looked at again included. */
  byType: z.record(z.string(), z.int().nonnegative()),
  bySeverity: z.record(z.string(), z.int().nonnegative()),
  new: z.int().nonnegative(),
  fixed: z.int().nonnegative(),
  costUsd: z.number().nonnegative(),
  /** When it began, in milliseconds since the epoch: by it a run that goes on after a crash knows its own line. */
  startedMs: z.int().nonnegative().optional(),
});
export type LedgerRun = z.infer<typeof LedgerRun>;

/** What was claimed about a content, and what a verifier said of it; without a verdict nobody has said anything yet. */
const RememberedClaim = Claim.extend({
  verdict: z.enum(VERDICTS).exclude(["unverified"]).optional(),
  verification: z.string().optional(),
});

/** What was found in one content. Holds wherever that content is, for the same version of recipe and engine. */
const LedgerVerdict = z.object({
  kind: z.literal("verdict"),
  recipe: z.string(),
  version: z.string(),
  path: z.string(),
  blob: z.string(),
  date: IsoDate,
  claims: z.array(RememberedClaim),
});
export type LedgerVerdict = z.infer<typeof LedgerVerdict>;

/**
 * A batch of requests that is paid for and whose answers no run has taken up yet. It is written down before it is handed in, and
 * goes when a run has remembered what came of it.
 */
const LedgerBatch = z.object({
  kind: z.literal("batch"),
  recipe: z.string(),
  version: z.string(),
  /** Ours; no two batches of a recipe have the same. */
  key: z.string(),
  /** Milliseconds since the epoch, by our clock, just before it was handed in. */
  handedInMs: z.int().nonnegative(),
  /** The provider's name for it; absent until its answer to the handing in has been written down. */
  id: z.string().optional(),
  /** The most that it can cost, in US dollars. */
  worstUsd: z.number().nonnegative(),
  /** Each request with the contents that it is about. */
  requests: z.array(z.object({ key: z.string(), files: z.array(z.object({ path: z.string(), blob: z.string() })) })),
});
export type LedgerBatch = z.infer<typeof LedgerBatch>;

/** What is remembered between audits. */
export type Ledger = {
  readonly issues: readonly LedgerIssue[];
  /** Oldest first within a recipe. */
  readonly runs: readonly LedgerRun[];
  readonly verdicts: readonly LedgerVerdict[];
  readonly batches: readonly LedgerBatch[];
};

export const EMPTY_LEDGER: Ledger = { issues: [], runs: [], verdicts: [], batches: [] };

const Header = z.object({ kind: z.literal("ledger"), schema: z.literal(LEDGER_SCHEMA) });
const Line = z.discriminatedUnion("kind", [Header, LedgerRun, LedgerIssue, LedgerVerdict, LedgerBatch]);

/**
 * Reads a ledger; the empty text is an empty one.
 * @throws {ConfigurationError} with name, line and mistake for a line that is none of ours: people may edit the file.
 */
export function parseLedger(text: string, name: string): Ledger {
  const ledger = {
    issues: new Array<LedgerIssue>(),
    runs: new Array<LedgerRun>(),
    verdicts: new Array<LedgerVerdict>(),
    batches: new Array<LedgerBatch>(),
  };
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const entry = parseLine(line, `${name}:${index + 1}`);
    if (entry.kind === "issue") ledger.issues.push(entry);
    if (entry.kind === "run") ledger.runs.push(entry);
    if (entry.kind === "verdict") ledger.verdicts.push(entry);
    if (entry.kind === "batch") ledger.batches.push(entry);
  }
  return ledger;
}

function parseLine(line: string, place: string): z.infer<typeof Line> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ConfigurationError(`${place}: not a line of JSON; mend it, or delete the line to forget what it says`, {
      cause,
    });
  }
  const entry = Line.safeParse(value);
  if (entry.success) return entry.data;
  const [issue] = entry.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new ConfigurationError(`${place}: ${where}${issue?.message ?? "not understood"} (expected ${LEDGER_SCHEMA})`);
}

/** The ledger as JSON lines in one order, so that a run that changes little changes few lines. Ends with a line end. */
export function formatLedger(ledger: Ledger): string {
  const lines = [
    { kind: "ledger", schema: LEDGER_SCHEMA },
    ...ledger.runs.toSorted((a, b) => compareText(a.recipe, b.recipe)),
    ...ledger.issues.toSorted((a, b) => compareText(a.recipe, b.recipe) || compareText(a.id, b.id)),
    ...ledger.verdicts.toSorted((a, b) => compareText(a.recipe, b.recipe) || compareText(a.path, b.path)),
    ...ledger.batches.toSorted((a, b) => compareText(a.recipe, b.recipe) || compareText(a.key, b.key)),
  ];
  // By way of the schema, which puts the keys of each line in one order.
  return lines.map((line) => `${JSON.stringify(Line.parse(line))}\n`).join("");
}

/** The ledger with everything about one recipe replaced; runs beyond the last month's are forgotten. */
export function withRecipe(ledger: Ledger, recipe: string, next: Ledger): Ledger {
  const others = <T extends { readonly recipe: string }>(list: readonly T[]): readonly T[] =>
    list.filter((each) => each.recipe !== recipe);
  return {
    issues: [...others(ledger.issues), ...next.issues],
    runs: [...others(ledger.runs), ...next.runs.slice(-MAX_RUNS)],
    verdicts: [...others(ledger.verdicts), ...next.verdicts],
    batches: [...others(ledger.batches), ...next.batches],
  };
}

/** The part of the ledger that is about one recipe. */
export function ofRecipe(ledger: Ledger, recipe: string): Ledger {
  const own = <T extends { readonly recipe: string }>(list: readonly T[]): readonly T[] =>
    list.filter((each) => each.recipe === recipe);
  return {
    issues: own(ledger.issues),
    runs: own(ledger.runs),
    verdicts: own(ledger.verdicts),
    batches: own(ledger.batches),
  };
}

/** The ledger as it was, with what people have decided about its issues since. */
export function withDecisions(before: Ledger, newest: Ledger): Ledger {
  const keyOf = ({ recipe, id }: LedgerIssue): string => JSON.stringify([recipe, id]);
  const now = new Map(newest.issues.map((issue) => [keyOf(issue), issue]));
  const issues = before.issues.map((issue): LedgerIssue => {
    const { status, acceptance, fix } = now.get(keyOf(issue)) ?? issue;
    const accepted = status === "accepted" ? { status, acceptance } : {};
    return { ...issue, ...accepted, ...(fix === undefined ? {} : { fix }) };
  });
  return { ...before, issues };
}

/** The ledger with one batch written down, in the place of the one with the same key. */
export function withBatch(ledger: Ledger, batch: LedgerBatch): Ledger {
  const others = withoutBatches(ledger, batch.recipe, [batch.key]);
  return { ...others, batches: [...others.batches, batch] };
}

/** The ledger without those batches of a recipe. */
export function withoutBatches(ledger: Ledger, recipe: string, keys: readonly string[]): Ledger {
  return { ...ledger, batches: ledger.batches.filter((each) => each.recipe !== recipe || !keys.includes(each.key)) };
}

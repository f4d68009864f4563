import { createHash } from "node:crypto";

import { AuditRecipe } from "../../src/domain/audit-recipe.ts";
import type { Claim } from "../../src/domain/finding.ts";
import type { Ledger } from "../../src/domain/ledger.ts";
import { EMPTY_LEDGER } from "../../src/domain/ledger.ts";
import type { AuditReport } from "../../src/domain/merge-audits.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/settings.ts";
import { auditByRules } from "../../src/flow/audit-by-rules.ts";
import type { AuditRequest } from "../../src/flow/prepare-audit.ts";
import { readInFanOut } from "../../src/flow/read-all.ts";
import { type AuditParts, runAudit } from "../../src/flow/run-audit.ts";
import type { Detector } from "../../src/ports/detector.ts";
import type { LedgerStore } from "../../src/ports/ledger-store.ts";
import { memorySnapshot } from "./memory-snapshot.ts";

/** Looks for lines with `BUG <type>`. */
const RECIPE = AuditRecipe.parse({
  name: "bugs",
  title: "Bugs",
  reportPath: "docs/bugs.md",
  files: ["**/*.ts"],
  issueTypes: [
    { id: "worst", title: "Worst", rules: ["find-worst"] },
    { id: "lesser", title: "Lesser", categories: ["lesser"] },
  ],
});

export function auditRecipe(): AuditRecipe {
  return RECIPE;
}

export type CountingDetector = Detector & { readonly read: string[] };

/** Claims each line with `BUG worst` or `BUG lesser`; remembers which paths it was given. */
export function lineDetector(): CountingDetector {
  const read: string[] = [];
  return {
    read,
    async detect(files) {
      read.push(...files.map(({ path }) => path));
      return files.map(({ path, text }) => ({
        path,
        claims: text.split("\n").flatMap((line, index) => claimOn(path, line, index + 1)),
      }));
    },
  };
}

function claimOn(path: string, line: string, number: number): Claim[] {
  const type = /BUG (\w+)/.exec(line)?.[1];
  if (type === undefined) return [];
  return [
    {
      path,
      startLine: number,
      endLine: number,
      side: "RIGHT",
      severity: type === "worst" ? "high" : "low",
      category: type,
      title: `A ${type} bug`,
      detail: "It is wrong.",
      failureScenario: "Whenever it runs.",
      quote: line,
      confidence: 1,
      source: "rule",
      ruleId: `find-${type}`,
    },
  ];
}

export function memoryLedger(): LedgerStore & { ledger: Ledger } {
  const store = {
    ledger: EMPTY_LEDGER,
    read: async () => store.ledger,
    async update(change: (newest: Ledger) => Ledger) {
      store.ledger = change(store.ledger);
    },
  };
  return store;
}

export type Audited = {
  readonly files: Readonly<Record<string, string>>;
  readonly detector?: CountingDetector;
  readonly ledger?: LedgerStore;
  readonly request?: Partial<AuditRequest>;
  readonly renames?: ReadonlyMap<string, string>;
  readonly estimateUsd?: (tokens: number) => number;
  /** How it is kept and shared; not at all where absent. */
  readonly kept?: Pick<AuditParts, "checkpointFor" | "sharedWork">;
  readonly signal?: AbortSignal;
};

export const NEVER = new AbortController().signal;

/** Runs one shard of an audit of files in memory. */
export async function auditOf(audited: Audited): Promise<AuditReport> {
  const detector = audited.detector ?? lineDetector();
  const sha = createHash("sha1").update(JSON.stringify(audited.files)).digest("hex");
  let now = 0;
  const clock = { now: () => (now += 1), sleep: async () => undefined };
  const parts: AuditParts = {
    source: {
      load: async () => ({
        repository: "acme/shop",
        head: memorySnapshot(audited.files, { sha }),
        history: { churn: async () => new Map(), renamesSince: async () => audited.renames },
        attributes: async () => new Map(),
      }),
    },
    readSettings: async () => DEFAULT_SETTINGS,
    readRecipe: async () => RECIPE,
    openEngine: async () => ({
      version: "v1",
      reasonAgainst: () => undefined,
      estimateUsd: audited.estimateUsd ?? (() => 0),
      reader: (prepared, run) => ({
        readAll: readInFanOut(prepared, auditByRules(prepared, detector, run.clock), run),
      }),
      [Symbol.asyncDispose]: async () => undefined,
    }),
    ledger: audited.ledger,
    ...audited.kept,
    journal: { write: () => undefined },
    clock,
  };
  const request: AuditRequest = {
    engine: "rules",
    concurrency: 4,
    globs: [],
    shard: { index: 1, of: 1 },
    budgetUsd: undefined,
    today: "2026-11-22",
    ...audited.request,
  };
  return (await runAudit(parts, request, audited.signal ?? NEVER, NEVER)).report;
}

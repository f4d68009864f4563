import { createHash } from "node:crypto";

import { claudeBatches } from "../../../src/adapters/claude/claude-batches.ts";
import { claudeModel } from "../../../src/adapters/claude/claude-model.ts";
import { batchPrice, priceOf } from "../../../src/domain/price.ts";
import { DEFAULT_SETTINGS } from "../../../src/domain/settings.ts";
import { auditByClaude } from "../../../src/flow/audit-by-claude.ts";
import { openBatches } from "../../../src/flow/batches/open-batches.ts";
import { readInBatches } from "../../../src/flow/batches/read-in-batches.ts";
import { readOpenBatches } from "../../../src/flow/batches/read-open-batches.ts";
import { concludeAudit, type ConcludedAudit } from "../../../src/flow/conclude-audit.ts";
import { readInFanOut } from "../../../src/flow/read-all.ts";
import { type AuditParts, runAudit } from "../../../src/flow/run-audit.ts";
import type { Batches } from "../../../src/ports/batches.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { LedgerStore } from "../../../src/ports/ledger-store.ts";
import { type ClaudeStandin, startClaude } from "../../../src/standin/claude/server.ts";
import { toolTurn } from "../../../src/standin/claude/turns.ts";
import type { ClaudeOptions } from "../../../src/standin/claude/world.ts";
import { purseOf } from "../../../src/subagent/purse.ts";
import { anthropicContract } from "../../contract/anthropic/anthropic-contract.ts";
import { auditRecipe, lineDetector, memoryLedger, NEVER } from "../../support/audit-builders.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const MODEL = "claude-sonnet-5-5";
const contract = anthropicContract();

/** What a night is run with; the same stage may have many nights. */
type Night = {
  readonly files: Readonly<Record<string, string>>;
  readonly budgetUsd?: number;
  readonly version?: string;
  /** False: the switch is off, and what is not in an open batch is asked at once. */
  readonly batch?: boolean;
  /** Called before and after each call to the outside; what it throws kills the run there. */
  readonly at?: (step: string) => void;
  readonly stop?: AbortSignal;
};

/** A model server and a ledger that outlive the nights, and a clock on which nobody waits. */
export type NightStage = AsyncDisposable & {
  readonly claude: ClaudeStandin;
  readonly ledger: ReturnType<typeof memoryLedger>;
  readonly violations: string[];
  /** Milliseconds that were waited for, in order. */
  readonly waits: number[];
  night(night: Night): Promise<ConcludedAudit>;
  /** Batches that were handed in so far. */
  handedIn(): number;
};

export async function openNights(options: ClaudeOptions = {}): Promise<NightStage> {
  const claude = await startClaude({ validate: contract.validate, ...options });
  const violations: string[] = [];
  const fetch = contract.fetch((violation) => violations.push(violation));
  const ledger = memoryLedger();
  const waits: number[] = [];
  let now = Date.now();
  const clock: Clock = {
    now: () => (now += 1),
    async sleep(ms, signal) {
      signal.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
  const night = async ({
    files,
    budgetUsd = 5,
    version = "v1",
    batch = true,
    at,
    stop = NEVER,
  }: Night): Promise<ConcludedAudit> => {
    const batches = mortal<Batches>(claudeBatches({ apiKey: "key", baseUrl: claude.url }, fetch), at);
    const store = mortal<LedgerStore>(ledger, at);
    const price = batchPrice(priceOf(MODEL));
    const detector = lineDetector();
    const journal = { write: () => undefined };
    const sha = createHash("sha1").update(JSON.stringify(files)).digest("hex");
    const parts: AuditParts = {
      source: {
        load: async () => ({
          repository: "acme/shop",
          head: memorySnapshot(files, { sha }),
          history: { churn: async () => new Map(), renamesSince: async () => new Map() },
          attributes: async () => new Map(),
        }),
      },
      readSettings: async () => DEFAULT_SETTINGS,
      readRecipe: async () => auditRecipe(),
      openEngine: async () => ({
        version: batch ? version : `${version} at once`,
        batchVersion: version,
        reasonAgainst: () => undefined,
        estimateUsd: () => 0.001,
        openBatches: (entries, signal) => openBatches(entries, batches, price, signal),
        reader(prepared) {
          const left = Math.max(0, budgetUsd - prepared.openBatches.committedUsd);
          const engine = { batches, modelId: MODEL, effort: undefined, price, purse: purseOf(left), budgetUsd: left };
          if (batch) return { readAll: readInBatches(prepared, engine, { detector, journal, clock, ledger: store }) };
          const rest = { ...prepared, subtasks: prepared.subtasks.filter(({ id }) => !prepared.resumed.has(id)) };
          const model = claudeModel({ apiKey: "key", baseUrl: claude.url, idleTimeoutMs: 60_000 });
          const asking = auditByClaude(
            rest,
            { ...engine, model, verifierModelId: MODEL },
            { detector, journal, clock },
          );
          const readRest = readInFanOut(rest, asking, { journal, clock, concurrency: 4 });
          return { readAll: readOpenBatches(prepared, engine, { detector, journal, clock }, readRest) };
        },
        [Symbol.asyncDispose]: async () => undefined,
      }),
      ledger: store,
      journal,
      clock,
    };
    const today = "2026-11-22";
    const request = {
      engine: "claude" as const,
      concurrency: 4,
      globs: [],
      shard: { index: 1, of: 1 },
      budgetUsd,
      today,
    };
    const { report } = await runAudit(parts, request, NEVER, stop);
    return concludeAudit([report], { ledger: store, history: undefined, failOn: "never", today }, NEVER);
  };
  return {
    claude,
    ledger,
    violations,
    waits,
    night,
    handedIn: () =>
      claude.journal.entries.filter(({ method, path }) => method === "POST" && path === "/v1/messages/batches").length,
    [Symbol.asyncDispose]: () => claude[Symbol.asyncDispose](),
  };
}

/** The same object, whose calls can be killed before they are made and before their answer is heard. */
function mortal<T extends object>(whole: T, at: Night["at"]): T {
  if (at === undefined) return whole;
  return new Proxy(whole, {
    get(target, name, receiver): unknown {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]): Promise<unknown> => {
        at(`before ${String(name)}`);
        const result: unknown = await Reflect.apply(value, target, args);
        at(`after ${String(name)}`);
        return result;
      };
    },
  });
}

/** What a reader answers about a file whose text has `SMELL`. */
export function smellTurn(path: string): ReturnType<typeof toolTurn> {
  const finding = {
    path,
    quote: "SMELL",
    line_hint: 0,
    severity: "medium",
    category: "lesser",
    title: `It smells in ${path}`,
    detail: "",
    failure_scenario: "Always.",
    suggestion: "",
    confidence: "certain",
  };
  return toolTurn([{ name: "report_findings", input: { findings: [finding], final: true } }]);
}

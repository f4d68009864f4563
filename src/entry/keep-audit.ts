import { createHash } from "node:crypto";

import { budgetOf } from "../domain/budget-of.ts";
import type { Sha } from "../domain/change-set.ts";
import type { BegunAudit } from "../flow/conclude-audit.ts";
import type { AuditRequest, PreparedAudit } from "../flow/prepare-audit.ts";
import type { AuditParts } from "../flow/run-audit.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import { type AuditBasis, type RunHeader, TRANSCRIPT_SCHEMA, type TranscriptEntry } from "../ports/run-store.ts";
import type { AuditOrder } from "./compose-audit.ts";
import type { Host } from "./host.ts";
import { headerIn, openCheckpoint } from "./open-checkpoint.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { VERSION } from "./version.ts";

/** What an earlier part of an audit began with: its commit, that of its recipe and settings, and what it was planned from. */
export type AuditBeginning = { readonly head: Sha; readonly guidance: Sha; readonly basis: AuditBasis };

/** An audit that is kept where the host can, so that another process goes on with it. Dispose it when it is over. */
export type KeptAudit = AsyncDisposable & {
  /** Undefined for an audit that begins now. */
  readonly begun: AuditBeginning | undefined;
  /** What the flow is made with, beside what the order says. */
  parts(order: KeptOrder): Pick<AuditParts, "checkpointFor" | "sharedWork">;
  /** What the comparison with the ledger goes by; undefined where nothing is kept. */
  begunWith(ledger: Pick<LedgerStore, "read"> | undefined): BegunAudit | undefined;
  /** The report is where it belongs: whoever asks for the same again asks for a new audit. */
  delivered(): void;
};

type KeptOrder = Pick<AuditOrder, "claude" | "verifierModel" | "journal"> & {
  /** Where recipe and settings are read, when that is not the commit that is audited. */
  readonly guidance?: Sha;
  /** The version of the ledger that the audit is planned from. */
  readonly ledger?: string | undefined;
};

/** @param asked the audit among those that the host may have kept: which request, and which recipe */
export async function keepAudit(
  { keeper, sharedWork }: Pick<Host, "keeper" | "sharedWork">,
  asked: { readonly run: string; readonly recipe: string },
  signal: AbortSignal,
): Promise<KeptAudit> {
  const open = new AsyncDisposableStack();
  const begun = beginningIn((await keeper?.earlier(asked.run, signal)) ?? [], asked);
  let checkpoint: Awaited<ReturnType<typeof openCheckpoint>>;
  return {
    begun,
    parts(order) {
      if (keeper === undefined) return {};
      const { journal } = order;
      return {
        sharedWork,
        async checkpointFor(prepared, checkpointSignal) {
          const earlier = begun === undefined ? "ignore" : "resume-if-same";
          const place = { keeper, earlier, prices: prepared.settings.prices, journal } as const;
          checkpoint = await openCheckpoint(place, headerOf(asked, order, prepared), checkpointSignal);
          if (checkpoint !== undefined) open.use(checkpoint);
          return checkpoint;
        },
      };
    },
    begunWith(ledger) {
      if (checkpoint === undefined || ledger === undefined) return undefined;
      return { startedMs: checkpoint.startMs, readLedger: (readSignal) => ledger.read(readSignal) };
    },
    delivered: () => void checkpoint?.ending({ timeUp: false }),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** The request of an audit that goes on as it was begun. */
export function asBegun(request: AuditRequest, begun: AuditBeginning | undefined): AuditRequest {
  if (begun === undefined) return request;
  const { globs, today, plannedUsd } = begun.basis;
  return { ...request, globs, today, plannedUsd };
}

/** Undefined when there is no such audit, or it was delivered. */
function beginningIn(
  entries: readonly TranscriptEntry[],
  { run, recipe }: { readonly run: string; readonly recipe: string },
): AuditBeginning | undefined {
  if (entries.length === 0) return undefined;
  const { head, base: guidance, request } = headerIn(entries);
  const state = entries.findLast(({ kind }) => kind === "run" || kind === "resume" || kind === "end");
  const basis = request.audit;
  if (state?.kind === "end" || request.run !== run || basis?.recipe !== recipe) return undefined;
  return { head, guidance, basis };
}

function headerOf(
  { run, recipe }: { readonly run: string; readonly recipe: string },
  { claude, verifierModel, guidance, ledger }: KeptOrder,
  { tree, request, settings, version, subtasks, files }: PreparedAudit,
): RunHeader {
  const budgetUsd = budgetOf(request, settings);
  const verifies = verifierModel ?? settings.quality.verifierModel;
  const { globs, today, plannedUsd = budgetUsd } = request;
  const planHash = createHash("sha256")
    .update(JSON.stringify([version, subtasks, files]))
    .digest("hex");
  return {
    kind: "run",
    schema: TRANSCRIPT_SCHEMA,
    version: VERSION,
    startedMs: SYSTEM_CLOCK.now(),
    repository: tree.repository,
    base: guidance ?? tree.head.sha,
    head: tree.head.sha,
    planHash,
    budgetUsd,
    request: {
      run,
      engine: claude === undefined ? "rules" : "claude",
      ...(claude === undefined ? {} : { model: claude.modelId }),
      ...(claude === undefined || verifies === undefined ? {} : { verifierModel: verifies }),
      ...(claude?.effort === undefined ? {} : { effort: claude.effort }),
      ...(claude?.isRegional === true ? { isRegional: true } : {}),
      audit: { recipe, globs, today, plannedUsd, ...(ledger === undefined ? {} : { ledger }) },
    },
  };
}

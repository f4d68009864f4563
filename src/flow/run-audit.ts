import type { AuditRecipe } from "../domain/audit-recipe.ts";
import { EMPTY_LEDGER } from "../domain/ledger.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import type { Settings } from "../domain/settings.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import type { SharedWork } from "../ports/shared-work.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { TreeSource } from "../ports/tree-source.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import { type AuditReader, conductAudit } from "./conduct-audit.ts";
import { joinRun, type JoinedRun } from "./join-run.ts";
import { type AuditEngine, type AuditRequest, prepareAudit, type PreparedAudit } from "./prepare-audit.ts";
import type { ReadSettings } from "./prepare-review.ts";

/** The engine of one audit, ready to run. Dispose it when the audit has ended. */
export type OpenedAuditEngine = AuditEngine &
  AsyncDisposable & { reader(prepared: PreparedAudit, run: JoinedRun): AuditReader };

/** What an audit is made with. Recipe and engine depend on the tree, which is known only once it is loaded. */
export type AuditParts = {
  readonly source: TreeSource;
  readonly readSettings: ReadSettings;
  readonly readRecipe: (head: Snapshot, signal: AbortSignal) => Promise<AuditRecipe>;
  readonly openEngine: (
    head: Snapshot,
    settings: Settings,
    recipe: AuditRecipe,
    signal: AbortSignal,
  ) => Promise<OpenedAuditEngine>;
  /** Says what need not be read again; absent when nothing is remembered. */
  readonly ledger: Pick<LedgerStore, "read"> | undefined;
  /** How the run is kept; absent when it is not. Batches are kept by the ledger, and need no other keeping. */
  readonly checkpointFor?:
    | ((prepared: PreparedAudit, signal: AbortSignal) => Promise<Checkpoint | undefined>)
    | undefined;
  /** Other processes that do the same run; absent when there are none. Needs `checkpointFor`. */
  readonly sharedWork?: SharedWork | undefined;
  readonly journal: Journal;
  readonly clock: Clock;
};

/** An audit that is planned and has not begun. Dispose it when it has ended. */
export type OpenedAudit = AsyncDisposable & { readonly prepared: PreparedAudit; readonly engine: OpenedAuditEngine };

/** Loads the tree, its recipe and the ledger, opens the engine and plans. Spends nothing. */
export async function openAudit(parts: AuditParts, request: AuditRequest, signal: AbortSignal): Promise<OpenedAudit> {
  const tree = await parts.source.load(signal);
  const settings = await parts.readSettings(tree.head, signal);
  const recipe = await parts.readRecipe(tree.head, signal);
  const ledger = (await parts.ledger?.read(signal)) ?? EMPTY_LEDGER;
  await using stack = new AsyncDisposableStack();
  const engine = stack.use(await parts.openEngine(tree.head, settings, recipe, signal));
  const prepared = await prepareAudit({ tree, recipe, settings, engine, ledger }, request, signal);
  const open = stack.move();
  return { prepared, engine, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** What one shard found, and the tree it found it in. */
export type AuditRun = { readonly report: AuditReport; readonly prepared: PreparedAudit };

/** Carries out one shard of an audit (the only one, for `1/1`). Writes nothing: see `concludeAudit`. */
export async function runAudit(
  parts: AuditParts,
  request: AuditRequest,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<AuditRun> {
  await using audit = await openAudit(parts, request, signal);
  const { prepared, engine } = audit;
  const { subtasks } = prepared;
  const checkpoint = await parts.checkpointFor?.(prepared, signal);
  const size = { subtasks: subtasks.length, concurrency: request.concurrency };
  const run = await joinRun({ ...parts, checkpoint, sharedWork: parts.sharedWork }, size, signal);
  const skipped = prepared.files.flatMap(({ path, state, reason = "" }) =>
    state === "skipped" || state === "postponed" ? [{ path, reason }] : [],
  );
  const plan = { subtasks, skipped, notes: prepared.notes, warnings: [] };
  run.journal.write({ kind: "plan-ready", plan });
  const report = await conductAudit(prepared, engine.reader(prepared, run), run, signal, deadline);
  return { report, prepared };
}

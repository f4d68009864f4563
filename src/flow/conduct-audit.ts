import type { AuditedFile } from "../domain/audit-section.ts";
import { conclude } from "../domain/conclude.ts";
import { coverageOf } from "../domain/coverage-ledger.ts";
import type { CoverageEntry } from "../domain/coverage.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import { REPORT_SCHEMA } from "../domain/report.ts";
import { scheduleOf } from "../domain/schedule.ts";
import { wholeFile } from "../domain/select-audit-files.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { addUsage, NO_USAGE } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { auditFindings, typed, withJudgements } from "./audit-findings.ts";
import { isFatal } from "./fan-out.ts";
import type { Investigation } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import type { ReadAll } from "./read-all.ts";
import { reportedSubtask } from "./reported-subtask.ts";
import { NOTHING_VERIFIED, type Verify } from "./verify-findings.ts";

/** An engine at work on one prepared audit. `verify` is absent when findings are not verified. */
export type AuditReader = { readonly readAll: ReadAll; readonly verify?: Verify | undefined };

/**
 * Reads what this shard is to read and makes its report; the reports of all shards are merged afterwards, also when there is one.
 * `signal` cancels the run; `deadline` ends it with what there is.
 * @throws {ExternalError} when every call failed the same way: there is nothing to report but that.
 */
export async function conductAudit(
  prepared: PreparedAudit,
  reader: AuditReader,
  parts: { readonly journal: Journal; readonly clock: Clock },
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<AuditReport> {
  const { subtasks, request, recipe, tree } = prepared;
  const startMs = parts.clock.now();
  const stop = AbortSignal.any([signal, deadline]);
  const { investigations, settledBatches = [], notes = [] } = await reader.readAll(stop);
  const outcomes = investigations.map(({ outcome }) => outcome);
  const fatal = outcomes.find(isFatal);
  // What had been paid for before a key was refused or an account was empty is still delivered, as a partial result.
  if (fatal !== undefined && outcomes.every(({ turns }) => turns === 0)) throw fatal.error;

  const paths = subtasks.flatMap((subtask) => subtask.files.map(({ path }) => path));
  const readings = coverageOf(
    { subtasks, skipped: [], notes: [], warnings: [] },
    { files: paths.map((path) => wholeFile(path)) },
    outcomes,
  );
  const files = withReadings(prepared.files, readings, subtasks, investigations);
  const found = await auditFindings(prepared, investigations, signal);
  const unverified = found.filter(({ verdict }) => verdict === "unverified");
  const verify = fatal === undefined ? reader.verify : undefined;
  const verified = (await verify?.(unverified, subtasks, stop)) ?? NOTHING_VERIFIED;
  const findings = withJudgements(found, verified.judgements, prepared);
  const ran = [...subtasks, ...verified.subtasks];
  const endings = [...outcomes, ...verified.outcomes];
  const readers = new Map(readings.map((entry) => [entry.path, entry.subtasks]));
  const coverage = files
    .filter((file) => file.shard === request.shard.index)
    .map((file) => coverageEntry(file, readers.get(file.path) ?? []));
  const listed = ran.flatMap((subtask, index) => {
    const outcome = endings[index];
    return outcome === undefined ? [] : [reportedSubtask(subtask, outcome, startMs)];
  });
  const verdict = conclude(
    { coverage, subtasks: listed, findings, unlistedFiles: 0, cancelled: signal.aborted },
    "never",
  );
  const report: AuditReport = {
    schema: REPORT_SCHEMA,
    job: "audit",
    target: { repository: tree.repository, base: tree.head.sha, head: tree.head.sha },
    engine: request.engine,
    coverage,
    findings: [...findings],
    subtasks: listed,
    usage: endings.reduce((sum, outcome) => addUsage(sum, outcome.usage), NO_USAGE),
    costUsd: endings.reduce((sum, outcome) => sum + outcome.costUsd, 0),
    ...scheduleOf(ran, endings),
    conclusion: verdict.conclusion,
    notes: [
      ...prepared.notes,
      ...offTopic(prepared, outcomes),
      ...notes,
      ...verified.notes,
      ...(fatal === undefined ? [] : [`The run was ended early: ${fatal.error.message}.`]),
      ...(deadline.aborted ? ["The time limit ended the run; what had been found until then is here."] : []),
    ],
    audit: {
      recipe,
      version: prepared.version,
      globs: [...request.globs],
      shard: request.shard,
      files,
      ...(settledBatches.length === 0 ? {} : { settledBatches: [...settledBatches] }),
      fullPass: prepared.fullPass,
    },
  };
  parts.journal.write({ kind: "run-end", report });
  return report;
}

/** What became of the files that this shard was to read. */
function withReadings(
  files: readonly AuditedFile[],
  readings: readonly CoverageEntry[],
  subtasks: readonly Subtask[],
  investigations: readonly Investigation[],
): AuditedFile[] {
  const reading = new Map(readings.map((entry) => [entry.path, entry]));
  const leftOut = new Map(
    investigations.flatMap((each) => (each.leftOut ?? []).map(({ path, reason }) => [path, reason])),
  );
  const later = new Map(
    investigations.flatMap((each, index) =>
      each.later === undefined ? [] : (subtasks[index]?.files ?? []).map(({ path }) => [path, each.later]),
    ),
  );
  const unanalysed = new Map(
    investigations.flatMap((each) => each.unanalysed.map(({ path, reason }) => [path, reason])),
  );
  return files.map((file) => {
    const entry = reading.get(file.path);
    if (file.state !== "read" || entry === undefined) return file;
    const skipped = leftOut.get(file.path);
    if (skipped !== undefined) return { ...file, state: "skipped", reason: skipped };
    const awaited = later.get(file.path);
    if (awaited !== undefined) return { ...file, state: "postponed", reason: awaited };
    const reason = entry.status === "reviewed" ? unanalysed.get(file.path) : (entry.reason ?? "Not read.");
    return reason === undefined ? file : { ...file, state: "failed", reason };
  });
}

function coverageEntry({ path, state, reason = "" }: AuditedFile, subtasks: string[]): CoverageEntry {
  if (state === "read" || state === "reused") return { path, status: "reviewed", subtasks };
  return { path, status: state === "failed" ? "failed" : "skipped", reason, subtasks };
}

/** Nothing that was reported goes without a word, also when nobody asked for it. */
function offTopic(prepared: PreparedAudit, outcomes: readonly Outcome[]): readonly string[] {
  const left = outcomes.flatMap(({ claims }, index) => {
    const paths = new Set(prepared.subtasks[index]?.files.map(({ path }) => path));
    return claims.filter((claim) => !paths.has(claim.path) || typed(prepared.recipe, claim).length === 0);
  });
  if (left.length === 0) return [];
  const noun = left.length === 1 ? "1 report was" : `${left.length} reports were`;
  return [`${noun} left out: not about the files of its reader, or not of a type that the recipe asks for.`];
}

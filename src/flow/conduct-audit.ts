import type { Finding } from "../domain/finding.ts";
import { type AuditReport, inReportOrder, mergeAudits } from "../domain/merge-audits.ts";
import { isMoved } from "../domain/stop.ts";
import type { Subtask } from "../domain/subtask.ts";
import { unfinishedNote } from "../domain/unfinished-note.ts";
import { assembleAudit } from "./assemble-audit.ts";
import { auditFindings, withJudgements } from "./audit-findings.ts";
import { isFatal } from "./fan-out.ts";
import type { Investigation } from "./investigate.ts";
import type { JoinedRun } from "./join-run.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import type { ReadAll } from "./read-all.ts";
import { NOTHING_VERIFIED, type Verify } from "./verify-findings.ts";

/** An engine at work on one prepared audit. `verify` is absent when findings are not verified. */
export type AuditReader = { readonly readAll: ReadAll; readonly verify?: Verify | undefined };

/**
 * Reads what this shard is to read and makes its report; the reports of all shards are merged afterwards, also when there is one.
 * `signal` cancels the run; `deadline` ends it with what there is.
 * @throws {ExternalError} when every call failed the same way: there is nothing to report but that. The signal's reason when the run
 *   goes on in another process.
 */
export async function conductAudit(
  prepared: PreparedAudit,
  reader: AuditReader,
  { checkpoint, clock, journal }: Pick<JoinedRun, "checkpoint" | "clock" | "journal">,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<AuditReport> {
  const { subtasks } = prepared;
  const startMs = checkpoint?.startMs ?? clock.now();
  const stop = AbortSignal.any([signal, deadline]);
  const soFar = reportSoFar(prepared, startMs);
  checkpoint?.saveReport(soFar.report);
  const read = await reader.readAll(stop, async (subtask, investigation) => {
    if (checkpoint === undefined) return;
    await soFar.add(subtask, investigation);
    checkpoint.saveReport(soFar.report);
  });
  if (isMoved(signal)) throw signal.reason;
  const outcomes = read.investigations.map(({ outcome }) => outcome);
  const fatal = outcomes.find(isFatal);
  // What had been paid for before a key was refused or an account was empty is still delivered, as a partial result.
  if (fatal !== undefined && outcomes.every(({ turns }) => turns === 0)) throw fatal.error;

  const found = await auditFindings(prepared, read.investigations, signal);
  const unverified = found.filter(({ verdict }) => verdict === "unverified");
  const verify = fatal === undefined ? reader.verify : undefined;
  const verified = (await verify?.(unverified, subtasks, stop)) ?? NOTHING_VERIFIED;
  if (isMoved(signal)) throw signal.reason;
  const findings = withJudgements(found, verified.judgements, prepared);
  const ending = [
    ...(fatal === undefined ? [] : [`The run was ended early: ${fatal.error.message}.`]),
    ...(deadline.aborted ? ["The time limit ended the run; what had been found until then is here."] : []),
  ];
  const facts = { verified, startMs, cancelled: signal.aborted, ending };
  const report = assembleAudit(prepared, read, findings, facts);
  checkpoint?.saveFinalReport(report.audit.shard.of === 1 ? mergeAudits([report], "never").report : report);
  journal.write({ kind: "run-end", report });
  return report;
}

const ALONE = new AbortController().signal;

/** The report of an audit that is under way. Texts are looked at once, when the subtask that they belong to has ended. */
function reportSoFar(
  prepared: PreparedAudit,
  startMs: number,
): {
  readonly add: (subtask: Subtask, investigation: Investigation) => Promise<void>;
  readonly report: () => AuditReport;
} {
  const { subtasks, recipe } = prepared;
  const ended = new Map<string, Investigation>();
  const findings: Finding[] = [];
  return {
    async add(subtask, investigation) {
      ended.set(subtask.id, investigation);
      const alone = { ...prepared, subtasks: [subtask], reused: new Map() };
      // Where that fails, the report in the end says so.
      findings.push(...(await auditFindings(alone, [investigation], ALONE).catch(() => [])));
    },
    report() {
      const investigations = subtasks.map(({ id }) => ended.get(id));
      const missing = investigations.filter((investigation) => investigation === undefined).length;
      const ending = [unfinishedNote(missing, subtasks.length)];
      const facts = { verified: NOTHING_VERIFIED, startMs, cancelled: false, ending };
      const report = assembleAudit(prepared, { investigations }, inReportOrder(findings, { recipe }), facts);
      // Their coverage says the same, and this is written again and again.
      return { ...report, conclusion: "partial", audit: { ...report.audit, files: [] } };
    },
  };
}

import { type AuditRecipe, issueTypeOf } from "../domain/audit-recipe.ts";
import type { AuditedFile } from "../domain/audit-section.ts";
import type { ClaimReport } from "../domain/cluster.ts";
import { combine } from "../domain/combine.ts";
import { conclude } from "../domain/conclude.ts";
import { coverageOf } from "../domain/coverage-ledger.ts";
import type { CoverageEntry } from "../domain/coverage.ts";
import type { Claim, Finding } from "../domain/finding.ts";
import { type AuditReport, inReportOrder } from "../domain/merge-audits.ts";
import { REPORT_SCHEMA } from "../domain/report.ts";
import { scheduleOf } from "../domain/schedule.ts";
import { wholeFile } from "../domain/select-audit-files.ts";
import type { Outcome } from "../domain/subtask.ts";
import { addUsage, NO_USAGE } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { fanOut, isFatal } from "./fan-out.ts";
import { notInvestigated, type Investigate, type Investigation } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import { readTexts } from "./read-texts.ts";
import { reportedSubtask } from "./reported-subtask.ts";

/**
 * Reads what this shard is to read and makes its report; the reports of all shards are merged afterwards, also when there is one.
 * `signal` cancels the run; `deadline` ends it with what there is.
 * @throws {ExternalError} when every call failed the same way: there is nothing to report but that.
 */
export async function conductAudit(
  prepared: PreparedAudit,
  investigate: Investigate,
  parts: { readonly journal: Journal; readonly clock: Clock },
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<AuditReport> {
  const { subtasks, request, recipe, tree } = prepared;
  const startMs = parts.clock.now();
  const investigations = await fanOut(
    subtasks,
    investigate,
    notInvestigated,
    { ...parts, concurrency: request.concurrency },
    AbortSignal.any([signal, deadline]),
  );
  const outcomes = investigations.map(({ outcome }) => outcome);
  const fatal = outcomes.find(isFatal);
  if (fatal !== undefined) throw fatal.error;

  const paths = subtasks.flatMap((subtask) => subtask.files.map(({ path }) => path));
  const readings = coverageOf(
    { subtasks, skipped: [], notes: [], warnings: [] },
    { files: paths.map((path) => wholeFile(path)) },
    outcomes,
  );
  const files = withReadings(prepared.files, readings, investigations);
  const findings = await findingsOf(prepared, investigations, signal);
  const readers = new Map(readings.map((entry) => [entry.path, entry.subtasks]));
  const coverage = files
    .filter((file) => file.shard === request.shard.index)
    .map((file) => coverageEntry(file, readers.get(file.path) ?? []));
  const listed = subtasks.flatMap((subtask, index) => {
    const outcome = outcomes[index];
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
    findings,
    subtasks: listed,
    usage: outcomes.reduce((sum, outcome) => addUsage(sum, outcome.usage), NO_USAGE),
    costUsd: outcomes.reduce((sum, outcome) => sum + outcome.costUsd, 0),
    ...scheduleOf(subtasks, outcomes),
    conclusion: verdict.conclusion,
    notes: [
      ...prepared.notes,
      ...offTopic(prepared, outcomes),
      ...(deadline.aborted ? ["The time limit ended the run; what had been found until then is here."] : []),
    ],
    audit: {
      recipe,
      version: prepared.version,
      globs: [...request.globs],
      shard: request.shard,
      files,
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
  investigations: readonly Investigation[],
): AuditedFile[] {
  const reading = new Map(readings.map((entry) => [entry.path, entry]));
  const leftOut = new Map(
    investigations.flatMap((each) => (each.leftOut ?? []).map(({ path, reason }) => [path, reason])),
  );
  const unanalysed = new Map(
    investigations.flatMap((each) => each.unanalysed.map(({ path, reason }) => [path, reason])),
  );
  return files.map((file) => {
    const entry = reading.get(file.path);
    if (file.state !== "read" || entry === undefined) return file;
    const skipped = leftOut.get(file.path);
    if (skipped !== undefined) return { ...file, state: "skipped", reason: skipped };
    const reason = entry.status === "reviewed" ? unanalysed.get(file.path) : (entry.reason ?? "Not read.");
    return reason === undefined ? file : { ...file, state: "failed", reason };
  });
}

function coverageEntry({ path, state, reason = "" }: AuditedFile, subtasks: string[]): CoverageEntry {
  if (state === "read" || state === "reused") return { path, status: "reviewed", subtasks };
  return { path, status: state === "failed" ? "failed" : "skipped", reason, subtasks };
}

/** Everything found and everything reused, as findings: all of it counts, and all of it is shown in the one report. */
async function findingsOf(
  prepared: PreparedAudit,
  investigations: readonly Investigation[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const { subtasks, recipe, reused, tree } = prepared;
  const reports: ClaimReport[] = [
    ...subtasks.map((subtask, index) => ({
      subtaskId: subtask.id,
      lens: recipe.name,
      paths: subtask.files.map(({ path }) => path),
      claims: investigations[index]?.outcome.claims ?? [],
    })),
    ...[...reused].map(([path, { claims }]) => ({
      subtaskId: "reused",
      lens: recipe.name,
      paths: [path],
      claims: claims.map((claim): Claim => ({ ...claim, path })),
    })),
  ].map((report) => ({
    ...report,
    // A claim about a file of somebody else's would be judged without that file's text.
    claims: report.claims.filter(({ path }) => report.paths.includes(path)).flatMap((claim) => typed(recipe, claim)),
  }));
  const paths = [...new Set(reports.flatMap(({ claims }) => claims.map(({ path }) => path)))];
  const headTexts = await readTexts(tree.head, paths, signal.aborted ? new AbortController().signal : signal);
  const { findings } = combine({
    reports,
    changeSet: { files: paths.map((path) => wholeFile(path)) },
    headTexts,
    limits: prepared.settings,
  });
  return inReportOrder(
    findings.map((finding) => ({
      ...finding,
      placement: "summary",
      placementReason: "an audit is delivered as one report",
    })),
    { recipe },
  );
}

/** The claim under the type that the recipe gives it; nothing for what the recipe does not ask for. */
function typed(recipe: AuditRecipe, claim: Claim): Claim[] {
  const type = issueTypeOf(recipe, claim);
  return type === undefined ? [] : [{ ...claim, category: type.id }];
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

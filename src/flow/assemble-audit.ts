import type { AuditedFile } from "../domain/audit-section.ts";
import { conclude } from "../domain/conclude.ts";
import { coverageOf } from "../domain/coverage-ledger.ts";
import type { CoverageEntry } from "../domain/coverage.ts";
import type { Finding } from "../domain/finding.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import { REPORT_SCHEMA } from "../domain/report.ts";
import { scheduleOf } from "../domain/schedule.ts";
import { wholeFile } from "../domain/select-audit-files.ts";
import type { Subtask } from "../domain/subtask.ts";
import { addUsage, NO_USAGE } from "../domain/usage.ts";
import { typed } from "./audit-findings.ts";
import type { Investigation } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import type { AllRead } from "./read-all.ts";
import { reportedSubtask } from "./reported-subtask.ts";
import type { Verification } from "./verify-findings.ts";

/** What this shard has read so far. */
export type Read = Omit<AllRead, "investigations"> & {
  /** In plan order; undefined for subtasks that have not ended. */
  readonly investigations: readonly (Investigation | undefined)[];
};

/** The report of one shard. */
export function assembleAudit(
  prepared: PreparedAudit,
  read: Read,
  findings: readonly Finding[],
  facts: {
    readonly verified: Verification;
    readonly startMs: number;
    readonly cancelled: boolean;
    /** Sentences about how it ended. */
    readonly ending: readonly string[];
  },
): AuditReport {
  const { request, recipe, tree } = prepared;
  const { verified, startMs } = facts;
  const ended = prepared.subtasks.flatMap((subtask, index) => {
    const investigation = read.investigations[index];
    return investigation === undefined ? [] : [{ subtask, investigation }];
  });
  const readings = readingsOf(
    prepared,
    ended.map(({ investigation }) => investigation),
  );
  const files = withReadings(prepared, readings, read.investigations);
  const ran = [...ended.map(({ subtask }) => subtask), ...verified.subtasks];
  const endings = [...ended.map(({ investigation }) => investigation.outcome), ...verified.outcomes];
  const readers = new Map(readings.map((entry) => [entry.path, entry.subtasks]));
  const coverage = files
    .filter((file) => file.shard === request.shard.index)
    .map((file) => coverageEntry(file, readers.get(file.path) ?? []));
  const subtasks = ran.flatMap((subtask, index) => {
    const outcome = endings[index];
    return outcome === undefined ? [] : [reportedSubtask(subtask, outcome, startMs)];
  });
  const { cancelled } = facts;
  const verdict = conclude({ coverage, subtasks, findings, unlistedFiles: 0, cancelled }, "never");
  const { settledBatches = [], notes = [] } = read;
  return {
    schema: REPORT_SCHEMA,
    job: "audit",
    target: { repository: tree.repository, base: tree.head.sha, head: tree.head.sha },
    engine: request.engine,
    coverage,
    findings: [...findings],
    subtasks,
    usage: endings.reduce((sum, outcome) => addUsage(sum, outcome.usage), NO_USAGE),
    costUsd: endings.reduce((sum, outcome) => sum + outcome.costUsd, 0),
    ...scheduleOf(ran, endings),
    conclusion: verdict.conclusion,
    notes: [...prepared.notes, ...offTopic(prepared, read), ...notes, ...verified.notes, ...facts.ending],
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
}

function readingsOf({ subtasks }: PreparedAudit, ended: readonly Investigation[]): readonly CoverageEntry[] {
  const paths = subtasks.flatMap(({ files }) => files.map(({ path }) => path));
  return coverageOf(
    { subtasks, skipped: [], notes: [], warnings: [] },
    { files: paths.map((path) => wholeFile(path)) },
    ended.map(({ outcome }) => outcome),
  );
}

/** What became of the files that this shard was to read. */
function withReadings(
  { files, subtasks }: PreparedAudit,
  readings: readonly CoverageEntry[],
  investigations: Read["investigations"],
): AuditedFile[] {
  const reading = new Map(readings.map((entry) => [entry.path, entry]));
  const each = investigations.filter((investigation) => investigation !== undefined);
  const leftOut = new Map(each.flatMap(({ leftOut: out = [] }) => out.map(({ path, reason }) => [path, reason])));
  const unanalysed = new Map(each.flatMap((one) => one.unanalysed.map(({ path, reason }) => [path, reason])));
  const pathsOf = (subtask: Subtask | undefined): readonly string[] => subtask?.files.map(({ path }) => path) ?? [];
  const later = new Map(
    investigations.flatMap((one, index) =>
      one?.later === undefined ? [] : pathsOf(subtasks[index]).map((path) => [path, one.later]),
    ),
  );
  const pending = new Set(
    subtasks.flatMap((subtask, index) => (investigations[index] === undefined ? pathsOf(subtask) : [])),
  );
  return files.map((file) => {
    const entry = reading.get(file.path);
    if (file.state !== "read" || entry === undefined) return file;
    if (pending.has(file.path)) return { ...file, state: "failed", reason: "Not read yet." };
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
function offTopic(prepared: PreparedAudit, { investigations }: Read): readonly string[] {
  const left = investigations.flatMap((investigation, index) => {
    const paths = new Set(prepared.subtasks[index]?.files.map(({ path }) => path));
    const claims = investigation?.outcome.claims ?? [];
    return claims.filter((claim) => !paths.has(claim.path) || typed(prepared.recipe, claim).length === 0);
  });
  if (left.length === 0) return [];
  const noun = left.length === 1 ? "1 report was" : `${left.length} reports were`;
  return [`${noun} left out: not about the files of its reader, or not of a type that the recipe asks for.`];
}

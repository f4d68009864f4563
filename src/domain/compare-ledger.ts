import type { AuditedFile, AuditSection } from "./audit-section.ts";
import { codeKey } from "./code-likeness.ts";
import { compareText } from "./compare-text.ts";
import type { Finding } from "./finding.ts";
import { type Acceptance, type Ledger, type LedgerIssue, type LedgerRun, ofRecipe, rememberedClaim } from "./ledger.ts";
import { matchIssues } from "./match-issues.ts";
import type { RepoPath } from "./repo-path.ts";
import type { Report } from "./report.ts";
import { recipeMatcher } from "./select-audit-files.ts";

/** A finding of this run and what the ledger knows of it. */
export type Standing = {
  readonly finding: Finding;
  readonly state: "new" | "open" | "accepted";
  /** Its identity in the ledger. */
  readonly issue: LedgerIssue;
  /** Present when accepted, and when an acceptance has run out. */
  readonly acceptance?: Acceptance;
};

/** This run beside the one before it. */
export type Comparison = {
  /** In the order of the report's findings. */
  readonly standings: readonly Standing[];
  /** Open or accepted before, and looked for in vain. Sorted as the ledger is. */
  readonly fixed: readonly LedgerIssue[];
  /** Open before, in files that nobody looked at this time. */
  readonly unchecked: readonly LedgerIssue[];
  /** The last run of this recipe; undefined for the first. */
  readonly previous: LedgerRun | undefined;
  /** The recipe's runs with this one, oldest first. */
  readonly runs: readonly LedgerRun[];
  /** What the ledger says about this recipe from now on. */
  readonly next: Ledger;
};

/** Paths that git says were renamed between two audited commits (old -> new), and the day of this run. */
export type ComparisonFacts = {
  readonly renames: ReadonlyMap<RepoPath, RepoPath>;
  /** ISO date. */
  readonly today: string;
  /** See `LedgerRun`; absent where a run is carried out in one go. */
  readonly startedMs?: number | undefined;
};

/**
 * Sets a whole audit beside the ledger: what is new, still there, accepted, gone, or was not looked at. A fixed issue that comes
 * back is new again, under its old identity. An issue counts as fixed only when its file was read, or is gone.
 */
export function compareLedger(
  report: Report,
  audit: AuditSection,
  ledger: Ledger,
  { renames, today, startedMs }: ComparisonFacts,
): Comparison {
  const own = ofRecipe(ledger, audit.recipe.name);
  const seen = { head: report.target.head, date: today };
  const findings = report.findings.filter((finding) => finding.verdict !== "refuted");
  const matches = matchIssues(findings, own.issues, renames);
  const standings = findings.map((finding): Standing => {
    const before = matches.get(finding);
    const wasOpen = before !== undefined && before.status !== "fixed";
    const acceptance = before?.status === "accepted" ? before.acceptance : undefined;
    const holds = acceptance !== undefined && (acceptance.expires === undefined || acceptance.expires > today);
    const issue = issueOf(finding, audit, {
      id: before?.id ?? finding.fingerprint,
      firstSeen: wasOpen ? before.firstSeen : seen,
      lastSeen: seen,
      ...(wasOpen && before.fix !== undefined ? { fix: before.fix } : {}),
      ...(holds ? { status: "accepted" as const, acceptance } : { status: "open" as const }),
    });
    const state = holds ? "accepted" : wasOpen ? "open" : "new";
    return { finding, state, issue, ...(acceptance === undefined ? {} : { acceptance }) };
  });
  const matched = new Set(matches.values());
  const unknown = own.issues.filter((issue) => !matched.has(issue));
  const refuted = report.findings.filter((finding) => finding.verdict === "refuted");
  // An issue that turned out to be none was not fixed.
  const known = new Set([...matches.values(), ...matchIssues(refuted, unknown, renames).values()]);
  const left = own.issues.filter((issue) => !known.has(issue) && issue.status !== "fixed");
  const whereabouts = whereaboutsIn(audit);
  const isFixed = (issue: LedgerIssue): boolean => whereabouts(renames.get(issue.path) ?? issue.path) === "looked";
  const fixed = left.filter(isFixed).map((issue): LedgerIssue => ({ ...issue, status: "fixed", fixed: seen }));
  const unchecked = left.filter((issue) => !isFixed(issue)).map((issue) => moved(issue, renames));
  const history = own.issues.filter((issue) => !known.has(issue) && issue.status === "fixed");
  const open = [
    ...standings.filter(({ state }) => state !== "accepted").map(({ issue }) => issue),
    ...uncheckedOpen(unchecked),
  ];
  const run: LedgerRun = {
    kind: "run",
    recipe: audit.recipe.name,
    ...seen,
    engine: report.engine,
    byType: tally(open, ({ type }) => type),
    bySeverity: tally(open, ({ severity }) => severity),
    new: standings.filter(({ state }) => state === "new").length,
    fixed: fixed.length,
    costUsd: report.costUsd,
    ...(startedMs === undefined ? {} : { startedMs }),
  };
  return {
    standings,
    fixed,
    unchecked,
    previous: own.runs.at(-1),
    runs: [...own.runs, run],
    next: {
      issues: [...distinct(standings.map(({ issue }) => issue)), ...fixed, ...unchecked, ...history],
      runs: [...own.runs, run],
      verdicts: nextVerdicts(report, audit, own, renames, today),
      batches: own.batches.filter(({ key }) => audit.settledBatches?.includes(key) !== true),
    },
  };
}

/** An acceptance is not asked for again while nobody looks. */
function uncheckedOpen(unchecked: readonly LedgerIssue[]): readonly LedgerIssue[] {
  return unchecked.filter(({ status }) => status === "open");
}

function issueOf(
  finding: Finding,
  audit: AuditSection,
  rest: Pick<LedgerIssue, "id" | "firstSeen" | "lastSeen" | "status" | "acceptance" | "fix">,
): LedgerIssue {
  return {
    kind: "issue",
    recipe: audit.recipe.name,
    fingerprint: finding.fingerprint,
    type: finding.category,
    ...(finding.ruleId === undefined ? {} : { ruleId: finding.ruleId }),
    severity: finding.severity,
    title: finding.title,
    path: finding.path,
    line: finding.startLine,
    code: codeKey(finding.quote),
    ...rest,
  };
}

/** Two issues with one identity can only come from a hand-edited ledger or a fingerprint that moved on; the later gets its own. */
function distinct(issues: readonly LedgerIssue[]): readonly LedgerIssue[] {
  const taken = new Set<string>();
  return issues.map((issue) => {
    let { id } = issue;
    while (taken.has(id)) id = `${id}x`;
    taken.add(id);
    return id === issue.id ? issue : { ...issue, id };
  });
}

function moved(issue: LedgerIssue, renames: ReadonlyMap<RepoPath, RepoPath>): LedgerIssue {
  const path = renames.get(issue.path);
  return path === undefined ? issue : { ...issue, path };
}

/** Whether this run can tell what became of a path: it was read, or it is not there any more. */
function whereaboutsIn(audit: AuditSection): (path: RepoPath) => "looked" | "unknown" {
  const states = new Map(audit.files.map(({ path, state }) => [path, state]));
  const isAboutPath = recipeMatcher(audit.recipe, audit.globs);
  return (path) => {
    const state = states.get(path);
    if (state !== undefined) return state === "read" || state === "reused" ? "looked" : "unknown";
    // A full run knows all files of the recipe; one that was narrowed by globs knows those that the globs match.
    return audit.globs.length === 0 || isAboutPath(path) ? "looked" : "unknown";
  };
}

/** Verdicts of this run, and older ones of files that it did not read: they still say when a path was last read. */
function nextVerdicts(
  report: Report,
  audit: AuditSection,
  own: Ledger,
  renames: ReadonlyMap<RepoPath, RepoPath>,
  today: string,
): Ledger["verdicts"] {
  const found = Map.groupBy(report.findings, ({ path }) => path);
  const older = new Map(own.verdicts.map((verdict) => [renames.get(verdict.path) ?? verdict.path, verdict]));
  const fresh = (file: AuditedFile): Ledger["verdicts"][number] => ({
    kind: "verdict",
    recipe: audit.recipe.name,
    version: audit.version,
    path: file.path,
    blob: file.blob,
    date: today,
    claims: (found.get(file.path) ?? []).map(rememberedClaim),
  });
  const listed = new Set(audit.files.map(({ path }) => path));
  const kept = audit.globs.length === 0 ? [] : own.verdicts.filter(({ path }) => !listed.has(path));
  return [
    ...kept,
    ...audit.files.flatMap((file) => {
      if (file.state === "read") return [fresh(file)];
      const verdict = older.get(file.path);
      if (file.state === "reused") return [{ ...fresh(file), date: verdict?.date ?? today }];
      return verdict === undefined ? [] : [{ ...verdict, path: file.path }];
    }),
  ];
}

function tally<T>(list: readonly T[], keyOf: (each: T) => string): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(list, keyOf)]
      .map(([key, members]): [string, number] => [key, members.length])
      .toSorted(([a], [b]) => compareText(a, b)),
  );
}

import { codeKey, codeLikeness } from "./code-likeness.ts";
import type { Finding } from "./finding.ts";
import type { LedgerIssue } from "./ledger.ts";
import type { RepoPath } from "./repo-path.ts";

/** Code of one file that changed this little is the same issue. */
const SAME_FILE_LIKENESS = 0.6;
/** Code that is found in another file must be nearly the same, and long enough to be told from its like. */
const MOVED_LIKENESS = 0.9;
const MOVED_CHARACTERS = 24;
/** More candidates than this for one kind of issue are only compared where their code is equal: the work stays bounded. */
const MAX_COMPARED = 2_000;

/**
 * Which issue of the ledger each finding is, each issue at most once: by fingerprint, then by equal code in the same file (also
 * renamed, see `renames`: old path -> new), then by similar code there, then by code that moved to another file. What is left is
 * new, or gone. The order of the findings does not matter but among equals.
 */
export function matchIssues(
  findings: readonly Finding[],
  issues: readonly LedgerIssue[],
  renames: ReadonlyMap<RepoPath, RepoPath>,
): ReadonlyMap<Finding, LedgerIssue> {
  const matched = new Map<Finding, LedgerIssue>();
  const free = new Set(issues);
  const join = (finding: Finding, issue: LedgerIssue | undefined): void => {
    if (issue === undefined || matched.has(finding) || !free.has(issue)) return;
    matched.set(finding, issue);
    free.delete(issue);
  };
  const byPrint = new Map(issues.map((issue) => [issue.fingerprint, issue]));
  for (const finding of findings) join(finding, byPrint.get(finding.fingerprint));

  const open = (): Finding[] => findings.filter((finding) => !matched.has(finding));
  const here = Map.groupBy(free, (issue) => key(issue.type, renames.get(issue.path) ?? issue.path));
  joinAlike(open(), (finding) => here.get(key(finding.category, finding.path)) ?? [], SAME_FILE_LIKENESS, join, free);

  const anywhere = Map.groupBy(free, (issue) => key(issue.type, ""));
  const long = open().filter((finding) => codeKey(finding.quote).length >= MOVED_CHARACTERS);
  joinAlike(long, (finding) => anywhere.get(key(finding.category, "")) ?? [], MOVED_LIKENESS, join, free);
  return matched;
}

/** The best pairs first, so that what one finding takes is not a better match of another. */
function joinAlike(
  findings: readonly Finding[],
  candidatesOf: (finding: Finding) => readonly LedgerIssue[],
  least: number,
  join: (finding: Finding, issue: LedgerIssue) => void,
  free: ReadonlySet<LedgerIssue>,
): void {
  const pairs: {
    readonly finding: Finding;
    readonly issue: LedgerIssue;
    readonly likeness: number;
    readonly far: number;
  }[] = [];
  for (const finding of findings) {
    const code = codeKey(finding.quote);
    const candidates = candidatesOf(finding).filter((issue) => free.has(issue));
    for (const issue of candidates) {
      const likeness = candidates.length > MAX_COMPARED ? Number(issue.code === code) : codeLikeness(issue.code, code);
      if (likeness >= least) pairs.push({ finding, issue, likeness, far: Math.abs(issue.line - finding.startLine) });
    }
  }
  pairs.sort((a, b) => b.likeness - a.likeness || a.far - b.far);
  for (const { finding, issue } of pairs) join(finding, issue);
}

function key(type: string, path: string): string {
  return `${type}\n${path}`;
}

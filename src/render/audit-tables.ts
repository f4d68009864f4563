import { typesForModelOnly } from "../domain/audit-recipe.ts";
import type { Comparison, Standing } from "../domain/compare-ledger.ts";
import type { LedgerIssue } from "../domain/ledger.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import { folderOf } from "../domain/path-parts.ts";
import { compareSeverity, SEVERITIES } from "../domain/severity.ts";
import { codeSpan } from "./fence.ts";
import { neutralizeCode } from "./neutralize-code.ts";
import { tableCell } from "./neutralize.ts";
import { severityLabel } from "./severity-label.ts";

const MAX_FOLDERS = 10;
const MAX_RUNS = 10;

/** Open issues by type (in the recipe's order) and severity, with what has changed since the last run. */
export function typeTable(
  { audit: { recipe, withheld }, engine }: Pick<AuditReport, "audit" | "engine">,
  open: readonly Standing[],
  comparison: Comparison,
): string {
  const { previous } = comparison;
  const ignored = new Set(engine === "rules" ? typesForModelOnly(recipe).map(({ id }) => id) : []);
  const rows = recipe.issueTypes.map(({ id, title, sensitive }) => {
    if (withheld !== undefined && sensitive && !ignored.has(id)) {
      return [
        tableCell(title),
        ...SEVERITIES.map(() => ""),
        "see code scanning",
        "",
        ...(previous === undefined ? [] : [""]),
      ];
    }
    if (ignored.has(id))
      return [
        tableCell(title),
        ...SEVERITIES.map(() => ""),
        "not looked for",
        "",
        ...(previous === undefined ? [] : [""]),
      ];
    const own = open.filter(({ finding }) => finding.category === id);
    const unchecked = comparison.unchecked.filter(({ type, status }) => type === id && status === "open").length;
    const counts = SEVERITIES.map((severity) => own.filter(({ finding }) => finding.severity === severity).length);
    const all = own.length + unchecked;
    const trend = previous === undefined ? [] : [changeText(all - (previous.byType[id] ?? 0))];
    return [tableCell(title), ...counts.map(countText), `**${all}**`, countText(own.filter(isNew).length), ...trend];
  });
  const head = [
    "Issue type",
    ...SEVERITIES.map(severityLabel),
    "Open",
    "New",
    ...(previous === undefined ? [] : [`Since ${previous.date}`]),
  ];
  return table(head, rows);
}

/** The folders with most open issues, worst first; "" when all are in one. */
export function hotSpots(open: readonly Standing[]): string {
  const folders = [...Map.groupBy(open, ({ finding }) => folderOf(finding.path))];
  if (folders.length < 2) return "";
  const weightOf = (standings: readonly Standing[]): number =>
    standings.reduce(
      (sum, { finding }) => sum + 4 ** (SEVERITIES.length - 1 - SEVERITIES.indexOf(finding.severity)),
      0,
    );
  const ranked = folders.toSorted(([a, x], [b, y]) => weightOf(y) - weightOf(x) || (a < b ? -1 : 1));
  const rows = ranked.slice(0, MAX_FOLDERS).map(([folder, standings]) => {
    const [worst] = standings.map(({ finding }) => finding.severity).toSorted(compareSeverity);
    const files = new Set(standings.map(({ finding }) => finding.path)).size;
    return [
      pathCell(folder === "" ? "(root)" : folder),
      String(standings.length),
      String(files),
      worst === undefined ? "" : severityLabel(worst),
    ];
  });
  const more = ranked.length > MAX_FOLDERS ? `\n\n${ranked.length - MAX_FOLDERS} more folders have issues.` : "";
  return table(["Folder", "Issues", "Files", "Worst"], rows) + more;
}

/** The last runs of this recipe, newest first; "" for the first run. */
export function trendTable({ runs }: Comparison): string {
  if (runs.length < 2) return "";
  const rows = runs
    .slice(-MAX_RUNS)
    .toReversed()
    .map((run) => {
      const open = Object.values(run.byType).reduce((sum, count) => sum + count, 0);
      return [run.date, `\`${run.head.slice(0, 10)}\``, String(open), countText(run.new), countText(run.fixed)];
    });
  return table(["Audit of", "Commit", "Open", "New", "Fixed"], rows);
}

/** Issues that are not findings of this run: fixed, accepted, not looked at. */
export function issueList(issues: readonly LedgerIssue[], limit: number): string {
  const lines = issues.slice(0, limit).map((issue) => {
    const why =
      issue.acceptance === undefined
        ? ""
        : `: ${tableCell(issue.acceptance.reason)} (${tableCell(issue.acceptance.author)}, ${issue.acceptance.date}${issue.acceptance.expires === undefined ? "" : `, until ${issue.acceptance.expires}`})`;
    return `- ${codeSpan(neutralizeCode(`${issue.path}:${issue.line}`))} ${issue.severity}, ${tableCell(issue.title, 120)}, since ${issue.firstSeen.date}${why}`;
  });
  return [...lines, ...(issues.length > limit ? [`- and ${issues.length - limit} more`] : [])].join("\n");
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

export function pathCell(path: string): string {
  return codeSpan(neutralizeCode(path)).replaceAll("|", "\\|");
}

function isNew({ state }: Standing): boolean {
  return state === "new";
}

function countText(count: number): string {
  return count === 0 ? "" : String(count);
}

function changeText(change: number): string {
  if (change === 0) return "±0";
  return change > 0 ? `+${change}` : `−${-change}`;
}

import type { Finding } from "../domain/finding.ts";
import type { Report } from "../domain/report.ts";
import type { Severity } from "../domain/severity.ts";
import { showInvisible } from "../domain/visible-text.ts";
import { headline, looksIncomplete } from "./headline.ts";

/** GitHub keeps this many results of a run (docs, SARIF support). Ours are in rank order, so the least important are left out. */
const MAX_RESULTS = 25_000;

/** SARIF and GitHub put code scanning alerts in order by these words and numbers (docs, `security-severity`). */
const LEVELS: Readonly<Record<Severity, { readonly level: "error" | "warning" | "note"; readonly score: string }>> = {
  critical: { level: "error", score: "9.5" },
  high: { level: "error", score: "8.0" },
  medium: { level: "warning", score: "5.5" },
  low: { level: "note", score: "2.0" },
};

/** What is known about a rule beside its findings. */
type RuleText = { readonly name: string; readonly description: string; readonly help: string };

/** What a SARIF log says about the tool. */
export type SarifOptions = { readonly version: string; readonly rules?: ReadonlyMap<string, RuleText> };

/**
 * The report as a SARIF 2.1.0 log: an object to be printed as JSON. All text is plain. Refuted and ignored findings are there, suppressed;
 * findings on removed lines have no region, because code scanning counts in the head version.
 */
export function sarifLog(report: Report, options: SarifOptions): Record<string, unknown> {
  const ruleIds = [...new Set(report.findings.map(ruleIdOf))].toSorted();
  return {
    $schema: "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "parallel-review",
            semanticVersion: options.version,
            rules: ruleIds.map((id) => rule(id, report, options.rules?.get(id))),
          },
        },
        automationDetails: { id: `parallel-review/${report.job}/` },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { SRCROOT: { description: { text: "The root of the repository." } } },
        versionControlProvenance: provenance(report),
        invocations: [invocation(report)],
        results: report.findings.slice(0, MAX_RESULTS).map((finding) => result(finding, ruleIds)),
      },
    ],
  };
}

function ruleIdOf(finding: Finding): string {
  return finding.ruleId ?? finding.category;
}

function rule(id: string, report: Report, text: RuleText | undefined): Record<string, unknown> {
  const worst = report.findings.find((finding) => ruleIdOf(finding) === id)?.severity ?? "low";
  const description = text?.description ?? `Findings about ${id.replaceAll("-", " ")}.`;
  return {
    id,
    name: text?.name ?? id,
    shortDescription: { text: description },
    fullDescription: { text: description },
    help: { text: text?.help ?? `${description} Each result says what is wrong and when it shows.` },
    defaultConfiguration: { level: LEVELS[worst].level },
    properties: { "security-severity": LEVELS[worst].score, tags: ["code-review"] },
  };
}

function suppressed({ ignored, verdict }: Finding): Record<string, unknown> {
  const why =
    ignored === undefined ? "A second look did not confirm it." : `Ignored by ${ignored.by}. ${ignored.reason}`;
  if (ignored === undefined && verdict !== "refuted") return {};
  return { suppressions: [{ kind: "external", status: "accepted", justification: plainMessage(why.trim()) }] };
}

function result(finding: Finding, ruleIds: readonly string[]): Record<string, unknown> {
  const scenario = finding.failureScenario === "" ? "" : `\n\nWhen it shows: ${finding.failureScenario}`;
  const detail = finding.detail === "" ? "" : `\n\n${finding.detail}`;
  const region = { startLine: finding.startLine, endLine: finding.endLine };
  return {
    ruleId: ruleIdOf(finding),
    ruleIndex: ruleIds.indexOf(ruleIdOf(finding)),
    level: LEVELS[finding.severity].level,
    message: { text: plainMessage(`${finding.title}${detail}${scenario}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(finding.path), uriBaseId: "SRCROOT" },
          ...(finding.side === "RIGHT" ? { region } : {}),
        },
      },
    ],
    partialFingerprints: { "parallelReview/v1": finding.fingerprint },
    baselineState: finding.scope === "introduced" ? "new" : "unchanged",
    rank: Math.round(finding.confidence * 100),
    ...suppressed(finding),
    properties: {
      severity: finding.severity,
      scope: finding.scope,
      category: finding.category,
      lens: finding.lens,
      verdict: finding.verdict,
      source: finding.source,
      found: finding.agreement.found,
      of: finding.agreement.of,
    },
  };
}

function invocation(report: Report): Record<string, unknown> {
  const missing = report.coverage.filter((entry) => entry.status === "failed" || entry.status === "partial");
  const notes = [
    ...missing.map((entry) => `${entry.path}: ${entry.status}, ${entry.reason ?? "no reason given"}`),
    ...report.notes,
  ];
  const successful =
    !looksIncomplete(report) &&
    (report.conclusion !== "failure" || report.coverage.some((entry) => entry.status === "reviewed"));
  return {
    executionSuccessful: successful,
    exitCodeDescription: plainMessage(headline(report)),
    toolExecutionNotifications: notes.map((note) => ({
      level: successful ? "note" : "warning",
      message: { text: plainMessage(note) },
    })),
  };
}

function provenance(report: Report): readonly Record<string, unknown>[] {
  const { repository, head } = report.target;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) return [];
  return [{ repositoryUri: `https://github.com/${repository}`, revisionId: head }];
}

/** A relative reference (RFC 3986): every segment percent-encoded, also a colon, which would look like a scheme. */
function uriOf(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeURIComponent(segment.toWellFormed()))
    .join("/");
}

/** SARIF reads `[text](1)` as a link and `{0}` as a placeholder even in plain text; these two shapes are escaped its way. */
function plainMessage(text: string): string {
  return showInvisible(text)
    .replaceAll(/\[(?=[^\]]*\]\()/g, "\\[")
    .replaceAll(/\{(\d+)\}/g, "{{$1}}");
}

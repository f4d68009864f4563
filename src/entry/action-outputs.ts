import { isOpen } from "../domain/finding.ts";
import type { Report } from "../domain/report.ts";
import { SEVERITIES } from "../domain/severity.ts";
import { promptTokens } from "../domain/usage.ts";
import type { Published } from "../ports/review-publisher.ts";
import type { ReportFiles } from "./report-files.ts";

/** The Action's outputs, named as in action.yml (a test compares them). Only numbers, paths, addresses and words of ours. */
export function actionOutputs(
  report: Report,
  files: ReportFiles,
  published: Published | undefined,
): Readonly<Record<string, string>> {
  const findings = report.findings.filter(isOpen);
  const bySeverity = SEVERITIES.map((severity): [string, string] => [
    severity,
    String(findings.filter((finding) => finding.severity === severity).length),
  ]);
  return {
    conclusion: report.conclusion,
    findings: String(findings.length),
    ...Object.fromEntries(bySeverity),
    "reviewed-files": String(report.coverage.filter(({ status }) => status === "reviewed").length),
    "total-files": String(report.coverage.length),
    "cost-usd": report.costUsd.toFixed(4),
    "input-tokens": String(promptTokens(report.usage)),
    "output-tokens": String(report.usage.outputTokens),
    speedup: report.speedup.toFixed(2),
    "review-url": published?.reviewUrl ?? "",
    "report-path": files.markdown,
    "findings-path": files.json,
    "sarif-path": files.sarif,
  };
}

import { compareText } from "./compare-text.ts";
import type { Finding } from "./finding.ts";
import { compareSeverity } from "./severity.ts";

/** Worst first: severity, introduced before pre-existing, refuted last of these, confidence, agreement, then place. Total on distinct findings. */
export function compareFindings(a: Omit<Finding, "id">, b: Omit<Finding, "id">): number {
  return (
    Number(a.verdict === "refuted") - Number(b.verdict === "refuted") ||
    compareSeverity(a.severity, b.severity) ||
    Number(a.scope !== "introduced") - Number(b.scope !== "introduced") ||
    b.confidence - a.confidence ||
    b.agreement.found - a.agreement.found ||
    a.agreement.of - b.agreement.of ||
    compareText(a.path, b.path) ||
    a.startLine - b.startLine ||
    a.endLine - b.endLine ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

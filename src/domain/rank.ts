import { compareText } from "./compare-text.ts";
import type { Finding } from "./finding.ts";
import { compareSeverity } from "./severity.ts";

/** What a second look confirmed stands before what nobody looked at again. */
const VERDICT_ORDER: Readonly<Record<Finding["verdict"], number>> = {
  confirmed: 0,
  plausible: 1,
  unverified: 2,
  refuted: 3,
};

/** Worst first: refuted last, severity, introduced before pre-existing, verdict, confidence, agreement, then place. Total on distinct findings. */
export function compareFindings(a: Omit<Finding, "id">, b: Omit<Finding, "id">): number {
  return (
    Number(a.verdict === "refuted") - Number(b.verdict === "refuted") ||
    compareSeverity(a.severity, b.severity) ||
    Number(a.scope !== "introduced") - Number(b.scope !== "introduced") ||
    VERDICT_ORDER[a.verdict] - VERDICT_ORDER[b.verdict] ||
    b.confidence - a.confidence ||
    b.agreement.found - a.agreement.found ||
    a.agreement.of - b.agreement.of ||
    compareText(a.path, b.path) ||
    a.startLine - b.startLine ||
    a.endLine - b.endLine ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

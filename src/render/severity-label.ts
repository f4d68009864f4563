import { SEVERITIES } from "../domain/severity.ts";
import type { Severity } from "../domain/severity.ts";

const LABELS: Readonly<Record<Severity, { readonly emoji: string; readonly name: string }>> = {
  critical: { emoji: "🔴", name: "Critical" },
  high: { emoji: "🟠", name: "High" },
  medium: { emoji: "🟡", name: "Medium" },
  low: { emoji: "🔵", name: "Low" },
};

/** `🟠 High`: never a colour alone, so that nobody has to see it. */
export function severityLabel(severity: Severity): string {
  return `${LABELS[severity].emoji} ${LABELS[severity].name}`;
}

/** `1 critical, 2 high`, worst first, without zeros; "" for none. */
export function severityCounts(findings: readonly { readonly severity: Severity }[]): string {
  return SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  }).join(", ");
}

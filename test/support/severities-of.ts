import { isOpen } from "../../src/domain/finding.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Severity } from "../../src/domain/severity.ts";

/** How many open findings of each severity a report has. */
export function severitiesOf({ findings }: Report): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const { severity } of findings.filter(isOpen)) counts[severity] += 1;
  return counts;
}

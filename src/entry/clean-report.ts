import { mapStrings } from "../domain/map-strings.ts";
import type { Report } from "../domain/report.ts";

/** The report with `clean` applied to every text in it on its own, so that no mask swallows what stands between two texts. */
export function cleanReport(report: Report, clean: (text: string) => string): Report {
  return mapStrings(report, clean);
}

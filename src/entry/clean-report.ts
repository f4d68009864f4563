import { Report } from "../domain/report.ts";

/** The report with `clean` applied to every text in it on its own, so that no mask swallows what stands between two texts. */
export function cleanReport(report: Report, clean: (text: string) => string): Report {
  return Report.parse(mapTexts(report, clean));
}

function mapTexts(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === "string") return clean(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, clean));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, clean)]));
}

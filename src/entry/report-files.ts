import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Report } from "../domain/report.ts";
import { formatReport } from "./format-report.ts";

/** Absolute paths of the files that a run leaves behind. */
export type ReportFiles = { readonly json: string; readonly sarif: string; readonly markdown: string };

/** Writes `findings.json`, `findings.sarif` and `report.md` into a folder, which is made when it is not there. */
export async function writeReportFiles(
  report: Report,
  folder: string,
  clean: (text: string) => string,
): Promise<ReportFiles> {
  await mkdir(folder, { recursive: true });
  const files = {
    json: join(folder, "findings.json"),
    sarif: join(folder, "findings.sarif"),
    markdown: join(folder, "report.md"),
  };
  await writeFile(files.json, clean(formatReport(report, "json")));
  await writeFile(files.sarif, clean(formatReport(report, "sarif")));
  await writeFile(files.markdown, clean(formatReport(report, "markdown")));
  return files;
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import type { Report } from "../domain/report.ts";
import { formatReport } from "./format-report.ts";

/** Absolute paths of the files that a run leaves behind. */
export type ReportFiles = { readonly json: string; readonly sarif: string; readonly markdown: string };

/**
 * Writes `findings.json`, `findings.sarif` and `report.md` into a folder, which is made when it is not there.
 * `report` is clean in each of its texts; `clean` is for what stands across them in prose.
 * @throws {ConfigurationError} the folder cannot be written to.
 */
export async function writeReportFiles(
  report: Report,
  folder: string,
  clean: (text: string) => string,
): Promise<ReportFiles> {
  const files = {
    json: join(folder, "findings.json"),
    sarif: join(folder, "findings.sarif"),
    markdown: join(folder, "report.md"),
  };
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(files.json, formatReport(report, "json"));
    await writeFile(files.sarif, formatReport(report, "sarif"));
    await writeFile(files.markdown, clean(formatReport(report, "markdown")));
  } catch (error) {
    throw new ConfigurationError(`output-dir ${folder} cannot be written: ${errorMessage(error)}`, { cause: error });
  }
  return files;
}

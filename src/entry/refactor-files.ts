import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import type { Report } from "../domain/report.ts";
import { formatReport } from "./format-report.ts";

/** Absolute paths of the files that a refactor leaves behind. */
export type RefactorFiles = { readonly json: string; readonly markdown: string };

/**
 * Writes `findings.json` and `proposal.md` into a folder, which is made when it is not there. Both are clean.
 * @throws {ConfigurationError} the folder cannot be written to.
 */
export async function writeRefactorFiles(report: Report, body: string, folder: string): Promise<RefactorFiles> {
  const files = { json: join(folder, "findings.json"), markdown: join(folder, "proposal.md") };
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(files.json, formatReport(report, "json"));
    await writeFile(files.markdown, body);
  } catch (error) {
    throw new ConfigurationError(`output-dir ${folder} cannot be written: ${errorMessage(error)}`, { cause: error });
  }
  return files;
}

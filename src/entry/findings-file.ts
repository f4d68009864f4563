import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import { Report } from "../domain/report.ts";

/** Far above what a run over the largest repository leaves; what is larger was not written by us. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The report in a `findings.json`; of a folder, in the one that lies in it.
 * @throws {ConfigurationError} there is none, or it is not one.
 */
export async function readFindingsFile(place: string): Promise<Report> {
  let path = place;
  let value: unknown;
  try {
    if ((await stat(place)).isDirectory()) path = join(place, "findings.json");
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_BYTES}`);
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be read: ${errorMessage(error)}`, { cause: error });
  }
  const report = Report.safeParse(value);
  if (report.success) return report.data;
  const [issue] = report.error.issues;
  throw new ConfigurationError(`${path} is no findings.json: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

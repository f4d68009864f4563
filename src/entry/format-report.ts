import { writeFile } from "node:fs/promises";
import type { Report } from "../domain/report.ts";
import type { CommandOptions } from "./local-order.ts";

/** Writes the report in the format asked for, to --output or to stdout. */
export async function formatReport(report: Report, options: CommandOptions): Promise<void> {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (options.output === undefined) process.stdout.write(text);
  else await writeFile(options.output, text);
}

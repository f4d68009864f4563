import { writeFile } from "node:fs/promises";

import { ConfigurationError, errorMessage } from "../domain/errors.ts";

/**
 * Writes a command's result to the file of --output, or to stdout.
 * @throws {ConfigurationError} the file cannot be written.
 */
export async function writeResult(text: string, output: string | undefined): Promise<void> {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(output, text);
  } catch (error) {
    throw new ConfigurationError(`--output ${output} cannot be written: ${errorMessage(error)}`, { cause: error });
  }
}

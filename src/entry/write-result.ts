import { constants } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { ConfigurationError, errorMessage } from "../domain/errors.ts";

/**
 * Looks whether there is a place for the file of --output, before anything is spent on its content.
 * @throws {ConfigurationError} there is none.
 */
export async function requirePlaceFor(output: string | undefined): Promise<void> {
  if (output === undefined) return;
  try {
    await access(dirname(resolve(output)), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ConfigurationError(`--output ${output} cannot be written: ${errorMessage(error)}`, { cause: error });
  }
}

/**
 * Writes a command's result to the file of --output, or to stdout.
 * @throws {ConfigurationError} the file cannot be written; the result is on stdout then, for it may have been paid for.
 */
export async function writeResult(text: string, output: string | undefined): Promise<void> {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(output, text);
  } catch (error) {
    process.stdout.write(text);
    const why = `--output ${output} cannot be written, so the result is on stdout: ${errorMessage(error)}`;
    throw new ConfigurationError(why, { cause: error });
  }
}

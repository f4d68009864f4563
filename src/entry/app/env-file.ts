import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { ConfigurationError, errorMessage } from "../../domain/errors.ts";

const FILE = ".env";

/** The environment, with what the `.env` of the data folder adds: what is set in the environment itself counts first. */
export function withEnvFile(folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...readEnvFile(join(folder, FILE)), ...env };
}

/**
 * Adds variables to the `.env` of the data folder, which only its owner may read. What it held under other names stays.
 * @throws {ConfigurationError} it cannot be written.
 */
export function saveEnvFile(folder: string, variables: Readonly<Record<string, string>>): string {
  const path = join(folder, FILE);
  const lines = Object.entries({ ...readEnvFile(path), ...variables }).map(
    ([name, value]) => `${name}="${(value ?? "").replaceAll("\n", String.raw`\n`)}"`,
  );
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const next = `${path}.new`;
    writeFileSync(next, `${lines.join("\n")}\n`, { mode: 0o600 });
    // The mode above is for new files only.
    chmodSync(next, 0o600);
    renameSync(next, path);
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be written: ${errorMessage(error)}`, { cause: error });
  }
  return path;
}

function readEnvFile(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new ConfigurationError(`${path} cannot be read: ${errorMessage(error)}`, { cause: error });
  }
}

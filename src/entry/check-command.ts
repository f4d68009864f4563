import { z } from "zod";

import { ConfigurationError } from "../domain/errors.ts";

const Argv = z.array(z.string().min(1)).min(1);

/**
 * A check or formatter as an argv, from its JSON; undefined for "". Never a shell line.
 * @throws {ConfigurationError} it is not a JSON array of texts; `where` names the input or option.
 */
export function parseCommand(json: string | undefined, where: string): readonly string[] | undefined {
  if (json === undefined || json.trim() === "") return undefined;
  const argv = Argv.safeParse(parsed(json));
  if (argv.success) return argv.data;
  throw new ConfigurationError(`${where} must be a JSON array of texts, e.g. ["npx","tsc","--noEmit"]`);
}

/** An argv as a person would type it. */
export function shownCommand(argv: readonly string[] | undefined): string | undefined {
  return argv?.map((part) => (/^[\w./@:=+-]+$/.test(part) ? part : JSON.stringify(part))).join(" ");
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

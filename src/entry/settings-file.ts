import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

import { ConfigurationError } from "../domain/errors.ts";
import { DEFAULT_SETTINGS, Settings } from "../domain/settings.ts";

/**
 * The settings written in a YAML text; the defaults for an empty one.
 * @throws {ConfigurationError} with file, line, key and the allowed values, one line per mistake.
 */
export function parseSettings(path: string, text: string): Settings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new ConfigurationError(`${path}:${lines.linePos(broken.pos[0]).line}: not valid YAML: ${broken.message}`);
  }
  const value: unknown = document.toJS({ maxAliasCount: 20 });
  if (value === null || value === undefined) return DEFAULT_SETTINGS;
  const settings = Settings.safeParse(camelKeys(value));
  if (settings.success) return settings.data;
  const lineOf = (keys: readonly PropertyKey[]): number => {
    for (let length = keys.length; length > 0; length--) {
      const start = rangeStart(document.getIn(keys.slice(0, length).map(kebab), true));
      if (start !== undefined) return lines.linePos(start).line;
    }
    return 1;
  };
  const mistakes = settings.error.issues
    .map((issue) => ({ line: lineOf(issue.path), text: describeIssue(issue) }))
    .toSorted((a, b) => a.line - b.line);
  throw new ConfigurationError(mistakes.map(({ line, text }) => `${path}:${line}: ${text}`).join("\n"));
}

/** The file is written with kebab-case keys, as the Action's inputs are; our types have camelCase ones. */
function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camelKeys(inner),
    ]),
  );
}

function kebab(key: PropertyKey): PropertyKey {
  return typeof key === "string" ? key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) : key;
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range.at(0);
  return typeof start === "number" ? start : undefined;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const key = issue.path.map((part) => String(kebab(part))).join(".");
  const at = key === "" ? "" : `${key}: `;
  switch (issue.code) {
    case "unrecognized_keys":
      return `${at}unknown key ${issue.keys.map((part) => String(kebab(part))).join(", ")}; see .github/parallel-review.schema.json for the keys there are`;
    case "invalid_value":
      return `${at}must be one of ${issue.values.map(String).join(", ")}`;
    default:
      return `${at}${issue.message}`;
  }
}

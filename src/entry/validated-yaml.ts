import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

import { ConfigurationError } from "../domain/errors.ts";

/** A YAML text and where it stands: `firstLine` is the 1-based line of the file on which it begins. */
export type YamlText = { readonly path: string; readonly text: string; readonly firstLine?: number };

/**
 * What a YAML text with kebab-case keys says, in the shape of `schema`; undefined for an empty one.
 * @throws {ConfigurationError} with file, line, key and the allowed values, one line per mistake.
 */
export function validatedYaml<T>(source: YamlText, schema: z.ZodType<T>, keysAreIn: string): T | undefined {
  const { path, text, firstLine = 1 } = source;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  const lineAt = (offset: number): number => lines.linePos(offset).line + firstLine - 1;
  if (broken !== undefined) {
    throw new ConfigurationError(`${path}:${lineAt(broken.pos[0])}: not valid YAML: ${broken.message}`);
  }
  const value: unknown = document.toJS({ maxAliasCount: 20 });
  if (value === null || value === undefined) return undefined;
  const valid = schema.safeParse(camelKeys(value));
  if (valid.success) return valid.data;
  const lineOf = (keys: readonly PropertyKey[]): number => {
    for (let length = keys.length; length > 0; length--) {
      const start = rangeStart(document.getIn(keys.slice(0, length).map(kebab), true));
      if (start !== undefined) return lineAt(start);
    }
    return firstLine;
  };
  const mistakes = valid.error.issues
    .map((issue) => ({ line: lineOf(issue.path), text: describeIssue(issue, keysAreIn) }))
    .toSorted((a, b) => a.line - b.line);
  throw new ConfigurationError(mistakes.map(({ line, text: mistake }) => `${path}:${line}: ${mistake}`).join("\n"));
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

function describeIssue(issue: z.core.$ZodIssue, keysAreIn: string): string {
  const key = issue.path.map((part) => String(kebab(part))).join(".");
  const at = key === "" ? "" : `${key}: `;
  switch (issue.code) {
    case "unrecognized_keys":
      return `${at}unknown key ${issue.keys.map((part) => String(kebab(part))).join(", ")}; see ${keysAreIn} for the keys there are`;
    case "invalid_value":
      return `${at}must be one of ${issue.values.map(String).join(", ")}`;
    default:
      return `${at}${issue.message}`;
  }
}

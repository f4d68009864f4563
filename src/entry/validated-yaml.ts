import { type Document, isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";

import { ConfigurationError } from "../domain/errors.ts";

/** A YAML text and where it stands: `firstLine` is the 1-based line of the file on which it begins. */
export type YamlText = { readonly path: string; readonly text: string; readonly firstLine?: number };

/**
 * What a YAML text with kebab-case keys says, in the shape of `schema`; undefined for an empty one.
 * @throws {ConfigurationError} with file, line, key and the allowed values, one line per mistake.
 */
export function validatedYaml<T>(source: YamlText, schema: z.ZodType<T>): T | undefined {
  const { path, text, firstLine = 1 } = source;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (line: number): string => `${path}:${line + firstLine - 1}`;
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new ConfigurationError(`${place(lines.linePos(broken.pos[0]).line)}: not valid YAML: ${broken.message}`);
  }
  const value: unknown = document.toJS({ maxAliasCount: 20 });
  if (value === null || value === undefined) return undefined;
  const valid = schema.safeParse(camelKeys(value));
  if (valid.success) return valid.data;
  const mistakes = valid.error.issues
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({
            line: lineOfKey(document, lines, issue.path, key),
            what: unknownKey(schema, issue.path, key),
          }))
        : [{ line: lineOfValue(document, lines, issue.path), what: describeIssue(issue) }],
    )
    .toSorted((a, b) => a.line - b.line);
  throw new ConfigurationError(mistakes.map(({ line, what }) => `${place(line)}: ${what}`).join("\n"));
}

/** 1-based line of the value at `keys`, or of what is nearest around it. */
function lineOfValue(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): number {
  for (let length = keys.length; length > 0; length--) {
    const start = rangeStart(document.getIn(keys.slice(0, length).map(kebab), true));
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}

function lineOfKey(document: Document, lines: LineCounter, keys: readonly PropertyKey[], unknown: string): number {
  const map = keys.length === 0 ? document.contents : document.getIn(keys.map(kebab), true);
  const pair = isMap(map)
    ? map.items.find(({ key }) => [unknown, kebabCase(unknown)].includes(isScalar(key) ? String(key.value) : ""))
    : undefined;
  const start = rangeStart(pair?.key);
  return start === undefined ? lineOfValue(document, lines, keys) : lines.linePos(start).line;
}

function unknownKey(schema: z.ZodType, path: readonly PropertyKey[], key: string): string {
  const at = path.length === 0 ? "" : `${path.map((part) => String(kebab(part))).join(".")}: `;
  return `${at}unknown key ${kebabCase(key)}; there are: ${keysAt(schema, path).map(kebabCase).join(", ")}`;
}

/** The keys that a schema knows at a place. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const whole: z.core.JSONSchema.JSONSchema = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const there = path.reduce<typeof whole | undefined>((outer, part) => {
    const inner = typeof part === "number" ? outer?.items : outer?.properties?.[String(part)];
    return typeof inner === "object" && !Array.isArray(inner) ? inner : undefined;
  }, whole);
  return Object.keys(there?.properties ?? {});
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
  return typeof key === "string" ? kebabCase(key) : key;
}

/** A key of ours as the settings file has it: `failOn` -> `fail-on`. */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
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
    case "invalid_value":
      return `${at}must be one of ${issue.values.map(String).join(", ")}`;
    default:
      return `${at}${issue.message}`;
  }
}

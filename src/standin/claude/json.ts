/** A JSON object whose members nobody has checked yet. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a JSON array; empty for anything else. */
export function jsonList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** The string, or `""`. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The parsed text, or `undefined` where it is not JSON (JSON has no `undefined`). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

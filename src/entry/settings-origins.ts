import { parseDocument } from "yaml";

/** The keys that a settings file gives, as `caps.nits`; those of lists and of whole values by their outermost name. */
export function keysGiven(text: string): ReadonlySet<string> {
  const value: unknown = parseDocument(text, { prettyErrors: false }).toJS({ maxAliasCount: 20 });
  return new Set(keysOf(value, ""));
}

function keysOf(value: unknown, prefix: string): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return prefix === "" ? [] : [prefix];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, prefix === "" ? key : `${prefix}.${key}`));
}

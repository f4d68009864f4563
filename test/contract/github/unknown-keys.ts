import type { Json, OpenapiDocument } from "./openapi-document.ts";

/**
 * Keys the schema does not name. GitHub's schemas leave objects open, so a misspelt key in a request would pass; the real API drops it in
 * silence and something is missing. Alternatives (`oneOf`, `anyOf`) name the keys of all of them.
 */
export function unknownKeys(document: OpenapiDocument, schema: unknown, value: unknown, at: string): string[] {
  const resolved = document.resolve(schema);
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) =>
      unknownKeys(document, resolved["items"], item, `${at}/${String(index)}`),
    );
  }
  if (typeof value !== "object" || value === null) return [];
  const properties = namedProperties(document, resolved);
  if (properties === undefined) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key in properties
      ? unknownKeys(document, properties[key], inner, `${at}/${key}`)
      : [`${at}/${key} is not in the documented schema`],
  );
}

/** Undefined where any key goes. */
function namedProperties(document: OpenapiDocument, schema: Json): Json | undefined {
  if (schema["additionalProperties"] !== undefined && schema["additionalProperties"] !== false) return undefined;
  const alternatives = ["oneOf", "anyOf", "allOf"].flatMap((key) => (schema[key] ?? []) as unknown[]);
  const parts = [
    schema["properties"] as Json | undefined,
    ...alternatives.map((one) => namedProperties(document, document.resolve(one))),
  ];
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : (Object.assign({}, ...known) as Json);
}

import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Json = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly id: string;
  /** JSON pointer of the operation in the document. */
  readonly pointer: string;
  readonly parameters: readonly Json[];
  readonly requestBody: Json | undefined;
  readonly responses: Json;
}

export interface OpenapiDocument {
  /** The document, normalized so that ajv understands it as JSON Schema. */
  readonly schema: Json;
  /** The operation of a request, by method and path below the API's base. */
  find(method: string, path: string): Operation | undefined;
  /** Follows a `$ref`. */
  resolve(value: unknown): Json;
}

/** Path parameters that may hold slashes. */
const OPEN = new Set(["path", "ref", "basehead", "branch"]);

/** GitHub's own description of the operations in the committed subset. */
export function readOpenapiDocument(): OpenapiDocument {
  const file = join(import.meta.dirname, "openapi-subset.json");
  const schema = normalize(JSON.parse(readFileSync(file, "utf8"))) as Json;

  const resolve = (value: unknown): Json => {
    const reference = (value as Json | undefined)?.["$ref"];
    if (typeof reference !== "string") return (value ?? {}) as Json;
    return reference
      .slice(2)
      .split("/")
      .reduce<Json>((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")] as Json, schema);
  };

  const routes = Object.entries(schema["paths"] as Json)
    .map(([path, item]) => ({
      path,
      item: item as Json,
      open: path.match(/\{/g)?.length ?? 0,
      expression: matcher(path),
    }))
    // The most specific first: /commits/{ref} would swallow /commits/{ref}/check-runs.
    .toSorted((a, b) => a.open - b.open || b.path.length - a.path.length);

  return {
    schema,
    resolve,
    find: (method, path) => {
      const key = method.toLowerCase();
      const route = routes.find(({ item, expression }) => key in item && expression.test(path));
      if (route === undefined) return undefined;
      const operation = route.item[key] as Json;
      const parameters = [
        ...((route.item["parameters"] ?? []) as Json[]),
        ...((operation["parameters"] ?? []) as Json[]),
      ];
      return {
        id: String(operation["operationId"]),
        pointer: `#/paths/${escape(route.path)}/${key}`,
        parameters: parameters.map(resolve),
        requestBody: operation["requestBody"] as Json | undefined,
        responses: operation["responses"] as Json,
      };
    },
  };
}

function matcher(path: string): RegExp {
  const source = path
    .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => (OPEN.has(name) ? "(?:.+)" : "(?:[^/]+)"));
  return new RegExp(`^${source}$`);
}

function escape(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** OpenAPI 3.0 says `nullable` where JSON Schema says `null`: ajv wants a `type` beside it, and null in the `enum`. */
function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normalize(inner)]));
  if (copy["nullable"] !== true) return copy;
  if (copy["type"] === undefined) {
    const { nullable: _, ...rest } = copy;
    return { anyOf: [rest, { type: "null" }] };
  }
  const allowed = copy["enum"];
  return Array.isArray(allowed) && !allowed.includes(null)
    ? { ...copy, enum: [...(allowed as unknown[]), null] }
    : copy;
}

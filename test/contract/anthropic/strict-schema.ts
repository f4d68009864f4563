import { isRecord } from "./record.ts";

/** Per request, summed over strict tools and the output format (Anthropic, structured outputs). */
const LIMITS = { tools: 20, optional: 24, unions: 16 } as const;

/** Keywords that the constrained decoder does not know (Anthropic, structured outputs; SDK 1.12's own transform drops the same). */
const UNSUPPORTED = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "uniqueItems",
  "patternProperties",
  "not",
  "if",
];
const FORMATS = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/** What the API refuses in the strict tools and the output format of one request. */
export function strictSchemaViolations(body: Record<string, unknown>): readonly string[] {
  const tools = (Array.isArray(body["tools"]) ? body["tools"] : [])
    .filter(isRecord)
    .filter((tool) => tool["strict"] === true);
  const format = isRecord(body["output_config"]) ? body["output_config"]["format"] : undefined;
  const schemas = tools.map((tool, index): [string, unknown] => [`tools.${index}.input_schema`, tool["input_schema"]]);
  if (isRecord(format)) schemas.push(["output_config.format.schema", format["schema"]]);
  const census = { optional: 0, unions: 0 };
  const violations = schemas.flatMap(([path, schema]) => {
    const found: string[] = [];
    walk(path, schema, { root: schema, open: [], found, census });
    return found;
  });
  const count = (what: string, actual: number, limit: number) =>
    actual > limit ? [`${what}: ${actual} are too many, the limit is ${limit}`] : [];
  return [
    ...violations,
    ...count("strict tools", tools.length, LIMITS.tools),
    ...count("optional parameters in strict schemas", census.optional, LIMITS.optional),
    ...count("union-typed parameters in strict schemas", census.unions, LIMITS.unions),
  ];
}

interface Walk {
  readonly root: unknown;
  /** References that led here; meeting one again is recursion. */
  readonly open: readonly string[];
  readonly found: string[];
  readonly census: { optional: number; unions: number };
}

function walk(path: string, schema: unknown, state: Walk): void {
  if (!isRecord(schema)) return;
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(reference)?.[1];
    if (name === undefined) state.found.push(`${path}: external reference ${reference}`);
    else if (state.open.includes(name)) state.found.push(`${path}: recursive reference ${reference}`);
    else walk(path, definition(state.root, name), { ...state, open: [...state.open, name] });
    return;
  }
  for (const keyword of UNSUPPORTED)
    if (keyword in schema) state.found.push(`${path}: ${keyword} is not supported in a strict schema`);
  const { minItems, format, type, properties } = schema;
  if (typeof minItems === "number" && minItems > 1)
    state.found.push(`${path}: minItems above 1 is not supported in a strict schema`);
  if (typeof format === "string" && !FORMATS.includes(format))
    state.found.push(`${path}: format ${format} is not supported`);
  if (Array.isArray(type) || "anyOf" in schema) state.census.unions += 1;
  if (type === "object" || properties !== undefined) {
    if (schema["additionalProperties"] !== false) state.found.push(`${path}: additionalProperties must be false`);
    const required = Array.isArray(schema["required"]) ? schema["required"] : [];
    for (const [name, child] of Object.entries(isRecord(properties) ? properties : {})) {
      if (!required.includes(name)) state.census.optional += 1;
      walk(`${path}.properties.${name}`, child, state);
    }
  }
  walk(`${path}.items`, schema["items"], state);
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const branches = schema[key];
    if (Array.isArray(branches))
      for (const [index, branch] of branches.entries()) walk(`${path}.${key}.${index}`, branch, state);
  }
}

function definition(root: unknown, name: string): unknown {
  if (!isRecord(root)) return undefined;
  const homes = [root["$defs"], root["definitions"]];
  return homes
    .filter(isRecord)
    .map((home) => home[name])
    .find((found) => found !== undefined);
}

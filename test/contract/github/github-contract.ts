import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

import { createGraphqlContract } from "./graphql-contract.ts";
import { isGeneralRefusal, KNOWN_GAPS } from "./known-gaps.ts";
import { readOpenapiDocument, type Json, type OpenapiDocument, type Operation } from "./openapi-document.ts";
import { unknownKeys } from "./unknown-keys.ts";

interface Exchange {
  readonly method: string;
  readonly url: string;
  /** Parsed JSON; undefined if none was sent. */
  readonly body: unknown;
  readonly status: number;
  /** Parsed JSON; undefined if the answer was something else, or must not be checked. */
  readonly answer: unknown;
}

export interface GitHubContract {
  /** For an Octokit: `request: { fetch: contract.fetch }`. Sends the request and holds both ways against GitHub's descriptions. */
  readonly fetch: typeof globalThis.fetch;
  /** What was wrong so far, one line each, with method, address and operation. */
  readonly violations: readonly string[];
  /** Operation ids seen so far, in order; `graphql` for GraphQL. */
  readonly operations: readonly string[];
  /** What is wrong with one exchange. */
  check(exchange: Exchange): string[];
}

export interface ContractOptions {
  /** Base of the API; GitHub's own if not given. */
  readonly baseUrl?: string;
  /** `requests` leaves the answers alone, for tests that answer with as little as they need. `both` if not given. */
  readonly check?: "requests" | "both";
  /** What sends the request; the global fetch at the time of the call if not given. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Holds requests and answers against GitHub's OpenAPI description (the committed subset) and its GraphQL schema. */
export function createGitHubContract(options: ContractOptions = {}): GitHubContract {
  const base = new URL(options.baseUrl ?? "https://api.github.com").pathname.replace(/\/$/, "");
  const checkAnswers = options.check !== "requests";
  const document = readOpenapiDocument();
  const graphql = createGraphqlContract();
  const validator = createValidator(document);
  const violations: string[] = [];
  const operations: string[] = [];

  const check = (exchange: Exchange): string[] => {
    const path = new URL(exchange.url).pathname.slice(base.length);
    if (path === "/graphql") {
      operations.push("graphql");
      const { query, variables } = (exchange.body ?? {}) as Json;
      return graphql.check(String(query), (variables ?? {}) as Json);
    }
    const operation = document.find(exchange.method, path);
    if (operation === undefined) return ["this endpoint is not in the committed subset of GitHub's description"];
    operations.push(operation.id);
    const found = [
      ...checkQuery(operation, new URL(exchange.url), validator),
      ...checkBody(operation, exchange.body, document, validator),
      ...(checkAnswers ? checkAnswer(operation, exchange, document, validator) : []),
    ];
    const isKnown = (violation: string): boolean =>
      KNOWN_GAPS.some((gap) => gap.operation.test(operation.id) && gap.violation.test(violation));
    return found.filter((violation) => !isKnown(violation)).map((violation) => `${operation.id}: ${violation}`);
  };

  return {
    violations,
    operations,
    check,
    fetch: async (input, init = {}) => {
      const url = input instanceof Request ? input.url : String(input);
      const method = init.method ?? "GET";
      const response = await (options.fetch ?? globalThis.fetch)(input, init);
      const isJson = /json/.test(response.headers.get("content-type") ?? "");
      const answer: unknown = checkAnswers && isJson ? await response.clone().json() : undefined;
      const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
      const found = check({ method, url, body, status: response.status, answer });
      violations.push(...found.map((violation) => `${method} ${new URL(url).pathname} ${violation}`));
      return response;
    },
  };
}

/** Compiles a schema by its pointer in the document, once. */
interface Validator {
  compile(pointer: string): ValidateFunction;
  inline(schema: Json): ValidateFunction;
}

function createValidator({ schema }: OpenapiDocument): Validator {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // A format of GitHub's own: `owner/name`.
  ajv.addFormat("repo.nwo", /^[^/]+\/[^/]+$|^[^/]+$/);
  // The document is not itself a JSON Schema, so ajv must not judge it as one.
  ajv.addSchema(schema, "github", undefined, false);
  const compiled = new Map<string, ValidateFunction>();
  const once = (key: string, make: () => ValidateFunction): ValidateFunction => {
    const known = compiled.get(key) ?? make();
    compiled.set(key, known);
    return known;
  };
  return {
    compile: (pointer) => once(pointer, () => ajv.compile({ $ref: `github${pointer}` })),
    inline: (inner) =>
      once(JSON.stringify(inner), () =>
        ajv.compile(JSON.parse(JSON.stringify(inner).replaceAll('"$ref":"#', '"$ref":"github#')) as Json),
      ),
  };
}

function checkQuery(operation: Operation, url: URL, validator: Validator): string[] {
  const documented = operation.parameters.filter((parameter) => parameter["in"] === "query");
  const found: string[] = [];
  for (const [name, text] of url.searchParams) {
    const parameter = documented.find((candidate) => candidate["name"] === name);
    if (parameter === undefined) {
      found.push(`query ?${name} is not documented`);
      continue;
    }
    const schema = parameter["schema"] as Json;
    const validate = validator.inline(schema);
    if (!validate(coerce(text, schema))) found.push(...problems(`query ?${name}`, validate));
  }
  for (const parameter of documented) {
    const name = String(parameter["name"]);
    if (parameter["required"] === true && !url.searchParams.has(name)) found.push(`query ?${name} is required`);
  }
  return found;
}

function coerce(text: string, schema: Json): unknown {
  if ((schema["type"] === "integer" || schema["type"] === "number") && text !== "" && !Number.isNaN(Number(text))) {
    return Number(text);
  }
  return schema["type"] === "boolean" && /^(?:true|false)$/.test(text) ? text === "true" : text;
}

const JSON_SCHEMA = "/content/application~1json/schema";

function checkBody(operation: Operation, body: unknown, document: OpenapiDocument, validator: Validator): string[] {
  const described = operation.requestBody === undefined ? undefined : document.resolve(operation.requestBody);
  if (described === undefined) return body === undefined ? [] : ["a body was sent to an operation that takes none"];
  if (body === undefined) return described["required"] === true ? ["a body is required"] : [];
  const content = (described["content"] as Json)["application/json"] as Json;
  const reference = operation.requestBody?.["$ref"];
  const validate = validator.compile(
    `${typeof reference === "string" ? reference : `${operation.pointer}/requestBody`}${JSON_SCHEMA}`,
  );
  return [
    ...(validate(body) ? [] : problems("body", validate)),
    ...unknownKeys(document, content["schema"], body, "body"),
  ];
}

function checkAnswer(
  operation: Operation,
  { status, answer }: Exchange,
  document: OpenapiDocument,
  validator: Validator,
): string[] {
  const described = operation.responses[String(status)] as Json | undefined;
  if (described === undefined) {
    if (!isGeneralRefusal(status) && status !== 304) return [`status ${String(status)} is not documented`];
    const message = (answer as Json | undefined)?.["message"];
    return answer === undefined || typeof message === "string" ? [] : ["response has no message"];
  }
  const content = document.resolve(described)["content"] as Json | undefined;
  if (answer === undefined || content?.["application/json"] === undefined) return [];
  const reference = described["$ref"];
  const pointer = typeof reference === "string" ? reference : `${operation.pointer}/responses/${String(status)}`;
  const validate = validator.compile(`${pointer}${JSON_SCHEMA}`);
  return validate(answer) ? [] : problems("response", validate);
}

function problems(where: string, { errors }: ValidateFunction): string[] {
  return (errors ?? []).map(({ instancePath, message, params }) => {
    const allowed = (params as Json)["allowedValues"];
    return `${where}${instancePath} ${message ?? "is invalid"}${Array.isArray(allowed) ? `: ${allowed.join(", ")}` : ""}`;
  });
}

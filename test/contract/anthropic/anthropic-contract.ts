import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

import { messageRuleViolations } from "./message-rules.ts";
import schema from "./messages.schema.json" with { type: "json" };
import { isRecord } from "./record.ts";

type Shape = keyof (typeof schema)["definitions"]["Wire"]["properties"];

/** The Messages API as the installed SDK's types and Anthropic's documentation describe it. Every method answers violations, a line each. */
export interface AnthropicContract {
  /** @param version the `anthropic-version` header */
  readonly checkRequest: (path: string, body: unknown, version?: string) => readonly string[];
  /** For a whole JSON answer, error bodies too. */
  readonly checkResponse: (path: string, body: unknown) => readonly string[];
  /** For the `data` of one server-sent event. */
  readonly checkEvent: (event: unknown) => readonly string[];
  /** The hook of the stand-in server. */
  readonly validate: (path: string, body: unknown, headers: Readonly<Record<string, string>>) => readonly string[];
  /** For `new Anthropic({ fetch })`: checks both directions, changes nothing, and reports as the bytes go by. */
  readonly fetch: (onViolation: (violation: string) => void) => typeof globalThis.fetch;
}

const BATCH = /^\/v1\/messages\/batches(?:\/[^/]+(?:\/cancel)?)?$/;

export function anthropicContract(): AnthropicContract {
  const ajv = new Ajv({ allErrors: true, discriminator: true, strict: false, verbose: true }).addSchema(schema, "wire");
  const validators = new Map<Shape, ValidateFunction>();

  const check = (shape: Shape, value: unknown): readonly string[] => {
    const validate = validators.get(shape) ?? ajv.compile({ $ref: `wire#/definitions/Wire/properties/${shape}` });
    validators.set(shape, validate);
    return validate(value) ? [] : [...new Set(telling(validate.errors ?? []).map(say))];
  };

  const checkRequest = (path: string, body: unknown, version?: string): readonly string[] => {
    if (path === "/v1/messages") {
      const shape = isRecord(body) && body["stream"] === true ? "streaming" : "nonStreaming";
      return [...check(shape, body), ...(isRecord(body) ? messageRuleViolations(body, version) : [])];
    }
    if (path === "/v1/messages/count_tokens") {
      return [...check("countTokens", body), ...(isRecord(body) ? messageRuleViolations(body, version) : [])];
    }
    if (path === "/v1/messages/batches" && body !== undefined)
      return [...check("batchCreate", body), ...batchRules(body, version)];
    return body === undefined ? [] : [`${path}: no body is known for this path`];
  };

  const checkResponse = (path: string, body: unknown): readonly string[] => {
    if (isRecord(body) && body["type"] === "error") return check("error", body);
    if (path === "/v1/messages") return check("message", body);
    if (path === "/v1/messages/count_tokens") return check("tokenCount", body);
    if (path === "/v1/messages/batches" || path === "/v1/models") return checkPage(path, body);
    if (BATCH.test(path)) return check("batch", body);
    if (path.endsWith("/results")) return check("batchLine", body);
    return path.startsWith("/v1/models/") ? check("model", body) : [`${path}: no answer is known for this path`];
  };

  const checkPage = (path: string, body: unknown): readonly string[] => {
    if (isRecord(body) && Array.isArray(body["data"])) {
      return body["data"].flatMap((item) => check(path === "/v1/models" ? "model" : "batch", item));
    }
    return path === "/v1/messages/batches" ? check("batch", body) : [`${path}: data is missing`];
  };

  const checkEvent = (event: unknown): readonly string[] => {
    if (isRecord(event) && event["type"] === "ping") return [];
    return isRecord(event) && event["type"] === "error" ? check("error", event) : check("event", event);
  };

  const watched =
    (onViolation: (violation: string) => void): typeof globalThis.fetch =>
    async (input, init) => {
      const request = new Request(input, init);
      const path = new URL(request.url).pathname;
      const report = (where: string) => (violation: string) => onViolation(`${where} ${path}: ${violation}`);
      const sent = typeof init?.body === "string" ? (JSON.parse(init.body) as unknown) : undefined;
      checkRequest(path, sent, request.headers.get("anthropic-version") ?? undefined).forEach(report("request"));
      const response = await globalThis.fetch(input, init);
      const contentType = response.headers.get("content-type") ?? "";
      if (contentType.startsWith("application/json")) {
        const body = await wholeJson(response.clone());
        if (body !== undefined) checkResponse(path, body).forEach(report("response"));
        return response;
      }
      if (response.body === null || !contentType.startsWith("text/event-stream")) return response;
      const body = response.body.pipeThrough(eventWatch((event) => checkEvent(event).forEach(report("event"))));
      return new Response(body, { status: response.status, headers: response.headers });
    };

  return {
    checkRequest,
    checkResponse,
    checkEvent,
    validate: (path, body, headers) => checkRequest(path, body, headers["anthropic-version"]),
    fetch: watched,
  };
}

/** `undefined` for a body that breaks off: that is the client's to find out, as without the contract. */
async function wholeJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function batchRules(body: unknown, version: string | undefined): readonly string[] {
  const requests = isRecord(body) && Array.isArray(body["requests"]) ? body["requests"].filter(isRecord) : [];
  const ids = requests.map((request) => String(request["custom_id"]));
  return requests.flatMap((request, index) => [
    ...(/^[a-zA-Z0-9_-]{1,64}$/.test(ids[index] ?? "")
      ? []
      : [`requests.${index}.custom_id: must match ^[a-zA-Z0-9_-]{1,64}$`]),
    ...(ids.indexOf(ids[index] ?? "") === index ? [] : [`requests.${index}.custom_id: must be unique within a batch`]),
    ...(isRecord(request["params"])
      ? messageRuleViolations(request["params"], version).map((violation) => `requests.${index}.params: ${violation}`)
      : []),
  ]);
}

/** Without "or null" and "one of these": the branch that was meant has said what is wrong with it. */
function telling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const isNoise = ({ keyword, params }: ErrorObject) =>
    keyword === "anyOf" || keyword === "oneOf" || (keyword === "type" && isRecord(params) && params["type"] === "null");
  const rest = errors.filter((error) => !isNoise(error));
  return rest.length > 0 ? rest : errors;
}

function say({ instancePath, message, params }: ErrorObject): string {
  const detail = Object.entries(params)
    .filter(
      ([key]) =>
        key === "additionalProperty" || key === "allowedValues" || key === "allowedValue" || key === "tagValue",
    )
    .map(([, value]) => ` ${JSON.stringify(value)}`);
  return `${instancePath.slice(1).replaceAll("/", ".") || "body"}: ${message ?? "invalid"}${detail.join("")}`;
}

function eventWatch(onEvent: (event: unknown) => void): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  let rest = "";
  return new TransformStream({
    transform: (bytes, controller) => {
      rest += decoder.decode(bytes, { stream: true });
      const frames = rest.split("\n\n");
      rest = frames.pop() ?? "";
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (data !== undefined) onEvent(eventOf(data));
      }
      controller.enqueue(bytes);
    },
  });
}

/** Text that is not JSON stays text, and is then no event of the contract. */
function eventOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

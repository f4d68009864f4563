import type Anthropic from "@anthropic-ai/sdk";
import { expect, it } from "vitest";

import { anthropicContract } from "./anthropic-contract.ts";

const contract = anthropicContract();
const PATH = "/v1/messages";
const REQUEST: Anthropic.MessageCreateParamsNonStreaming = {
  model: "claude-opus-5-5",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Hello" }],
};
const STRICT = {
  name: "report_findings",
  strict: true,
  input_schema: {
    type: "object",
    properties: {
      findings: {
        type: "array",
        items: {
          type: "object",
          properties: { line: { type: "integer" } },
          required: ["line"],
          additionalProperties: false,
        },
      },
    },
    required: ["findings"],
    additionalProperties: false,
  },
};

function call(id: string) {
  return { type: "tool_use", id, name: "Read", input: {} };
}
function result(id: string) {
  return { type: "tool_result", tool_use_id: id, content: "text" };
}
function conversation(...rest: [string, unknown[]][]) {
  return { messages: [...REQUEST.messages, ...rest.map(([role, content]) => ({ role, content }))] };
}
function marked(count: number, ttl: "5m" | "1h" = "5m") {
  return Array.from({ length: count }, () => ({ type: "text", text: "x", cache_control: { type: "ephemeral", ttl } }));
}
function strictTools(count: number, change: object = {}) {
  return Array.from({ length: count }, (_, n) => ({
    ...STRICT,
    name: `t${n}`,
    input_schema: { ...STRICT.input_schema, ...change },
  }));
}

it.each([
  ["the smallest request", {}],
  ["a stream", { stream: true }],
  [
    "all this project sends",
    {
      stream: true,
      system: marked(1, "1h"),
      tools: [
        STRICT,
        { name: "Read", input_schema: { type: "object" }, cache_control: { type: "ephemeral", ttl: "1h" } },
      ],
      tool_choice: { type: "auto" },
      thinking: { type: "adaptive" },
      output_config: { effort: "low" },
      metadata: { user_id: "x" },
      ...conversation(
        ["assistant", [{ type: "thinking", thinking: "", signature: "s" }, call("a"), call("b")]],
        ["user", [result("b"), result("a")]],
      ),
    },
  ],
  ["four breakpoints", { system: marked(4) }],
  [
    "a paused turn sent back",
    conversation(["assistant", [{ type: "server_tool_use", id: "s", name: "web_search", input: {} }]]),
  ],
  [
    "prefill where it is allowed",
    { model: "claude-haiku-4-5", ...conversation(["assistant", [{ type: "text", text: "{" }]]) },
  ],
  ["a cache warm-up", { max_tokens: 0, system: marked(1) }],
  ["20 strict tools", { tools: strictTools(20) }],
  ["24 optional parameters", { tools: strictTools(12, { properties: { a: {}, b: {} }, required: [] }) }],
])("accepts %s", (_, change) => {
  expect(contract.checkRequest(PATH, { ...REQUEST, ...change })).toEqual([]);
});

it.each([
  ["a misspelt field", { maxTokens: 3 }, 'body: must NOT have additional properties "maxTokens"'],
  ["a missing field", { max_tokens: undefined }, "body: must have required property 'max_tokens'"],
  [
    "a role nobody has",
    { messages: [{ role: "robot", content: "x" }] },
    'messages.0: value of tag "role" must be in oneOf "robot"',
  ],
  [
    "a misspelt block field",
    { messages: [{ role: "user", content: [{ ...result("a"), tool_id: 1 }] }] },
    'messages.0.content.0: must NOT have additional properties "tool_id"',
  ],
  ["a misspelt effort", { output_config: { effort: "hihg" } }, "output_config.effort: must be equal to one of"],
  [
    "a server tool",
    { tools: [{ type: "web_search_20260318", name: "web_search" }] },
    "tools.0: must have required property 'input_schema'",
  ],
  ["sampling", { temperature: 0 }, "temperature: not supported on 2026-10-21"],
  [
    "five breakpoints",
    {
      system: marked(3),
      tools: [{ ...STRICT, cache_control: { type: "ephemeral" } }],
      cache_control: { type: "ephemeral" },
    },
    "cache_control: 5 breakpoints, a maximum of 4 may be given",
  ],
  [
    "a long ttl after a short one",
    { system: [...marked(1), ...marked(1, "1h")] },
    "cache_control: a ttl of 1h must not come after a ttl of 5m",
  ],
  ["no message", { messages: [] }, "messages: at least one message is required"],
  [
    "an assistant who begins",
    { messages: [{ role: "assistant", content: "x" }, ...REQUEST.messages] },
    "messages.0: the first message must be a user message",
  ],
  ["an empty message", conversation(["user", []]), "messages.1: content must not be empty"],
  ["an empty text", { messages: [{ role: "user", content: "" }] }, "messages.0: text content blocks must be non-empty"],
  [
    "prefill",
    { model: "claude-sonnet-5-5", ...conversation(["assistant", [{ type: "text", text: "{" }]]) },
    "messages: claude-sonnet-5-5 does not support prefill",
  ],
  [
    "a tool call without its result",
    conversation(["assistant", [call("a"), call("b")]], ["user", [result("a")]]),
    "messages.1: tool_use b has no tool_result",
  ],
  [
    "a result one message late",
    conversation(["assistant", [call("a")]], ["user", [{ type: "text", text: "x" }]], ["user", [result("a")]]),
    "messages.3: tool_result a answers no tool_use",
  ],
  [
    "a result nobody asked for",
    conversation(["assistant", [call("a")]], ["user", [result("a"), result("z")]]),
    "messages.2: tool_result z answers no tool_use",
  ],
  [
    "a result given twice",
    conversation(["assistant", [call("a")]], ["user", [result("a"), result("a")]]),
    "messages.2: tool_result a answers no tool_use",
  ],
  [
    "an id used twice",
    conversation(
      ["assistant", [call("a")]],
      ["user", [result("a")]],
      ["assistant", [call("a")]],
      ["user", [result("a")]],
    ),
    "messages.3: tool_use ids must be unique: a",
  ],
  [
    "text before results",
    conversation(["assistant", [call("a")]], ["user", [{ type: "text", text: "x" }, result("a")]]),
    "messages.2: tool_result blocks must come first",
  ],
  [
    "forced tools on Opus 5.5",
    { tools: [STRICT], tool_choice: { type: "any" } },
    "tool_choice: any is not supported by claude-opus-5-5",
  ],
  [
    "a forced tool that is not there",
    { model: "claude-haiku-5-5", tools: [STRICT], tool_choice: { type: "tool", name: "x" } },
    "tool_choice: no tool is called x",
  ],
  ["two tools of one name", { tools: [STRICT, STRICT] }, "tools.1.name: report_findings is not unique"],
  ["a tool name with a dot", { tools: [{ ...STRICT, name: "a.b" }] }, "tools.0.name: a.b must match"],
  [
    "thinking disabled on Opus 5.5",
    { thinking: { type: "disabled" } },
    "thinking: disabled is not supported by claude-opus-5-5",
  ],
  [
    "a thinking budget",
    { thinking: { type: "enabled", budget_tokens: 2000 } },
    "thinking: enabled is not supported by claude-opus-5-5",
  ],
  [
    "between_tools off Sonnet 5.5",
    { thinking: { type: "between_tools" } },
    "thinking: between_tools is not supported by claude-opus-5-5",
  ],
  [
    "much effort without thinking",
    { model: "claude-haiku-5-5", thinking: { type: "disabled" }, output_config: { effort: "max" } },
    "output_config.effort: max is not supported with thinking disabled",
  ],
  ["a warm-up that streams", { max_tokens: 0, stream: true }, "max_tokens: 0 is not supported with stream"],
  ["21 strict tools", { tools: strictTools(21) }, "strict tools: 21 are too many, the limit is 20"],
  [
    "26 optional parameters",
    { tools: strictTools(13, { properties: { a: {}, b: {} }, required: [] }) },
    "optional parameters in strict schemas: 26 are too many",
  ],
  [
    "17 unions",
    { tools: strictTools(17, { properties: { a: { type: ["string", "null"] } }, required: ["a"] }) },
    "union-typed parameters in strict schemas: 17 are too many",
  ],
  [
    "an open strict schema",
    { tools: strictTools(1, { additionalProperties: undefined }) },
    "tools.0.input_schema: additionalProperties must be false",
  ],
  [
    "a bound in a strict schema",
    { tools: strictTools(1, { properties: { a: { type: "integer", minimum: 1 } }, required: ["a"] }) },
    "tools.0.input_schema.properties.a: minimum is not supported",
  ],
  [
    "a recursive output format",
    {
      output_config: {
        format: {
          type: "json_schema",
          schema: { $ref: "#/$defs/a", $defs: { a: { type: "array", items: { $ref: "#/$defs/a" } } } },
        },
      },
    },
    "output_config.format.schema.items: recursive reference",
  ],
])("rejects %s", (_, change, violation) => {
  const body: unknown = JSON.parse(JSON.stringify({ ...REQUEST, ...change }));

  expect(contract.checkRequest(PATH, body)).toContainEqual(expect.stringContaining(violation));
});

it("checks every request of a batch", () => {
  const request = { custom_id: "a b", params: { ...REQUEST, stream: true, thinking: { type: "disabled" } } };

  expect(contract.checkRequest("/v1/messages/batches", { requests: [request, request] })).toEqual([
    expect.stringContaining("requests.0.params.stream"),
    expect.stringContaining("requests.1.params.stream"),
    expect.stringContaining("requests.0.custom_id: must match"),
    expect.stringContaining("requests.0.params: thinking: disabled"),
    expect.stringContaining("requests.1.custom_id: must match"),
    expect.stringContaining("requests.1.custom_id: must be unique"),
    expect.stringContaining("requests.1.params: thinking: disabled"),
  ]);
});

it("knows the answers and events, and no other path", () => {
  expect(contract.checkEvent({ type: "message_stop" })).toEqual([]);
  expect(contract.checkEvent({ type: "ping" })).toEqual([]);
  expect(contract.checkEvent({ type: "message_stopped" })).not.toEqual([]);
  expect(contract.checkResponse("/v1/messages/count_tokens", { input_tokens: 1 })).toEqual([]);
  expect(contract.checkResponse(PATH, { id: "msg" })).toContainEqual(
    expect.stringContaining("must have required property 'usage'"),
  );
  expect(
    contract.checkResponse(PATH, { type: "error", error: { type: "odd", message: "" }, request_id: null }),
  ).not.toEqual([]);
  expect(contract.checkRequest("/v1/complete", {})).toEqual(["/v1/complete: no body is known for this path"]);
});

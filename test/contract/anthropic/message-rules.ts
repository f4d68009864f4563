import { isRecord, records } from "./record.ts";
import { strictSchemaViolations } from "./strict-schema.ts";

type Body = Record<string, unknown>;

/** Model families, longest first where one name begins another (platform.claude.com, October 2026). */
const REFUSES_FORCED_TOOLS = ["claude-sonnet-5-5", "claude-opus-5-5", "claude-fable-5-1"];
const REFUSES_DISABLED_THINKING = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5"];
const REFUSES_PREFILL = ["claude-sonnet-5-5", "claude-haiku-5-5"];
const REFUSES_THINKING_BUDGET = ["claude-fable-5", "claude-opus-5", "claude-sonnet-5", "claude-haiku-5"];
const THINKS_BETWEEN_TOOLS = ["claude-sonnet-5-5"];
const MAX_BREAKPOINTS = 4;

/** What the API refuses in a Messages request although its types allow it; no line where all is well. */
export function messageRuleViolations(body: Body, version = "2026-10-21"): readonly string[] {
  return [
    ...samplingViolations(body, version),
    ...cacheViolations(body),
    ...conversationViolations(body),
    ...toolResultViolations(body),
    ...toolViolations(body),
    ...thinkingViolations(body),
    ...strictSchemaViolations(body),
  ];
}

function isOf(families: readonly string[], body: Body): boolean {
  return families.some((family) => String(body["model"]).startsWith(family));
}

function samplingViolations(body: Body, version: string): readonly string[] {
  if (version < "2026-10-21") return [];
  return ["temperature", "top_p", "top_k"].flatMap((name) =>
    name in body ? [`${name}: not supported on ${version}`] : [],
  );
}

/** Breakpoints in the order of the prompt: tools, system, messages, with those inside tool results. */
function breakpoints(body: Body): readonly Body[] {
  const blocks = [
    ...records(body["tools"]),
    ...records(body["system"]),
    ...records(body["messages"]).flatMap((message) =>
      records(message["content"]).flatMap((block) =>
        block["type"] === "tool_result" ? [...records(block["content"]), block] : [block],
      ),
    ),
    body,
  ];
  return blocks.map((block) => block["cache_control"]).filter(isRecord);
}

function cacheViolations(body: Body): readonly string[] {
  const marks = breakpoints(body);
  const firstShort = marks.findIndex((mark) => mark["ttl"] !== "1h");
  const lastLong = marks.findLastIndex((mark) => mark["ttl"] === "1h");
  return [
    ...(marks.length > MAX_BREAKPOINTS
      ? [`cache_control: ${marks.length} breakpoints, a maximum of ${MAX_BREAKPOINTS} may be given`]
      : []),
    ...(firstShort !== -1 && firstShort < lastLong
      ? ["cache_control: a ttl of 1h must not come after a ttl of 5m"]
      : []),
  ];
}

function conversationViolations(body: Body): readonly string[] {
  const messages = records(body["messages"]);
  if (messages.length === 0) return ["messages: at least one message is required"];
  const violations = messages.flatMap((message, index) => {
    const content = records(message["content"]);
    const isLastAssistant = index === messages.length - 1 && message["role"] === "assistant";
    const empty = content.length === 0 && !isLastAssistant ? [`messages.${index}: content must not be empty`] : [];
    const blank = content.some((block) => block["type"] === "text" && block["text"] === "");
    return blank ? [...empty, `messages.${index}: text content blocks must be non-empty`] : empty;
  });
  if (messages[0]?.["role"] !== "user") violations.push("messages.0: the first message must be a user message");
  const last = messages.at(-1);
  const isPaused = records(last?.["content"]).some((block) => block["type"] === "server_tool_use");
  if (last?.["role"] === "assistant" && !isPaused && isOf(REFUSES_PREFILL, body)) {
    violations.push(
      `messages: ${String(body["model"])} does not support prefill, the last message must be a user message`,
    );
  }
  return violations;
}

function toolResultViolations(body: Body): readonly string[] {
  const messages = records(body["messages"]);
  const seen = new Set<unknown>();
  return messages.flatMap((message, index) => {
    const content = records(message["content"]);
    const asked = content.filter((block) => block["type"] === "tool_use").map((block) => block["id"]);
    const repeated = asked.filter((id) => seen.has(id) || asked.indexOf(id) !== asked.lastIndexOf(id));
    for (const id of asked) seen.add(id);
    const next = messages[index + 1];
    const answered = next?.["role"] === "user" ? answersOf(next) : [];
    const missing = asked.filter((id) => !answered.includes(id));
    const before = index > 0 ? records(messages[index - 1]?.["content"]) : [];
    const open = before.filter((block) => block["type"] === "tool_use").map((block) => block["id"]);
    const answers = answersOf(message);
    const stray = answers.filter((id, at) => !open.includes(id) || answers.indexOf(id) !== at);
    const lateAnswer =
      content.findLastIndex((block) => block["type"] === "tool_result") >
      content.findIndex((block) => block["type"] !== "tool_result");
    return [
      ...repeated.map((id) => `messages.${index}: tool_use ids must be unique: ${String(id)}`),
      ...missing.map((id) => `messages.${index}: tool_use ${String(id)} has no tool_result in the next message`),
      ...stray.map(
        (id) =>
          `messages.${index}: tool_result ${String(id)} answers no tool_use of the previous message, or answers it twice`,
      ),
      ...(answers.length > 0 && answers.length < content.length && lateAnswer
        ? [`messages.${index}: tool_result blocks must come first`]
        : []),
    ];
  });
}

function answersOf(message: Body): readonly unknown[] {
  return records(message["content"])
    .filter((block) => block["type"] === "tool_result")
    .map((block) => block["tool_use_id"]);
}

function toolViolations(body: Body): readonly string[] {
  const names = records(body["tools"]).map((tool) => String(tool["name"]));
  const choice = isRecord(body["tool_choice"]) ? body["tool_choice"] : {};
  const isForced = choice["type"] === "any" || choice["type"] === "tool";
  const violations = names.flatMap((name, index) => [
    ...(/^[a-zA-Z0-9_-]{1,128}$/.test(name) ? [] : [`tools.${index}.name: ${name} must match ^[a-zA-Z0-9_-]{1,128}$`]),
    ...(names.indexOf(name) === index ? [] : [`tools.${index}.name: ${name} is not unique`]),
  ]);
  if (isForced && isOf(REFUSES_FORCED_TOOLS, body)) {
    violations.push(`tool_choice: ${String(choice["type"])} is not supported by ${String(body["model"])}`);
  }
  if (isForced && names.length === 0) violations.push("tool_choice: needs tools");
  if (choice["type"] === "tool" && !names.includes(String(choice["name"]))) {
    violations.push(`tool_choice: no tool is called ${String(choice["name"])}`);
  }
  const prewarms = body["max_tokens"] === 0;
  if (prewarms && (isForced || (isRecord(body["output_config"]) && isRecord(body["output_config"]["format"])))) {
    violations.push("max_tokens: 0 is not supported with a forced tool or an output format");
  }
  if (prewarms && body["stream"] === true) violations.push("max_tokens: 0 is not supported with stream");
  return violations;
}

function thinkingViolations(body: Body): readonly string[] {
  const type = isRecord(body["thinking"]) ? body["thinking"]["type"] : undefined;
  const effort = isRecord(body["output_config"]) ? body["output_config"]["effort"] : undefined;
  const isRefused =
    (type === "disabled" && isOf(REFUSES_DISABLED_THINKING, body)) ||
    (type === "enabled" && isOf(REFUSES_THINKING_BUDGET, body)) ||
    (type === "between_tools" && !isOf(THINKS_BETWEEN_TOOLS, body));
  if (isRefused) return [`thinking: ${type} is not supported by ${String(body["model"])}`];
  const isOff = type === "disabled" || type === "between_tools";
  return isOff && (effort === "xhigh" || effort === "max")
    ? [`output_config.effort: ${effort} is not supported with thinking ${type}`]
    : [];
}

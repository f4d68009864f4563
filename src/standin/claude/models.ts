import type { Json } from "./json.ts";

/** What the stand-in must know of a model; the rest of Anthropic's model object is made from it. */
export interface ModelFacts {
  readonly id: string;
  readonly name: string;
  readonly line: "haiku" | "sonnet" | "opus" | "fable";
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly thinking: readonly ("adaptive" | "between_tools" | "disabled" | "enabled")[];
  readonly deprecated?: boolean;
}

const MILLION = 1_000_000;
const LARGE = { contextTokens: MILLION, maxOutputTokens: 128_000 } as const;

/** The models of SDK 1.12 that a review can name (platform.claude.com, October 2026). */
export const MODELS: readonly ModelFacts[] = [
  { id: "claude-fable-5-2", name: "Claude Fable 5.2", line: "fable", ...LARGE, thinking: ["adaptive"] },
  { id: "claude-fable-5-1", name: "Claude Fable 5.1", line: "fable", ...LARGE, thinking: ["adaptive"] },
  { id: "claude-opus-5-5", name: "Claude Opus 5.5", line: "opus", ...LARGE, thinking: ["adaptive"] },
  {
    id: "claude-sonnet-5-5",
    name: "Claude Sonnet 5.5",
    line: "sonnet",
    ...LARGE,
    thinking: ["adaptive", "between_tools"],
  },
  { id: "claude-haiku-5-5", name: "Claude Haiku 5.5", line: "haiku", ...LARGE, thinking: ["adaptive", "disabled"] },
  { id: "claude-opus-5", name: "Claude Opus 5", line: "opus", ...LARGE, thinking: ["adaptive", "disabled"] },
  { id: "claude-sonnet-5", name: "Claude Sonnet 5", line: "sonnet", ...LARGE, thinking: ["adaptive", "disabled"] },
  {
    id: "claude-haiku-4-5",
    name: "Claude Haiku 4.5",
    line: "haiku",
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    thinking: ["enabled", "disabled"],
  },
  {
    id: "claude-sonnet-4-5",
    name: "Claude Sonnet 4.5",
    line: "sonnet",
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    thinking: ["enabled", "disabled"],
    deprecated: true,
  },
];

/** The model object of `GET /v1/models/{id}`. */
export function modelBody(model: ModelFacts): Json {
  const yes = { supported: true };
  const hasEffort = model.contextTokens === MILLION;
  const thinks = (type: ModelFacts["thinking"][number]) => ({ supported: model.thinking.includes(type) });
  return {
    id: model.id,
    type: "model",
    display_name: model.name,
    created_at: "2026-10-01T00:00:00Z",
    deprecated_at: model.deprecated === true ? "2026-05-30T00:00:00Z" : null,
    retires_at: model.deprecated === true ? "2026-11-30T00:00:00Z" : null,
    lifecycle: model.deprecated === true ? "deprecated" : "active",
    line: model.line,
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
    capabilities: {
      batch: yes,
      citations: yes,
      code_execution: yes,
      context_management: {
        supported: true,
        clear_thinking_20251015: yes,
        clear_tool_uses_20250919: yes,
        compact_20260112: yes,
      },
      effort: {
        supported: hasEffort,
        low: { supported: hasEffort },
        medium: { supported: hasEffort },
        high: { supported: hasEffort },
        xhigh: { supported: hasEffort },
        max: { supported: hasEffort },
      },
      image_input: yes,
      pdf_input: yes,
      server_tools: { supported: true, code_execution: yes, web_search: yes },
      structured_outputs: yes,
      thinking: {
        supported: true,
        types: {
          adaptive: thinks("adaptive"),
          between_tools: thinks("between_tools"),
          disabled: thinks("disabled"),
          enabled: thinks("enabled"),
        },
      },
    },
  };
}

/** `GET /v1/models`, paged as the API pages it. */
export function modelListBody(models: readonly ModelFacts[], query: URLSearchParams): Json {
  const lifecycles = [...query.getAll("lifecycle"), ...query.getAll("lifecycle[]")];
  const all = models
    .map(modelBody)
    .filter(({ lifecycle }) => lifecycles.length === 0 || lifecycles.some((wanted) => wanted === lifecycle));
  return page(all, query);
}

/** Anthropic's cursor page: `after_id` and `limit` (20 by default). */
export function page(all: readonly Json[], query: URLSearchParams): Json {
  const after = query.get("after_id");
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const limit = Math.max(1, Number(query.get("limit") ?? 20) || 20);
  const data = all.slice(from, from + limit);
  return {
    data,
    has_more: from + data.length < all.length,
    first_id: data.at(0)?.["id"] ?? null,
    last_id: data.at(-1)?.["id"] ?? null,
  };
}

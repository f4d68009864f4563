import { createHash } from "node:crypto";

import type { TurnRequest } from "../../ports/model.ts";
import type { RequestParts } from "../../ports/run-store.ts";

/** Hex digits of a part's digest: enough to tell parts apart, short enough for a line with fifty messages. */
const PART_DIGITS = 16;

/** What a request is told by: the same for equal requests in every process, another as soon as anything that is sent differs. */
export function requestDigest(request: TurnRequest): { readonly hash: string; readonly parts: RequestParts } {
  const parts: RequestParts = {
    model: digest(request.model),
    system: digest(request.system),
    prefix: digest(request.prefix),
    tools: digest(request.tools),
    limits: digest([request.maxOutputTokens, request.effort ?? ""]),
    messages: request.messages.map((message) => digest(message)),
  };
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return { hash, parts };
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, PART_DIGITS);
}

const LABELS = {
  model: "the model",
  system: "the system prompt",
  prefix: "the shared part of the brief",
  tools: "the tools",
  limits: "the output limit or the effort",
} as const satisfies Record<Exclude<keyof RequestParts, "messages">, string>;
const NAMES = ["model", "system", "prefix", "tools", "limits"] as const;

/** The first part in which a request differs from the one that was recorded, in words. */
export function firstDifference(asked: RequestParts, recorded: RequestParts): string {
  const name = NAMES.find((part) => asked[part] !== recorded[part]);
  if (name !== undefined) return LABELS[name];
  const longest = Math.max(asked.messages.length, recorded.messages.length);
  const index = Array.from({ length: longest }).findIndex((_, at) => asked.messages[at] !== recorded.messages[at]);
  return index === -1 ? "nothing: it was asked more often than it was recorded" : `message ${index + 1}`;
}

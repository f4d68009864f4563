import { estimateTokens } from "../../domain/token-estimate.ts";
import { promptTokens, type Usage } from "../../domain/usage.ts";
import type { Message, TurnRequest } from "../../ports/model.ts";
import type { Demand } from "./rate-ledger.ts";

/** What an answer is taken to be long until there was one. */
const FIRST_GUESS_OUTPUT = 1_000;
/** Weight of the newest answer in the running means. */
const WEIGHT = 0.2;

/** Estimates what requests use of the limits, and learns from what they did use. */
export interface ExpectedDemand {
  of(request: TurnRequest, isWarm: boolean): Demand;
  learn(request: TurnRequest, isWarm: boolean, usage: Usage): void;
}

export function expectedDemand(): ExpectedDemand {
  let outputTokens: number | undefined;
  let correction: number | undefined;
  return {
    of: (request, isWarm) => ({
      inputTokens: Math.ceil(uncachedTokens(request, isWarm) * (correction ?? 1)),
      outputTokens: Math.min(request.maxOutputTokens, outputTokens ?? FIRST_GUESS_OUTPUT),
    }),
    learn(request, isWarm, usage) {
      outputTokens = mean(outputTokens ?? usage.outputTokens, usage.outputTokens);
      const estimated = uncachedTokens(request, isWarm);
      const counted = promptTokens(usage) - usage.cacheReadTokens;
      if (estimated <= 0 || counted <= 0) return;
      const ratio = Math.min(4, counted / estimated);
      correction = mean(correction ?? ratio, ratio);
    },
  };
}

function mean(before: number, now: number): number {
  return before + WEIGHT * (now - before);
}

/** The conversation is cached from its second turn on; then only what came since is new. */
function uncachedTokens(request: TurnRequest, isWarm: boolean): number {
  const { messages } = request;
  const fresh = messages.length <= 3 ? messages : messages.slice(-2);
  const shared = isWarm ? 0 : sharedTokens(request);
  return fresh.reduce((sum, message) => sum + estimateTokens(textOf(message)), shared);
}

/** Tools, system and prefix: what is read from the cache once it is warm. */
function sharedTokens({ tools, system, prefix }: TurnRequest): number {
  return estimateTokens(JSON.stringify(tools)) + estimateTokens(system) + estimateTokens(prefix);
}

function textOf(message: Message): string {
  return message.role === "user" ? message.text : JSON.stringify(message);
}

import { createHash } from "node:crypto";

import { promptTokens, PromptCache } from "./cache.ts";
import { systemClock, type Clock } from "./clock.ts";
import { apiError, type Fault } from "./faults.ts";
import { Journal } from "./journal.ts";
import { MODELS, type ModelFacts } from "./models.ts";
import { RateLimiter, type RateLimits } from "./rate-limit.ts";
import { readMessagesRequest, type MessagesRequest } from "./request.ts";
import { Script } from "./script.ts";
import type { Timing } from "./timing.ts";

/** Answers `fault` instead of asking the script; no script step is spent. */
export interface Storm {
  readonly fault: Fault;
  /** Which model requests, counted from 1. */
  readonly requests?: readonly number[];
  /** This share of sendings (0 to 1), chosen by a hash of body, attempt and seed: the same in every run. */
  readonly share?: number;
  readonly seed?: string;
}

interface BatchLifecycle {
  /** How many polls still say `in_progress` (or `canceling`); 1 without it. */
  readonly pollsUntilEnd?: number;
  /** Requests that expire instead of being answered: their custom ids, or what says so of one. */
  readonly expired?: readonly string[] | ((customId: string, params: unknown) => boolean);
}

/** Says what is wrong with a request, a line each; what it says becomes a 400 and a recorded violation. */
type Validate = (path: string, body: unknown, headers: Readonly<Record<string, string>>) => readonly string[];

export interface ClaudeOptions {
  readonly timing?: Timing;
  readonly rateLimit?: RateLimits;
  readonly storm?: Storm;
  readonly validate?: Validate;
  readonly models?: readonly ModelFacts[];
  /** 512 without it, as the 5.5 models have it. */
  readonly minimumCacheableTokens?: number;
  /** Without it any non-empty key is good. */
  readonly apiKeys?: readonly string[];
  /** 32 MB without it. */
  readonly maxBodyBytes?: number;
  readonly batches?: BatchLifecycle;
  readonly clock?: Clock;
}

/** All that lives as long as one server. */
export class World {
  readonly options: ClaudeOptions;
  readonly clock: Clock;
  readonly journal = new Journal();
  readonly script = new Script();
  readonly models: readonly ModelFacts[];
  readonly cache: PromptCache;
  readonly limiter: RateLimiter;
  readonly #attempts = new Map<string, number>();
  #replies = 0;
  #modelRequests = 0;

  constructor(options: ClaudeOptions) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.models = options.models ?? MODELS;
    this.cache = this.freshCache();
    this.limiter = new RateLimiter(options.rateLimit ?? {}, this.clock.now());
  }

  freshCache(): PromptCache {
    return new PromptCache(this.options.minimumCacheableTokens ?? 512);
  }

  nextReply(): number {
    this.#replies += 1;
    return this.#replies;
  }

  nextModelRequest(): number {
    this.#modelRequests += 1;
    return this.#modelRequests;
  }

  /** How often these bytes have come, this time included, and a key for both. */
  attempt(rawBody: Buffer): { readonly attempt: number; readonly key: string } {
    const hash = createHash("sha256").update(rawBody).digest("hex");
    const attempt = (this.#attempts.get(hash) ?? 0) + 1;
    this.#attempts.set(hash, attempt);
    return { attempt, key: `${hash} ${attempt}` };
  }

  /** The request, or the refusal the API would answer before it runs a model. */
  readRequest(body: unknown, needsMaxTokens = true): MessagesRequest | Fault {
    const request = readMessagesRequest(body, needsMaxTokens);
    if ("problem" in request) return apiError("invalid_request_error", request.problem);
    const model = this.models.find(({ id }) => id === request.model);
    if (model === undefined) return apiError("not_found_error", `model: ${request.model}`);
    if (request.maxTokens > model.maxOutputTokens) {
      return apiError(
        "invalid_request_error",
        `max_tokens: ${request.maxTokens} > ${model.maxOutputTokens}, which is the maximum allowed number of output tokens for ${model.id}`,
      );
    }
    const tokens = promptTokens(request);
    if (tokens > model.contextTokens) {
      return apiError("invalid_request_error", `prompt is too long: ${tokens} tokens > ${model.contextTokens} maximum`);
    }
    return request;
  }
}

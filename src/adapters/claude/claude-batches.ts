import Anthropic from "@anthropic-ai/sdk";

import { ExternalError } from "../../domain/errors.ts";
import type { BatchAnswer, Batches, BatchState } from "../../ports/batches.ts";
import type { ClaudeOptions } from "./claude-model.ts";
import { requestBody } from "./request-body.ts";
import { translateError } from "./translate-error.ts";
import { turnOf } from "./turn-of.ts";

/** Errors of one request that another try may not meet; all others are the request's own. */
const PASSING: ReadonlySet<string> = new Set(["overloaded_error", "api_error", "rate_limit_error", "timeout_error"]);

/** The Message Batches API. Waiting and asking again are the caller's. */
export function claudeBatches(options: Omit<ClaudeOptions, "idleTimeoutMs">): Batches {
  const { batches } = new Anthropic({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    maxRetries: 0,
    logLevel: "off",
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  }).messages;
  return {
    async submit(requests, signal) {
      // Nothing says when, or in what order, a batch is worked on: a cache that is written is hardly ever read.
      const body = requests.map(({ key, request }) => ({
        custom_id: key,
        params: requestBody(request, { cache: false }),
      }));
      return asked(signal, async () => stateOf(await batches.create({ requests: body }, { signal })));
    },
    async find(id, signal) {
      try {
        const batch = await asked(signal, () => batches.retrieve(id, {}, { signal }));
        // Answers are deleted after a month; a batch without them is as good as none.
        return batch.archived_at === null ? stateOf(batch) : undefined;
      } catch (error) {
        if (error instanceof ExternalError && isMissing(error)) return undefined;
        throw error;
      }
    },
    since: (createdMs, signal) =>
      asked(signal, async () => {
        const found: BatchState[] = [];
        for await (const batch of batches.list({ limit: 100 }, { signal })) {
          const state = stateOf(batch);
          if (state.createdMs < createdMs) break;
          found.push(state);
        }
        return found;
      }),
    answers: (id, signal) =>
      asked(signal, async () => {
        const answers = new Map<string, BatchAnswer>();
        for await (const line of await batches.results(id, {}, { signal })) {
          answers.set(line.custom_id, answerOf(line.result));
        }
        return answers;
      }),
  };
}

function stateOf(batch: Anthropic.Messages.MessageBatch): BatchState {
  const counts = batch.request_counts;
  return {
    id: batch.id,
    ended: batch.processing_status === "ended",
    requests: counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired,
    createdMs: Date.parse(batch.created_at),
  };
}

function answerOf(result: Anthropic.Messages.MessageBatchResult): BatchAnswer {
  switch (result.type) {
    case "succeeded":
      return { kind: "answered", turn: turnOf(result.message) };
    case "errored": {
      const { type, message } = result.error.error;
      const error = new ExternalError("Claude", `Claude answered ${type}: ${message}`, {
        retryable: PASSING.has(type),
      });
      return { kind: "failed", error };
    }
    case "expired":
      return failed("the batch expired before Claude came to this request");
    case "canceled":
      return failed("the batch was cancelled before Claude came to this request");
    default:
      return result satisfies never;
  }
}

function failed(text: string): BatchAnswer {
  return { kind: "failed", error: new ExternalError("Claude", text, { retryable: true }) };
}

async function asked<T>(signal: AbortSignal, ask: () => PromiseLike<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    throw translateError(error, { usage: undefined, silentMs: undefined });
  }
}

function isMissing({ cause }: ExternalError): boolean {
  return cause instanceof Anthropic.APIError && cause.status === 404;
}

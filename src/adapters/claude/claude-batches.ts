import type { Anthropic, ClientOptions } from "@anthropic-ai/sdk";

import { ExternalError } from "../../domain/errors.ts";
import type { BatchAnswer, Batches, BatchState } from "../../ports/batches.ts";
import type { AnthropicApi } from "./connection.ts";
import { DIALECTS } from "./dialect.ts";
import { openAnthropic } from "./open-client.ts";
import { requestBody } from "./request-body.ts";
import { loadSdk } from "./sdk.ts";
import { translateError } from "./translate-error.ts";
import { turnOf } from "./turn-of.ts";

/** Errors of one request that another try may not meet; all others are the request's own. */
const PASSING: ReadonlySet<string> = new Set(["overloaded_error", "api_error", "rate_limit_error", "timeout_error"]);

const DIALECT = DIALECTS.anthropic;

/** The Message Batches API, which Anthropic alone offers so. Waiting and asking again are the caller's. */
export function claudeBatches(connection: AnthropicApi, fetch?: ClientOptions["fetch"]): Batches {
  let opened: Promise<Anthropic> | undefined;
  const asked = async <T>(
    signal: AbortSignal,
    ask: (batches: Anthropic["messages"]["batches"]) => PromiseLike<T>,
  ): Promise<T> => {
    try {
      opened ??= openAnthropic(connection, fetch);
      const client = await opened;
      return await ask(client.messages.batches);
    } catch (error) {
      signal.throwIfAborted();
      throw translateError(error, DIALECT, { usage: undefined, silentMs: undefined }, await loadSdk());
    }
  };
  return {
    async submit(requests, signal) {
      // Nothing says when, or in what order, a batch is worked on: a cache that is written is hardly ever read.
      const body = requests.map(({ key, request }) => ({
        custom_id: key,
        params: requestBody(request, DIALECT, { cache: false }),
      }));
      return asked(signal, async (batches) => stateOf(await batches.create({ requests: body }, { signal })));
    },
    async find(id, signal) {
      try {
        const batch = await asked(signal, (batches) => batches.retrieve(id, {}, { signal }));
        // Answers are deleted after a month; a batch without them is as good as none.
        return batch.archived_at === null ? stateOf(batch) : undefined;
      } catch (error) {
        if (error instanceof ExternalError && isMissing(error)) return undefined;
        throw error;
      }
    },
    since: (createdMs, signal) =>
      asked(signal, async (batches) => {
        const found: BatchState[] = [];
        for await (const batch of batches.list({ limit: 100 }, { signal })) {
          const state = stateOf(batch);
          if (state.createdMs < createdMs) break;
          found.push(state);
        }
        return found;
      }),
    answers: (id, signal) =>
      asked(signal, async (batches) => {
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

function isMissing({ cause }: ExternalError): boolean {
  return cause instanceof Error && "status" in cause && cause.status === 404;
}

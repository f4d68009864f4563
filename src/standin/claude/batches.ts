import { sendFault, sendJson, sendText, type Exchange } from "./exchange.ts";
import { apiError } from "./faults.ts";
import { isJson, jsonList, parseJson, textOf, type Json } from "./json.ts";
import { replyTo } from "./messages.ts";
import { page } from "./models.ts";
import { replyBody } from "./reply.ts";
import type { World } from "./world.ts";

interface Batch {
  readonly id: string;
  readonly createdAt: number;
  readonly requests: readonly { readonly customId: string; readonly params: unknown }[];
  cancelledAt: number | undefined;
  endedAt: number | undefined;
  results: readonly Json[];
  polls: number;
}

const DAY_MS = 86_400_000;

/** Message Batches: the requests are answered by the script when the last poll of the lifecycle comes. */
export class Batches {
  readonly #world: World;
  /** The address its result links begin with; asked late, when the port is known. */
  readonly #origin: () => string;
  readonly #batches: Batch[] = [];

  constructor(world: World, origin: () => string) {
    this.#world = world;
    this.#origin = origin;
  }

  /** @param rest what follows `/v1/messages/batches` */
  async answer(exchange: Exchange, rest: string): Promise<void> {
    const { method } = exchange.entry;
    if (rest === "" && method === "POST") return this.#create(exchange);
    if (rest === "" && method === "GET") {
      return sendJson(
        exchange,
        page(
          this.#batches.toReversed().map((batch) => this.#body(batch)),
          exchange.query,
        ),
      );
    }
    const [, id = "", action = ""] = rest.split("/");
    const batch = this.#batches.find((one) => one.id === id);
    if (batch === undefined) return sendFault(exchange, apiError("not_found_error", `batch: ${id}`));
    if (action === "" && method === "GET") return this.#poll(exchange, batch);
    if (action === "cancel" && method === "POST") {
      if (batch.endedAt === undefined) batch.cancelledAt ??= this.#world.clock.now();
      return sendJson(exchange, this.#body(batch));
    }
    if (action === "results" && method === "GET" && batch.endedAt !== undefined) {
      const lines = batch.results.map((line) => `${JSON.stringify(line)}\n`).join("");
      return sendText(exchange, 200, "application/x-jsonl", lines);
    }
    return sendFault(exchange, apiError("not_found_error", `${method} ${exchange.entry.path} is not available`));
  }

  async #create(exchange: Exchange): Promise<void> {
    const body = exchange.entry.body;
    const requests = jsonList(isJson(body) ? body["requests"] : undefined).map((request) => ({
      customId: textOf(request["custom_id"]),
      params: request["params"],
    }));
    if (requests.length === 0)
      return sendFault(exchange, apiError("invalid_request_error", "requests: Field required"));
    if (new Set(requests.map(({ customId }) => customId)).size < requests.length) {
      return sendFault(
        exchange,
        apiError("invalid_request_error", "requests: custom_id must be unique within a batch"),
      );
    }
    const id = `msgbatch_standin${String(this.#batches.length + 1).padStart(6, "0")}`;
    const batch = { id, createdAt: this.#world.clock.now(), requests, results: [], polls: 0 };
    this.#batches.push({ ...batch, cancelledAt: undefined, endedAt: undefined });
    sendJson(exchange, this.#body({ ...batch, cancelledAt: undefined, endedAt: undefined }));
  }

  async #poll(exchange: Exchange, batch: Batch): Promise<void> {
    batch.polls += 1;
    if (batch.endedAt === undefined && batch.polls > (this.#world.options.batches?.pollsUntilEnd ?? 1)) {
      batch.results = await Promise.all(
        batch.requests.map(async ({ customId, params }) => ({
          custom_id: customId,
          result: await this.#result(batch, customId, params),
        })),
      );
      batch.endedAt = this.#world.clock.now();
    }
    sendJson(exchange, this.#body(batch));
  }

  async #result(batch: Batch, customId: string, params: unknown): Promise<Json> {
    const world = this.#world;
    if (batch.cancelledAt !== undefined) return { type: "canceled" };
    const { expired = [] } = world.options.batches ?? {};
    const hasExpired = typeof expired === "function" ? expired(customId, params) : expired.includes(customId);
    if (hasExpired) return { type: "expired" };
    const request = world.readRequest(params);
    const info = { index: world.nextModelRequest(), attempt: 1, inFlight: world.journal.inFlight, headers: {} };
    const answer = "kind" in request ? request : await world.script.answer(request, info);
    if (answer.kind === "fault" || "kind" in request) {
      const text = answer.kind === "fault" ? answer.body?.("req_standin_batch") : undefined;
      return {
        type: "errored",
        error: parseJson(text ?? "") ?? { type: "error", error: { type: "api_error", message: "" } },
      };
    }
    const cached = world.cache.plan(request, world.clock.now());
    cached.commit();
    return {
      type: "succeeded",
      message: replyBody(replyTo(request, answer, cached.usage, world.nextReply(), "batch")),
    };
  }

  #body(batch: Batch): Json {
    const count = (type: string) =>
      batch.results.filter(({ result }) => isJson(result) && result["type"] === type).length;
    const date = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
    const ended = batch.endedAt !== undefined;
    return {
      id: batch.id,
      type: "message_batch",
      processing_status: ended ? "ended" : batch.cancelledAt === undefined ? "in_progress" : "canceling",
      request_counts: {
        processing: ended ? 0 : batch.requests.length,
        succeeded: count("succeeded"),
        errored: count("errored"),
        canceled: count("canceled"),
        expired: count("expired"),
      },
      created_at: date(batch.createdAt),
      expires_at: date(batch.createdAt + DAY_MS),
      ended_at: date(batch.endedAt),
      cancel_initiated_at: date(batch.cancelledAt),
      archived_at: null,
      results_url: ended ? `${this.#origin()}/v1/messages/batches/${batch.id}/results` : null,
    };
  }
}

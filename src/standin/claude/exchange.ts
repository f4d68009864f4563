import type { IncomingMessage, ServerResponse } from "node:http";

import type { Fault } from "./faults.ts";
import type { JournalEntry } from "./journal.ts";
import type { Json } from "./json.ts";
import type { World } from "./world.ts";

/** One request being answered. */
export interface Exchange {
  readonly world: World;
  readonly entry: JournalEntry;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
  /** Aborts when the client hangs up or the server closes. */
  readonly signal: AbortSignal;
}

/** The whole body, or `undefined` where it is larger than allowed (the rest is read and dropped, so that the answer arrives). */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  const incoming: AsyncIterable<Buffer> = request;
  for await (const bytes of incoming) {
    size += bytes.length;
    if (size <= maxBytes) parts.push(bytes);
  }
  return size <= maxBytes ? Buffer.concat(parts) : undefined;
}

export function standardHeaders({ entry }: Exchange): Record<string, string> {
  return { "request-id": entry.requestId, "anthropic-organization-id": "org_standin" };
}

export function sendText(exchange: Exchange, status: number, contentType: string, text: string): void {
  const { entry, response, world } = exchange;
  entry.status = status;
  entry.firstByteAt = world.clock.now();
  entry.outcome = status < 400 ? "answered" : "refused";
  entry.sentBytes = Buffer.byteLength(text);
  response.writeHead(status, { ...standardHeaders(exchange), "content-type": contentType });
  response.end(text);
}

export function sendJson(exchange: Exchange, body: Json): void {
  sendText(exchange, 200, "application/json", JSON.stringify(body));
}

export async function sendFault(
  exchange: Exchange,
  fault: Fault,
  moreHeaders: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { entry, response, world, signal } = exchange;
  if (fault.headersDelayMs !== undefined) await world.clock.sleep(fault.headersDelayMs, signal);
  if (signal.aborted) {
    entry.outcome = "client-closed";
    return;
  }
  if (fault.body === undefined) {
    entry.outcome = "cut";
    response.socket?.resetAndDestroy();
    return;
  }
  for (const [name, value] of Object.entries({ ...moreHeaders, ...fault.headers })) response.setHeader(name, value);
  sendText(exchange, fault.status, fault.headers["content-type"] ?? "application/json", fault.body(entry.requestId));
}

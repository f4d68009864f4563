import type { ServerResponse } from "node:http";

import type { Clock } from "./clock.ts";
import type { StreamFault } from "./faults.ts";

/** A piece of a body and when it is due, in milliseconds after the request's arrival. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly atMs: number;
}

type Outcome = "answered" | "cut" | "stalled" | "client-closed";

export type TransportFault = Exclude<StreamFault, { type: "error-event" }>;

interface Delivery {
  readonly response: ServerResponse;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly Chunk[];
  readonly fault: TransportFault | undefined;
  readonly clock: Clock;
  readonly arrivedAt: number;
  /** Aborts when the client hangs up or the server closes. */
  readonly signal: AbortSignal;
  onFirstByte(): void;
}

/** The longest `setTimeout` there is. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const PING = Buffer.from('event: ping\ndata: {"type": "ping"}\n\n');

/** Writes the body at its pace, up to the fault if there is one. */
export async function deliver(delivery: Delivery): Promise<{ outcome: Outcome; sentBytes: number }> {
  const { response, fault, clock, signal } = delivery;
  let room = fault?.atByte ?? Number.POSITIVE_INFINITY;
  let sentBytes = 0;
  for (const chunk of coalesced(delivery.chunks)) {
    const waitMs = delivery.arrivedAt + chunk.atMs - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (signal.aborted) return { outcome: "client-closed", sentBytes };
    if (!response.headersSent) {
      response.writeHead(delivery.status, delivery.headers);
      response.flushHeaders();
      delivery.onFirstByte();
    }
    const bytes = chunk.bytes.subarray(0, room);
    await written(response, bytes, signal);
    sentBytes += bytes.length;
    room -= bytes.length;
    if (room === 0 && fault !== undefined) return { outcome: await breakOff(delivery, fault), sentBytes };
  }
  response.end();
  return { outcome: "answered", sentBytes };
}

async function breakOff(delivery: Delivery, fault: TransportFault): Promise<Outcome> {
  const { response, clock, signal } = delivery;
  if (fault.type === "cut") {
    if (fault.how === "end") response.end();
    else if (fault.how === "close") response.socket?.destroySoon();
    else response.socket?.resetAndDestroy();
    return "cut";
  }
  const isWaiting = () => !signal.aborted;
  while (isWaiting()) {
    await clock.sleep(fault.pingEveryMs ?? LONGEST_TIMER_MS, signal);
    if (isWaiting()) response.write(PING);
  }
  return "stalled";
}

/** Chunks due at the same moment leave in one write. */
function coalesced(chunks: readonly Chunk[]): readonly Chunk[] {
  const groups: { atMs: number; parts: Buffer[] }[] = [];
  for (const { atMs, bytes } of chunks) {
    const last = groups.at(-1);
    if (last?.atMs === atMs) last.parts.push(bytes);
    else groups.push({ atMs, parts: [bytes] });
  }
  return groups.map(({ atMs, parts }) => ({ atMs, bytes: Buffer.concat(parts) }));
}

/** Resolves when the bytes are with the kernel, so that a cut right after them cannot swallow them, or when nobody reads them any more. */
async function written(response: ServerResponse, bytes: Buffer, signal: AbortSignal): Promise<void> {
  if (bytes.length === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  signal.addEventListener("abort", done, { once: true });
  response.write(bytes, done);
  await promise;
  signal.removeEventListener("abort", done);
}

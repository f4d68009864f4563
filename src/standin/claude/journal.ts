import type { IncomingHttpHeaders } from "node:http";

import type { MessagesRequest } from "./request.ts";
import { addUsage, NO_USAGE, type Usage } from "./usage.ts";

/** One HTTP request as it was, and what became of it. Times are the clock's milliseconds. */
export interface JournalEntry {
  /** 1-based, in order of arrival. */
  readonly index: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Lower-case names; the credential's value is replaced by `[credential]`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credential: "bearer" | "x-api-key" | "none";
  readonly anthropicVersion: string | undefined;
  readonly anthropicBeta: string | undefined;
  readonly startedAt: number;
  readonly requestId: string;
  /** Model requests (`/v1/messages`) open when this one came, itself included. */
  readonly inFlight: number;
  rawBody: Buffer;
  /** `undefined` where the body is empty or not JSON. */
  body: unknown;
  /** Set for a readable `POST /v1/messages`. */
  request: MessagesRequest | undefined;
  /** Times these bytes were sent before, plus one. */
  attempt: number;
  violations: readonly string[];
  firstByteAt: number | undefined;
  endedAt: number | undefined;
  /** `undefined` until the headers leave. */
  status: number | undefined;
  outcome: "open" | "answered" | "refused" | "cut" | "stalled" | "client-closed";
  /** What the answer billed; `undefined` for anything that answered no turn. */
  usage: Usage | undefined;
  sentBytes: number;
}

/** Every request of a server, in order of arrival. */
export class Journal {
  readonly entries: JournalEntry[] = [];
  #inFlight = 0;
  #maxInFlight = 0;

  /** The most model requests that were ever open at once. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Model requests open now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** `POST /v1/messages` only. */
  get messages(): readonly JournalEntry[] {
    return this.entries.filter(({ method, path }) => isModelCall(method, path));
  }

  /** The sum of all that was billed. */
  get billed(): Usage {
    return this.entries.reduce((sum, { usage }) => addUsage(sum, usage ?? NO_USAGE), NO_USAGE);
  }

  open(method: string, path: string, headers: IncomingHttpHeaders, now: number): JournalEntry {
    if (isModelCall(method, path)) {
      this.#inFlight += 1;
      this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    }
    const index = this.entries.length + 1;
    const entry: JournalEntry = {
      index,
      method,
      path,
      headers: redacted(headers),
      credential: headers.authorization !== undefined ? "bearer" : "x-api-key" in headers ? "x-api-key" : "none",
      anthropicVersion: single(headers["anthropic-version"]),
      anthropicBeta: single(headers["anthropic-beta"]),
      startedAt: now,
      requestId: `req_standin${String(index).padStart(8, "0")}`,
      inFlight: this.#inFlight,
      rawBody: Buffer.alloc(0),
      body: undefined,
      request: undefined,
      attempt: 1,
      violations: [],
      firstByteAt: undefined,
      endedAt: undefined,
      status: undefined,
      outcome: "open",
      usage: undefined,
      sentBytes: 0,
    };
    this.entries.push(entry);
    return entry;
  }

  close(entry: JournalEntry, now: number): void {
    if (entry.endedAt !== undefined) return;
    entry.endedAt = now;
    if (isModelCall(entry.method, entry.path)) this.#inFlight -= 1;
  }
}

function isModelCall(method: string, path: string): boolean {
  return method === "POST" && path === "/v1/messages";
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.join(",");
}

function redacted(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      name === "authorization" || name === "x-api-key" ? "[credential]" : (single(value) ?? ""),
    ]),
  );
}

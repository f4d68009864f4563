import type { Turn } from "./turns.ts";

/** An answer that is no model turn. */
export interface Fault {
  readonly kind: "fault";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Without it the socket is reset before any header. */
  readonly body: ((requestId: string) => string) | undefined;
  readonly headersDelayMs?: number;
}

/** How a body ends that should not: `end` properly terminated, `close` FIN without the last chunk, `reset` RST. */
export type CutKind = "end" | "close" | "reset";

/** What goes wrong after the headers of a turn. Bytes count the body (SSE or JSON), not HTTP framing. */
export type StreamFault =
  | { readonly type: "cut"; readonly atByte: number; readonly how: CutKind }
  /** Silence after `atByte` until the client gives up; `pingEveryMs` keeps sending `ping` events after the last whole event before it. */
  | { readonly type: "stall"; readonly atByte: number; readonly pingEveryMs?: number }
  /** An `error` event in place of the event with index `atEvent`. A plain JSON answer becomes the error's status. */
  | { readonly type: "error-event"; readonly atEvent: number; readonly error: ErrorType; readonly message: string };

/** Status of each error type, as the API documents them. */
const STATUS = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
} as const;

export type ErrorType = keyof typeof STATUS;

function errorBody(type: string, message: string, requestId: string): string {
  return JSON.stringify({ type: "error", error: { type, message }, request_id: requestId });
}

export function apiError(
  type: ErrorType,
  message = "Scripted error",
  headers: Readonly<Record<string, string>> = {},
): Fault {
  return {
    kind: "fault",
    status: STATUS[type],
    headers: { "content-type": "application/json", ...headers },
    body: (requestId) => errorBody(type, message, requestId),
  };
}

export interface RetryAdvice {
  readonly retryAfterSeconds?: number;
  readonly retryAfterMs?: number;
}

export function rateLimited(advice: RetryAdvice = {}): Fault {
  return apiError(
    "rate_limit_error",
    "This request would exceed your organization's rate limit",
    adviceHeaders(advice),
  );
}

export function overloaded(advice: RetryAdvice = {}): Fault {
  return apiError("overloaded_error", "Overloaded", adviceHeaders(advice));
}

function adviceHeaders({ retryAfterSeconds, retryAfterMs }: RetryAdvice): Record<string, string> {
  return {
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    ...(retryAfterMs === undefined ? {} : { "retry-after-ms": String(retryAfterMs) }),
  };
}

/** What a proxy in between says. */
export function badGateway(): Fault {
  const html =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n";
  return { kind: "fault", status: 502, headers: { "content-type": "text/html" }, body: () => html };
}

/** The socket dies before any answer. */
export function resetBeforeHeaders(): Fault {
  return { kind: "fault", status: 0, headers: {}, body: undefined };
}

export function cutAt(turn: Turn, atByte: number, how: CutKind = "end"): Turn {
  return { ...turn, fault: { type: "cut", atByte, how } };
}

export function stallAt(turn: Turn, atByte: number, pingEveryMs?: number): Turn {
  return { ...turn, fault: { type: "stall", atByte, ...(pingEveryMs === undefined ? {} : { pingEveryMs }) } };
}

export function errorEventAt(
  turn: Turn,
  atEvent: number,
  error: ErrorType = "overloaded_error",
  message = "Overloaded",
): Turn {
  return { ...turn, fault: { type: "error-event", atEvent, error, message } };
}

/** Headers come `ms` later than they would (on top of the time to the first token). */
export function delayHeaders<A extends Turn | Fault>(answer: A, ms: number): A {
  return { ...answer, headersDelayMs: ms };
}

/** What a route answers with. `body` undefined sends none; a {@link RawBody} is sent as it is. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body that is not JSON. */
export class RawBody {
  readonly content: string | Uint8Array;
  readonly type: string;

  constructor(content: string | Uint8Array, type: string) {
    this.content = content;
    this.type = type;
  }
}

/** Thrown anywhere below a route to end the request with GitHub's refusal; only the server catches it. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer, message: string) {
    super(message);
    this.name = "Refusal";
    this.answer = answer;
  }
}

export const DOCUMENTATION = "https://docs.github.com/rest";

export function ok(body: unknown, headers?: Readonly<Record<string, string>>): Answer {
  return headers === undefined ? { status: 200, body } : { status: 200, body, headers };
}

export function created(body: unknown, location?: string): Answer {
  return location === undefined ? { status: 201, body } : { status: 201, body, headers: { location } };
}

export const NO_CONTENT: Answer = { status: 204 };

/** GitHub's error shape: `status` is in the body too, as a string. */
export function refusal(
  status: number,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
  headers?: Readonly<Record<string, string>>,
): Refusal {
  const body = { message, ...more, documentation_url: DOCUMENTATION, status: String(status) };
  return new Refusal(headers === undefined ? { status, body } : { status, body, headers }, message);
}

export function notFound(): Refusal {
  return refusal(404, "Not Found");
}

export interface FieldError {
  readonly resource: string;
  readonly field: string;
  readonly code: string;
  readonly message?: string;
}

/** 422 as the endpoints with field errors word it. */
export function validationFailed(...errors: readonly FieldError[]): Refusal {
  return refusal(422, "Validation Failed", { errors });
}

/** 422 as the review endpoints word it: `errors` are sentences. */
export function unprocessable(...errors: readonly string[]): Refusal {
  return refusal(422, "Unprocessable Entity", { errors });
}

/** 422 as GitHub's request schema check words it, such as "For 'properties/body', nil is not a string." */
export function invalidRequest(...problems: readonly string[]): Refusal {
  return refusal(422, ["Invalid request.", ...problems].join("\n\n"));
}

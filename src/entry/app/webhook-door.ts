import { isSigned } from "../../adapters/github/app/webhook-signature.ts";
import { type AppLog, errorKind } from "./app-log.ts";
import { readCapped } from "./read-capped.ts";

/** An event whose sender has proved to be GitHub. */
export type WebhookEvent = { readonly name: string; readonly delivery: string; readonly payload: unknown };

/** What became of an event. */
export type WebhookOutcome =
  | { readonly kind: "queued" }
  | { readonly kind: "duplicate" }
  /** Not for us, or done with already. */
  | { readonly kind: "nothing"; readonly reason: string }
  /** Signed by GitHub, and yet nothing that we can read. */
  | { readonly kind: "unreadable"; readonly reason: string };

export type WebhookDoorParts = {
  /** Any one of them may have signed. */
  readonly secrets: readonly string[];
  /** Puts the event's job in line. What it throws is answered with 503, so that the delivery counts as failed and is sent again. */
  readonly receive: (event: WebhookEvent, signal: AbortSignal) => Promise<WebhookOutcome>;
  readonly log: AppLog;
};

/** GitHub's own cap on payloads. */
const MAX_BYTES = 25 * 1024 * 1024;
/** A sender that trickles its body holds a connection no longer than this. */
const BODY_TIMEOUT_MS = 10_000;

/** Two values of one header arrive joined by a comma, which none of these has. */
const EVENT = /^[a-z0-9_]{1,64}$/;
const DELIVERY = /^[0-9A-Za-z-]{1,64}$/;
const SIGNATURE = /^sha256=[0-9a-f]{64}$/;
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;

/**
 * Where webhooks arrive: looks at the headers, reads at most 25 MB, checks the signature over those very bytes, and only then looks at what
 * they say. Nothing of a payload gets into an answer or the log.
 */
export function webhookDoor({ secrets, receive, log }: WebhookDoorParts): (request: Request) => Promise<Response> {
  return async (request) => {
    const header = (name: string): string => request.headers.get(name) ?? "";
    const name = header("x-github-event");
    const delivery = header("x-github-delivery");
    const signature = header("x-hub-signature-256");
    const refuse = (status: number, reason: string): Response => {
      log.warn("webhook refused", { status, reason, event: shown(EVENT, name), delivery: shown(DELIVERY, delivery) });
      return answer(status, reason);
    };
    if (request.method !== "POST") return refuse(405, "webhooks are sent by POST");
    if (!JSON_TYPE.test(header("content-type"))) {
      return refuse(415, "the content type must be application/json: choose it on the App's page");
    }
    if (!EVENT.test(name)) return refuse(400, "X-GitHub-Event is missing or not one event's name");
    if (!DELIVERY.test(delivery)) return refuse(400, "X-GitHub-Delivery is missing or not one id");
    if (!SIGNATURE.test(signature)) return refuse(401, "X-Hub-Signature-256 is missing or not one SHA-256 signature");

    const body = await inTime(readCapped(request, MAX_BYTES));
    if (body === "late") return refuse(408, "the body did not arrive in time");
    if (body === "broken") return refuse(400, "the body broke off");
    if (body === undefined) return refuse(413, "the body is larger than GitHub's are");
    if (!(await isSigned(body, signature, secrets))) {
      return refuse(
        401,
        "the signature does not match: the webhook secret here and on the App's page must be the same",
      );
    }
    const payload = parse(body);
    if (payload === undefined) return refuse(400, "the body is not JSON");
    try {
      const outcome = await receive({ name, delivery, payload }, request.signal);
      const reason = "reason" in outcome ? outcome.reason : undefined;
      log.info("webhook", { outcome: outcome.kind, reason, event: name, delivery });
      if (outcome.kind === "unreadable") return answer(422, outcome.reason);
      return answer(outcome.kind === "queued" ? 202 : 200, reason ?? outcome.kind);
    } catch (error) {
      log.error("webhook not taken", { reason: errorKind(error), event: name, delivery });
      return answer(503, "the event could not be stored: send it again");
    }
  };
}

function answer(status: number, message: string): Response {
  const headers = status === 413 || status === 408 ? { connection: "close" } : {};
  return Response.json({ message }, { status, headers });
}

/** A header for the log: only if it is of the right form, since anybody can send one. */
function shown(form: RegExp, value: string): string | undefined {
  return form.test(value) ? value : undefined;
}

async function inTime<T>(reading: Promise<T>): Promise<T | "late" | "broken"> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), BODY_TIMEOUT_MS);
  try {
    return await Promise.race([reading.catch(() => "broken" as const), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function parse(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

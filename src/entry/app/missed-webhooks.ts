import type { AppClient } from "../../adapters/github/app/app-client.ts";
import { unansweredCommands } from "../../adapters/github/app/unanswered-commands.ts";
import type { Rounds } from "../../ports/rounds.ts";
import { type AppLog, errorKind } from "./app-log.ts";
import { keepRounds } from "./keep-rounds.ts";
import type { WebhookEvent, WebhookOutcome } from "./webhook-door.ts";

export type MissedParts = {
  readonly client: AppClient;
  readonly apiUrl: string;
  readonly receive: (event: WebhookEvent, signal: AbortSignal) => Promise<WebhookOutcome>;
  readonly now: () => number;
  readonly log: AppLog;
};

/** GitHub keeps deliveries for three days, and never sends one again by itself. */
const KEPT_MS = 3 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** Deliveries of the last hours are looked at again: one may have failed while the last look was under way. */
const OVERLAP_MS = 2 * HOUR_MS;
/** What is younger may still be on its way. */
const SETTLED_MS = 5 * 60_000;
/** Bounds of one look: pages of a hundred deliveries, and events sent again. */
const MAX_PAGES = 50;
const MAX_REDELIVERED = 200;
/** Tries of one event, GitHub's first among them. */
const MAX_TRIES = 4;

/** What one look found. */
export type Recovered = { readonly redelivered: number; readonly submitted: number };

/**
 * Has events sent again that did not arrive since then, and puts commands in line that no event told of. Asking twice is safe: a wish that
 * is known is a duplicate.
 */
export async function recoverMissed(parts: MissedParts, sinceMs: number, signal: AbortSignal): Promise<Recovered> {
  const redelivered = await redeliverFailed(parts, sinceMs, signal);
  const submitted = await reconcile(parts, sinceMs, signal);
  return { redelivered, submitted };
}

/**
 * Looks now and then every hour, until it is disposed of: at what came since the last look, and at most at what GitHub remembers. Of
 * several processes one looks for all.
 */
export function keepRecovering(parts: MissedParts & { readonly rounds: Rounds }): AsyncDisposable {
  const { rounds, now, log } = parts;
  return keepRounds({
    rounds,
    name: "missed webhooks",
    log,
    async look(lastMs, signal) {
      const sinceMs = Math.max(now() - KEPT_MS, (lastMs ?? 0) - OVERLAP_MS);
      log.info("looked for missed webhooks", await recoverMissed(parts, sinceMs, signal));
    },
  });
}

async function redeliverFailed({ client, now }: MissedParts, sinceMs: number, signal: AbortSignal): Promise<number> {
  const events = new Map<string, { id: number; tries: number; isDone: boolean }>();
  const untilMs = now() - SETTLED_MS;
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    // oxlint-disable-next-line no-await-in-loop -- a page says how to ask for the next
    const { items, next } = await client.deliveries(cursor, signal);
    for (const { guid, id, statusCode, deliveredMs } of items) {
      if (deliveredMs < sinceMs) continue;
      const known = events.get(guid) ?? { id, tries: 0, isDone: false };
      const isDone = known.isDone || (statusCode >= 200 && statusCode < 400) || deliveredMs > untilMs;
      events.set(guid, { id: known.id, tries: known.tries + 1, isDone });
    }
    const oldest = items.at(-1)?.deliveredMs ?? 0;
    if (next === undefined || oldest < sinceMs) break;
    cursor = next;
  }
  const missed = [...events.values()].filter(({ tries, isDone }) => !isDone && tries < MAX_TRIES);
  const chosen = missed.slice(0, MAX_REDELIVERED);
  for (const { id } of chosen) {
    // oxlint-disable-next-line no-await-in-loop -- GitHub asks for writes one at a time
    await client.redeliver(id, signal);
  }
  return chosen.length;
}

/** Commands that bear no sign of ours become the events that would have told of them. */
async function reconcile(parts: MissedParts, sinceMs: number, signal: AbortSignal): Promise<number> {
  const { client, apiUrl, receive, now, log } = parts;
  let submitted = 0;
  for (const { id, suspended } of await client.installations(signal)) {
    if (suspended) continue;
    try {
      const permissions = { issues: "read", pull_requests: "read", metadata: "read" } as const;
      // oxlint-disable-next-line no-await-in-loop -- one installation after the other: nobody waits for this
      await using token = await client.issueToken({ installation: id, permissions }, signal);
      const search = { apiUrl, token: token.value, installation: id, sinceMs, untilMs: now() - SETTLED_MS };
      // oxlint-disable-next-line no-await-in-loop
      for (const { event, commentId, payload } of await unansweredCommands(search, signal)) {
        // oxlint-disable-next-line no-await-in-loop
        const outcome = await receive(
          { name: event, delivery: `reconciled-${event}-${commentId}`.replaceAll("_", "-"), payload },
          signal,
        );
        if (outcome.kind === "queued") submitted += 1;
      }
    } catch (error) {
      signal.throwIfAborted();
      log.warn("could not look for unanswered commands", { installation: id, reason: errorKind(error) });
    }
  }
  return submitted;
}

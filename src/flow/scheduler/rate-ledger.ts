import type { RateLimits } from "../../domain/rate-limits.ts";
import type { Usage } from "../../domain/usage.ts";
import { rateAccount } from "./rate-account.ts";

/**
 * Share of an amount that has to be there beyond it: requests sent a moment apart may arrive a moment closer. Each refusal shows that they
 * come closer than was thought.
 */
const MARGIN_STEP = 0.25;
const MOST_MARGIN = 3;

/** What a request is expected to use: uncached input and output, in tokens. */
export type Demand = { readonly inputTokens: number; readonly outputTokens: number };

/** A request that went out. Numbers count up in the order of sending. */
export type Sending = { readonly number: number; readonly sentMs: number; readonly demand: Demand };

/** The provider's limits as far as its answers told them, and what we have used of them. Times are the clock's milliseconds. */
export interface RateLedger {
  /** Milliseconds until a request with this demand would be admitted; 0 for now. */
  waitMs(demand: Demand, now: number): number;
  send(demand: Demand, now: number): Sending;
  learn(sending: Sending, limits: RateLimits): void;
  /** The sending is over; `usage` undefined when it was refused or never arrived. */
  settle(sending: Sending, usage: Usage | undefined, now: number): void;
  /** The sending was refused for a limit. */
  refused(sending: Sending): void;
  /** Nothing is admitted before then. */
  hold(untilMs: number): void;
}

function rateLedger(): RateLedger {
  const requests = rateAccount("sending");
  const input = rateAccount("sending");
  const output = rateAccount("settlement");
  let sent = 0;
  let margin = MARGIN_STEP;
  /** The latest sending when the margin grew; refusals of earlier ones tell nothing new. */
  let refusedAt = 0;
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  return {
    waitMs: ({ inputTokens, outputTokens }, now) =>
      Math.max(
        heldUntilMs - now,
        requests.waitMs(1, margin, now),
        input.waitMs(inputTokens, margin, now),
        output.waitMs(outputTokens, margin, now),
      ),
    send(demand, now) {
      sent += 1;
      requests.charge(sent, 1, now);
      input.charge(sent, demand.inputTokens, now);
      output.charge(sent, demand.outputTokens, now);
      return { number: sent, sentMs: now, demand };
    },
    learn({ number, sentMs }, limits) {
      if (limits.requests !== undefined) requests.learn(number, sentMs, limits.requests);
      if (limits.inputTokens !== undefined) input.learn(number, sentMs, limits.inputTokens);
      if (limits.outputTokens !== undefined) output.learn(number, sentMs, limits.outputTokens);
    },
    settle({ number }, usage, now) {
      requests.settle(number, usage === undefined ? 0 : 1, now);
      input.settle(number, usage === undefined ? 0 : usage.inputTokens + usage.cacheWriteTokens, now);
      output.settle(number, usage?.outputTokens ?? 0, now);
    },
    refused({ number }) {
      if (number <= refusedAt) return;
      margin = Math.min(MOST_MARGIN, margin + MARGIN_STEP);
      refusedAt = sent;
    },
    hold(untilMs) {
      heldUntilMs = Math.max(heldUntilMs, untilMs);
    },
  };
}

/**
 * A ledger for each model: providers limit each by itself. Runs of one process that use one account share them, since what one of them is
 * told holds for all.
 */
export interface RateLedgers {
  of(model: string): RateLedger;
}

export function rateLedgers(): RateLedgers {
  const ledgers = new Map<string, RateLedger>();
  return {
    of(model) {
      const ledger = ledgers.get(model) ?? rateLedger();
      ledgers.set(model, ledger);
      return ledger;
    },
  };
}

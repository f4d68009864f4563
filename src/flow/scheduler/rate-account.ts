import type { RateLimit } from "../../domain/rate-limits.ts";

const MINUTE_MS = 60_000;
const SECONDS_IN_MINUTE = 60;

/** An amount that one sending uses of a limit. `settledMs`: since when the provider counts it as it is. */
type Charge = { readonly sending: number; readonly sentMs: number; amount: number; settledMs: number | undefined };

/** When the provider knows of a charge: as soon as it admits the sending (requests, input), or only once it is settled (output). */
type CountedFrom = "sending" | "settlement";

/** One limit as we think the provider counts it: a bucket that refills continuously, corrected by every answer. */
export interface RateAccount {
  /** Milliseconds until `amount`, and `margin` times as much beyond it, may be used; 0 when now, or when no limit is known. */
  waitMs(amount: number, margin: number, now: number): number;
  charge(sending: number, amount: number, now: number): void;
  /** The sending is over and used `amount`; 0 when it was refused. */
  settle(sending: number, amount: number, now: number): void;
  /** What an answer to `sending`, which went out at `sentMs`, said of the limit. */
  learn(sending: number, sentMs: number, limit: RateLimit): void;
}

export function rateAccount(countedFrom: CountedFrom): RateAccount {
  let charges: Charge[] = [];
  /** The largest the bucket was seen to be; a limit per minute may be enforced by the second. */
  let size: number | undefined;
  /** The most it can be, while it was only seen empty. */
  let most = Number.POSITIVE_INFINITY;
  let known: { perMs: number; limit: number; remaining: number; atMs: number; sending: number } | undefined;

  const capacityOf = (limit: number): number => Math.min(limit, size ?? most);

  /** What can be used at `now`: what the latest answer left, less what it did not know of, and what came back since. */
  const level = (now: number): number => {
    if (known === undefined) return Number.POSITIVE_INFINITY;
    const { perMs } = known;
    const capacity = capacityOf(known.limit);
    let { remaining, atMs } = known;
    // Step by step, because what comes back to a full bucket is lost.
    for (const { sentMs, amount } of charges) {
      remaining = Math.min(capacity, remaining + Math.max(0, sentMs - atMs) * perMs) - amount;
      atMs = Math.max(atMs, sentMs);
    }
    return Math.min(capacity, remaining + (now - atMs) * perMs);
  };

  const isCountedBy = (charge: Charge, sending: number, sentMs: number): boolean =>
    countedFrom === "sending"
      ? charge.sending <= sending
      : charge.settledMs !== undefined && charge.settledMs <= sentMs;

  /** How far below nothing an empty bucket is. Where its size was never seen, no further than what we took since it was not. */
  const debtOf = (refilling: number, counted: readonly Charge[], limit: number): number => {
    if (size !== undefined) return Math.max(0, refilling - Math.min(limit, size));
    const taken = counted.reduce((sum, { amount }) => sum + amount, 0);
    return Math.min(taken, Math.max(0, refilling - limit / SECONDS_IN_MINUTE));
  };

  return {
    waitMs(amount, margin, now) {
      if (known === undefined) return 0;
      const needed = Math.min(amount * (1 + margin), capacityOf(known.limit));
      return Math.max(0, needed - level(now)) / known.perMs;
    },
    charge(sending, amount, now) {
      charges.push({ sending, sentMs: now, amount, settledMs: undefined });
    },
    settle(sending, amount, now) {
      const charge = charges.find((one) => one.sending === sending);
      if (charge === undefined) return;
      charge.amount = amount;
      charge.settledMs = now;
      if (amount === 0) charges.splice(charges.indexOf(charge), 1);
      // Nobody has named this limit: what is over is of no use.
      else if (known === undefined && charges.length > 1_000)
        charges = charges.filter((one) => one.settledMs === undefined);
    },
    learn(sending, sentMs, { limit, remaining, resetMs }) {
      const perMs = limit / MINUTE_MS;
      const refilling = resetMs === undefined ? undefined : Math.max(0, resetMs - sentMs) * perMs;
      // A bucket is whole at `resetMs`: so an answer shows its size, and one that finds it empty how large it is at most.
      if (remaining > 0) size = Math.max(size ?? 0, Math.min(limit, remaining + (refilling ?? 0)));
      else if (refilling !== undefined) most = Math.min(most, Math.max(refilling, limit / SECONDS_IN_MINUTE));
      if (known !== undefined && sending < known.sending) return;
      const counted = charges.filter((charge) => isCountedBy(charge, sending, sentMs));
      charges = charges.filter((charge) => !counted.includes(charge));
      const debt = remaining > 0 ? 0 : debtOf(refilling ?? 0, counted, limit);
      known = { perMs, limit, remaining: remaining - debt, atMs: sentMs, sending };
    },
  };
}

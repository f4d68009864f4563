import { ExternalError } from "../../domain/errors.ts";
import type { Usage } from "../../domain/usage.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Model, TurnRequest } from "../../ports/model.ts";
import { concurrencyWindow } from "./concurrency-window.ts";
import { expectedDemand } from "./expected-demand.ts";
import { type RateLedger, rateLedgers, type RateLedgers, type Sending } from "./rate-ledger.ts";
import { LONGEST_HOLD_MS, retryPolicy } from "./retry-policy.ts";
import { slowStart } from "./slow-start.ts";
import { type Waiting, waitingLine } from "./waiting-line.ts";
import { warmPrefixes } from "./warm-prefixes.ts";

/** Lanes come back from a wait that the provider asked for within this share of it, so that other runs are not met at its end. */
const HOLD_SPREAD = 0.05;

export type GateOptions = {
  readonly clock: Clock;
  /** Numbers in 0..1. */
  readonly random: () => number;
  /** The most requests in flight. */
  readonly concurrency: number;
  /** What is known of the provider's limits; its own where nobody else asks with the same account. */
  readonly ledgers?: RateLedgers;
};

/** A request that is on its way, and what was noted of it. */
type Flight = {
  /** How many the gate had sent, with this one. */
  readonly number: number;
  readonly ledger: RateLedger;
  readonly sending: Sending;
  readonly isWarm: boolean;
  readonly prefix: { begun(now: number): void; over(): void };
};

/**
 * One gate before the model for all subagents of a run. It follows the limits that answers name, keeps the waits that the provider
 * asks for (all lanes together), shrinks and grows what is in flight, starts gradually, lets one request write a shared prefix to the
 * cache before the others read it, lets urgent requests go first, and sends a turn again that may succeed. The first failure that
 * every call would meet, or a wait longer than a minute, ends all calls that have not been sent.
 */
export function gatedModel(model: Model, { clock, random, concurrency, ledgers = rateLedgers() }: GateOptions): Model {
  const window = concurrencyWindow(concurrency);
  const start = slowStart();
  const prefixes = warmPrefixes();
  const demand = expectedDemand();
  const line = waitingLine<Flight>();
  let inFlight = 0;
  let sent = 0;
  let tripped: ExternalError | undefined;
  let alarm: { readonly atMs: number; readonly off: AbortController } | undefined;

  const wakeIn = (ms: number): void => {
    const waitMs = Math.max(1, Math.ceil(ms));
    const atMs = clock.now() + waitMs;
    if (alarm !== undefined && alarm.atMs <= atMs) return;
    alarm?.off.abort();
    const own = { atMs, off: new AbortController() };
    alarm = own;
    const ring = (): void => {
      if (alarm !== own) return;
      alarm = undefined;
      letGo();
    };
    clock.sleep(waitMs, own.off.signal).then(ring, () => undefined);
  };

  /** Lets go whoever may; sets the alarm for the next one. */
  const letGo = (): void => {
    for (;;) {
      if (line.isEmpty()) {
        alarm?.off.abort();
        alarm = undefined;
        return;
      }
      const now = clock.now();
      if (inFlight >= window.size) return;
      const startMs = start.waitMs(now);
      if (startMs > 0) return wakeIn(startMs);
      const waits = new Map<RateLedger, number>();
      const next = line.first(({ request, notBeforeMs }) => {
        const ledger = ledgers.of(request.model);
        // Who comes later does not take what the first one of its model waits for.
        if (waits.has(ledger) || notBeforeMs > now || prefixes.mustWait(request, now)) return false;
        const waitMs = ledger.waitMs(demand.of(request, prefixes.isWarm(request, now)), now);
        if (waitMs > 0) waits.set(ledger, waitMs);
        return waitMs <= 0;
      });
      if (next === undefined) {
        const soonestMs = Math.min(...waits.values(), (line.soonestMs(now) ?? Number.POSITIVE_INFINITY) - now);
        if (Number.isFinite(soonestMs)) wakeIn(soonestMs);
        return;
      }
      const { request } = next;
      const ledger = ledgers.of(request.model);
      const isWarm = prefixes.isWarm(request, now);
      start.release(now);
      inFlight += 1;
      sent += 1;
      const sending = ledger.send(demand.of(request, isWarm), now);
      next.go({ number: sent, ledger, sending, isWarm, prefix: prefixes.send(request, now) });
    }
  };

  const trip = (error: ExternalError): void => {
    tripped ??= error;
    line.dismiss(afterTrip(tripped));
  };

  const land = (flight: Flight, request: TurnRequest, usage: Usage | undefined): void => {
    inFlight -= 1;
    flight.prefix.over();
    flight.ledger.settle(flight.sending, usage, clock.now());
    if (usage !== undefined) demand.learn(request, flight.isWarm, usage);
  };

  const noteFailure = (error: ExternalError, { ledger, sending, number }: Flight): void => {
    const waitMs = error.retryAfterMs ?? 0;
    if (error.fatal || waitMs > LONGEST_HOLD_MS) trip(error);
    if (error.fault !== "rate-limit" && error.fault !== "overloaded") return;
    // Where the provider names its limits they pace us better than a smaller window would.
    const isPaced = error.fault === "rate-limit" && Object.keys(error.limits ?? {}).length > 0;
    if (isPaced) ledger.refused(sending);
    else window.shrink(inFlight + 1, number, sent);
    if (waitMs > 0) ledger.hold(clock.now() + waitMs * (1 + random() * HOLD_SPREAD));
    start.restart();
  };

  return {
    async turn(request, signal) {
      const policy = retryPolicy(random);
      const arrival = line.arrive();
      let notBeforeMs = Number.NEGATIVE_INFINITY;
      for (;;) {
        signal.throwIfAborted();
        if (tripped !== undefined) throw afterTrip(tripped);
        const waiting: Waiting<Flight> = line.join({ request, arrival, notBeforeMs }, signal);
        letGo();
        const flight = await waiting.gone.finally(letGo);
        let failure: ExternalError;
        try {
          const turn = await model.turn(
            {
              ...request,
              onFirstEvent: () => {
                flight.prefix.begun(clock.now());
                request.onFirstEvent?.();
                letGo();
              },
              onLimits: (limits) => {
                flight.ledger.learn(flight.sending, limits);
                request.onLimits?.(limits);
                letGo();
              },
            },
            signal,
          );
          land(flight, request, turn.usage);
          window.grow();
          letGo();
          return turn;
        } catch (error) {
          const known = error instanceof ExternalError ? error : undefined;
          land(flight, request, known?.usage);
          if (known?.limits !== undefined) flight.ledger.learn(flight.sending, known.limits);
          if (known !== undefined && !signal.aborted) noteFailure(known, flight);
          letGo();
          const waitMs = known === undefined || signal.aborted ? undefined : policy.next(known);
          if (known === undefined || waitMs === undefined) throw error;
          notBeforeMs = clock.now() + waitMs;
          failure = known;
        }
        if (failure.usage !== undefined && (await request.onBroken?.(failure)) === false) throw failure;
      }
    },
  };
}

/** What calls that were never sent are told; what the failed one had cost is not theirs. */
function afterTrip(error: ExternalError): ExternalError {
  const { system, message, fatal, fault, retryAfterMs } = error;
  return new ExternalError(system, message, { fatal, fault, retryAfterMs, cause: error });
}

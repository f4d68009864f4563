import { ExternalError } from "../../domain/errors.ts";
import type { Usage } from "../../domain/usage.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Model, TurnRequest } from "../../ports/model.ts";
import { concurrencyWindow } from "./concurrency-window.ts";
import { expectedDemand } from "./expected-demand.ts";
import { rateLedger, type Sending } from "./rate-ledger.ts";
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
};

/** A request that is on its way, and what was noted of it. */
type Flight = {
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
export function gatedModel(model: Model, { clock, random, concurrency }: GateOptions): Model {
  const window = concurrencyWindow(concurrency);
  const ledger = rateLedger();
  const start = slowStart();
  const prefixes = warmPrefixes();
  const demand = expectedDemand();
  const line = waitingLine<Flight>();
  let inFlight = 0;
  let latest = 0;
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  let tripped: ExternalError | undefined;
  let alarm: { readonly atMs: number; readonly off: AbortController } | undefined;

  const wakeIn = (ms: number): void => {
    const atMs = clock.now() + Math.max(1, Math.ceil(ms));
    if (alarm !== undefined && alarm.atMs <= atMs) return;
    alarm?.off.abort();
    const own = { atMs, off: new AbortController() };
    alarm = own;
    const ring = (): void => {
      if (alarm !== own) return;
      alarm = undefined;
      letGo();
    };
    clock.sleep(atMs - clock.now(), own.off.signal).then(ring, () => undefined);
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
      const next = line.first((one) => one.notBeforeMs <= now && !prefixes.mustWait(one.request, now));
      if (next === undefined) {
        const soonestMs = line.soonestMs(now);
        if (soonestMs !== undefined) wakeIn(soonestMs - now);
        return;
      }
      const isWarm = prefixes.isWarm(next.request, now);
      const expected = demand.of(next.request, isWarm);
      const waitMs = Math.max(heldUntilMs - now, start.waitMs(now), ledger.waitMs(expected, now));
      if (waitMs > 0) return wakeIn(waitMs);
      start.release(now);
      inFlight += 1;
      const sending = ledger.send(expected, now);
      latest = sending.number;
      next.go({ sending, isWarm, prefix: prefixes.send(next.request, now) });
    }
  };

  const trip = (error: ExternalError): void => {
    tripped ??= error;
    line.dismiss(afterTrip(tripped));
  };

  const land = (flight: Flight, request: TurnRequest, usage: Usage | undefined): void => {
    inFlight -= 1;
    flight.prefix.over();
    ledger.settle(flight.sending, usage, clock.now());
    if (usage !== undefined) demand.learn(request, flight.isWarm, usage);
  };

  const noteFailure = (error: ExternalError, { number }: Sending): void => {
    const waitMs = error.retryAfterMs ?? 0;
    if (error.fatal || waitMs > LONGEST_HOLD_MS) trip(error);
    if (error.fault !== "rate-limit" && error.fault !== "overloaded") return;
    // Where the provider names its limits they pace us better than a smaller window would.
    const isPaced = error.fault === "rate-limit" && Object.keys(error.limits ?? {}).length > 0;
    if (!isPaced) window.shrink(inFlight + 1, number, latest);
    if (waitMs > 0) heldUntilMs = Math.max(heldUntilMs, clock.now() + waitMs * (1 + random() * HOLD_SPREAD));
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
                ledger.learn(flight.sending, limits);
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
          if (known?.limits !== undefined) ledger.learn(flight.sending, known.limits);
          if (known !== undefined && !signal.aborted) noteFailure(known, flight.sending);
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

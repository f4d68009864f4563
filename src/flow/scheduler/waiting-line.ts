import type { TurnRequest } from "../../ports/model.ts";

/** A request that wants to go. `arrival` is when its turn was first asked for: a turn that is sent again has its old place. */
type Applicant = { readonly request: TurnRequest; readonly arrival: number; readonly notBeforeMs: number };

export type Waiting<Pass> = { readonly gone: Promise<Pass> };

type Entry<Pass> = Applicant & { go(pass: Pass): void; dismiss(error: Error): void };

/** Requests that wait, the most urgent first, and among equals the one that came first. */
export interface WaitingLine<Pass> {
  /** The number of a new turn. */
  arrive(): number;
  /** Puts a request in line; `gone` resolves when it is let go, and rejects when it is dismissed or `signal` aborts. */
  join(applicant: Applicant, signal: AbortSignal): Waiting<Pass>;
  /** The first that may go. Calling `go` takes it out of the line. */
  first(may: (applicant: Applicant) => boolean): (Applicant & { go(pass: Pass): void }) | undefined;
  /** The next time after `now` at which somebody's wait is over; undefined when nobody waits for a time. */
  soonestMs(now: number): number | undefined;
  /** Sends everybody away. */
  dismiss(error: Error): void;
  isEmpty(): boolean;
}

export function waitingLine<Pass>(): WaitingLine<Pass> {
  const entries: Entry<Pass>[] = [];
  let arrivals = 0;

  const leave = (entry: Entry<Pass>): void => {
    const index = entries.indexOf(entry);
    if (index >= 0) entries.splice(index, 1);
  };

  return {
    arrive() {
      arrivals += 1;
      return arrivals;
    },
    join(applicant, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Pass>();
      const onAbort = (): void => {
        leave(entry);
        reject(signal.reason);
      };
      const entry: Entry<Pass> = {
        ...applicant,
        go(pass) {
          leave(entry);
          signal.removeEventListener("abort", onAbort);
          resolve(pass);
        },
        dismiss(error) {
          leave(entry);
          signal.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const behind = entries.findLastIndex((other) => !isBefore(entry, other));
      entries.splice(behind + 1, 0, entry);
      return { gone: promise };
    },
    first: (may) => entries.find(may),
    soonestMs(now) {
      const times = entries.map(({ notBeforeMs }) => notBeforeMs).filter((time) => time > now);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    dismiss(error) {
      for (const entry of entries.toReversed()) entry.dismiss(error);
    },
    isEmpty: () => entries.length === 0,
  };
}

function isBefore(a: Applicant, b: Applicant): boolean {
  const difference = (b.request.priority ?? 0) - (a.request.priority ?? 0);
  return difference < 0 || (difference === 0 && a.arrival < b.arrival);
}

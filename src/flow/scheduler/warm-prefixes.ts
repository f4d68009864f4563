import type { TurnRequest } from "../../ports/model.ts";

/**
 * Characters of prefix from which one request goes ahead of the others: below, waiting for its first event costs more than the
 * cache saves (about 2,000 tokens; a cached prefix is only readable once the answer that writes it has begun).
 */
const WORTH_WARMING_CHARACTERS = 8_000;
/** How long a prefix stays in the cache after its last use (Anthropic, prompt caching), less a little. */
const WARM_MS = 290_000;

/** Which prefixes are in the provider's cache, so that each is written once: one request goes ahead, the others follow. */
export interface WarmPrefixes {
  /** Whether a request has to wait for another one that is writing its prefix. */
  mustWait(request: TurnRequest, now: number): boolean;
  isWarm(request: TurnRequest, now: number): boolean;
  /** The request goes out. The answer is what to call when its answer begins, and when it is over. */
  send(request: TurnRequest, now: number): { begun(now: number): void; over(): void };
}

export function warmPrefixes(): WarmPrefixes {
  const warmUntil = new Map<string, number>();
  const leaders = new Map<string, symbol>();
  const keys = new WeakMap<TurnRequest, string>();

  const keyOf = (request: TurnRequest): string => {
    const known = keys.get(request);
    if (known !== undefined) return known;
    const { model, effort, system, prefix, tools } = request;
    const key = [model, effort ?? "", ...tools.map(({ name }) => name), system, prefix].join("\n");
    keys.set(request, key);
    return key;
  };
  const isWarm = (request: TurnRequest, now: number): boolean => (warmUntil.get(keyOf(request)) ?? 0) > now;

  return {
    isWarm,
    mustWait: (request, now) =>
      request.prefix.length >= WORTH_WARMING_CHARACTERS && leaders.has(keyOf(request)) && !isWarm(request, now),
    send(request, now) {
      const key = keyOf(request);
      const id = Symbol("leader");
      if (!isWarm(request, now)) leaders.set(key, id);
      return {
        begun: (at) => void warmUntil.set(key, at + WARM_MS),
        over: () => {
          if (leaders.get(key) === id) leaders.delete(key);
        },
      };
    },
  };
}

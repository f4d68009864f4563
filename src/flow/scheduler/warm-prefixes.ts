import type { TurnRequest } from "../../ports/model.ts";

/**
 * Characters of prefix from which one request goes ahead of the others: below, waiting for its first event costs more than the
 * cache saves (about 2,000 tokens; a cached prefix is only readable once the answer that writes it has begun).
 */
const WORTH_WARMING_CHARACTERS = 8_000;
/** Shorter prefixes are in no cache: the provider's minimum, about 1,000 tokens. */
const CACHEABLE_CHARACTERS = 4_000;
/** How long a prefix stays in the cache after its last use (Anthropic, prompt caching), less a little. */
const WARM_MS = 290_000;

/** One prefix: until when it is warm, and which request is writing it. */
type Prefix = { warmUntilMs: number; leader: symbol | undefined };

/** Which prefixes are in the provider's cache, so that each is written once: one request goes ahead, the others follow. */
export interface WarmPrefixes {
  /** Whether a request has to wait for another one that is writing its prefix. */
  mustWait(request: TurnRequest, now: number): boolean;
  isWarm(request: TurnRequest, now: number): boolean;
  /** The request goes out. The answer is what to call when its answer begins, and when it is over. */
  send(request: TurnRequest, now: number): { begun(now: number): void; over(): void };
}

export function warmPrefixes(): WarmPrefixes {
  const prefixes = new Map<string, Prefix>();
  const prefixOf = new WeakMap<TurnRequest, Prefix>();

  const find = (request: TurnRequest): Prefix => {
    const known = prefixOf.get(request);
    if (known !== undefined) return known;
    const { model, effort, system, prefix, tools } = request;
    const key = [model, effort ?? "", ...tools.map(({ name }) => name), system, prefix].join("\n");
    const found = prefixes.get(key) ?? { warmUntilMs: Number.NEGATIVE_INFINITY, leader: undefined };
    prefixes.set(key, found);
    prefixOf.set(request, found);
    return found;
  };

  return {
    isWarm: (request, now) => find(request).warmUntilMs > now && request.prefix.length >= CACHEABLE_CHARACTERS,
    mustWait(request, now) {
      if (request.prefix.length < WORTH_WARMING_CHARACTERS) return false;
      const { leader, warmUntilMs } = find(request);
      return leader !== undefined && warmUntilMs <= now;
    },
    send(request, now) {
      const prefix = find(request);
      const id = Symbol("leader");
      if (prefix.warmUntilMs <= now) prefix.leader = id;
      return {
        begun(at) {
          prefix.warmUntilMs = at + WARM_MS;
        },
        over() {
          if (prefix.leader === id) prefix.leader = undefined;
        },
      };
    },
  };
}

import type { Model, TurnRequest } from "../ports/model.ts";

/**
 * Characters of prefix from which one request goes ahead of the others: below, waiting for its first event costs more than the
 * cache saves (about 2,000 tokens; a cached prefix is only readable once the answer that writes it has begun).
 */
const WORTH_WARMING_CHARACTERS = 8_000;

/**
 * A model whose first request with a given prefix goes ahead; the others with that prefix follow when its answer begins, so that
 * the prefix is written to the cache once. When the first one fails before that, the next one goes ahead in its place.
 */
export function warmFirst(model: Model): Model {
  const warm = new Set<string>();
  const leaders = new Map<string, Promise<void>>();

  const keyOf = (request: TurnRequest): string =>
    [request.model, request.system, request.prefix, ...request.tools.map((tool) => tool.name)].join("\n");

  return {
    async turn(request, signal) {
      const key = keyOf(request);
      if (request.prefix.length < WORTH_WARMING_CHARACTERS || warm.has(key)) return model.turn(request, signal);
      for (let leader = leaders.get(key); leader !== undefined; leader = leaders.get(key)) {
        await Promise.race([leader, aborted(signal)]);
        signal.throwIfAborted();
        if (warm.has(key)) return model.turn(request, signal);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      leaders.set(key, promise);
      const onFirstEvent = (): void => {
        warm.add(key);
        request.onFirstEvent?.();
        resolve();
      };
      try {
        return await model.turn({ ...request, onFirstEvent }, signal);
      } finally {
        leaders.delete(key);
        resolve();
      }
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

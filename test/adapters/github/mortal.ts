import type { Fetch } from "../../../src/adapters/github/guarded-fetch.ts";

/** A process that is killed when GitHub has done its `at`-th request, and whose answer never comes. */
export function mortal(at: number): { readonly fetch: Fetch; readonly killed: Promise<"killed"> } {
  let sent = 0;
  const killed = Promise.withResolvers<"killed">();
  const dead = new Promise<never>(() => {});
  if (at === 0) killed.resolve("killed");
  return {
    killed: killed.promise,
    fetch: async (input, init) => {
      sent += 1;
      if (sent > at) return dead;
      const answer = await fetch(input, init);
      if (sent < at) return answer;
      await answer.arrayBuffer();
      killed.resolve("killed");
      return dead;
    },
  };
}

import pLimit from "p-limit";

import type { SharedWork } from "../ports/shared-work.ts";
import type { Purse } from "../subagent/purse.ts";

/** One purse for all processes of a run. Waiting calls of this process are served in the order they came. */
export function sharedPurse(work: Pick<SharedWork, "reserve" | "news">, capUsd: number): Purse {
  const inTurn = pLimit(1);
  let spent = 0;
  return {
    get spentUsd() {
      return spent;
    },
    reserve: (usd, signal) =>
      inTurn(async () => {
        for (;;) {
          signal.throwIfAborted();
          // oxlint-disable-next-line no-await-in-loop -- asked again when something has come back
          const held = await work.reserve(usd, capUsd);
          if (held === "never") return undefined;
          if (held !== "later") {
            return {
              settle(cost) {
                spent += cost;
                held.giveBack();
              },
              release: () => held.giveBack(),
            };
          }
          // oxlint-disable-next-line no-await-in-loop -- as above
          await work.news(signal);
        }
      }),
  };
}

import { setTimeout as wait } from "node:timers/promises";

import type { Clock } from "../ports/clock.ts";

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
};

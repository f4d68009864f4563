import type { Lens } from "../../domain/lens.ts";
import { GENERAL_DO_NOT_FLAG } from "./general.ts";

export const CONCURRENCY: Lens = {
  name: "concurrency",
  lookFor: `- read, decide, write without a transaction, a lock or a condition on the old value: name the two interleaved requests and the wrong state they leave
- shared state changed across an await, a callback or a thread; caches filled twice or with a failure
- work that outlives its request; a promise, goroutine, thread or task nobody waits for or can stop
- unbounded parallelism over data; deadlocks and locks taken in different orders; retries that multiply
- streams, connections, cursors, timers, listeners, subscriptions and temporary files not released on every way out, errors included
- the same event or job handled twice, or lost between two steps`,
  doNotFlag: `${GENERAL_DO_NOT_FLAG}
- races between statements that one thread runs without an await between them
- resources that the process ends with, in scripts that run once`,
};

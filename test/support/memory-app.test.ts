import { describe } from "vitest";

import { queueLaws } from "../adapters/queue/queue-laws.ts";
import { memoryApp } from "./memory-app.ts";

describe("in memory", () => {
  queueLaws(async () => ({ ...memoryApp(), [Symbol.asyncDispose]: async () => undefined }));
});

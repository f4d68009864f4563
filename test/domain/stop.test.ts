import { describe, expect, it } from "vitest";

import { publishesOnStop, stopKindOf, stopReason } from "../../src/domain/stop.ts";

describe("publishesOnStop", () => {
  it.each([
    ["interrupted", undefined, true],
    ["newer-head", undefined, false],
    ["stop-command", undefined, false],
    ["interrupted", "discard", false],
    ["newer-head", "publish", true],
    ["stop-command", "publish", true],
  ] as const)("%s with on-stop %s: %s", (kind, policy, publishes) => {
    expect(publishesOnStop(kind, policy, 3)).toBe(publishes);
    expect(publishesOnStop(kind, policy, 0)).toBe(false);
  });
});

describe("stopKindOf", () => {
  it("is what the signal was aborted with, and interrupted for all else", () => {
    expect(stopKindOf(AbortSignal.abort(stopReason("newer-head", "moved")))).toBe("newer-head");
    expect(stopKindOf(AbortSignal.any([AbortSignal.abort(stopReason("stop-command", "asked"))]))).toBe("stop-command");
    expect(stopKindOf(AbortSignal.abort(new Error("received SIGTERM")))).toBe("interrupted");
    expect(stopKindOf(AbortSignal.abort("a word"))).toBe("interrupted");
  });
});

import { describe, expect, it } from "vitest";

import { readLimits } from "../../../src/adapters/claude/read-limits.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");

const limitsAt = (date: string | undefined): ReturnType<typeof readLimits> =>
  readLimits(
    new Headers({
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "49",
      "anthropic-ratelimit-requests-reset": "2026-11-23T10:00:30Z",
      ...(date === undefined ? {} : { date }),
    }),
    NOW,
  );

describe("readLimits", () => {
  it.each([undefined, "not a date", "Mon, 23 Nov 2026 10:00:00 GMT", "Mon, 23 Nov 2026 09:59:59 GMT"])(
    "takes the time as it is where the clocks agree, or nobody can tell: %s",
    (date) => {
      expect(limitsAt(date).requests).toEqual({ limit: 50, remaining: 49, resetMs: NOW + 30_000 });
    },
  );

  it.each([
    ["Mon, 23 Nov 2026 10:01:00 GMT", -30_000],
    ["Mon, 23 Nov 2026 09:00:00 GMT", 3_630_000],
  ])("counts a time from the service's own clock where that is another: %s", (date, inMs) => {
    expect(limitsAt(date).requests?.resetMs).toBe(NOW + inMs);
  });

  it("leaves out what is absent or makes no sense", () => {
    const headers = new Headers({
      "anthropic-ratelimit-requests-limit": "0",
      "anthropic-ratelimit-requests-remaining": "3",
      "anthropic-ratelimit-input-tokens-limit": "many",
      "anthropic-ratelimit-output-tokens-limit": "8000",
      "anthropic-ratelimit-output-tokens-remaining": "-5",
    });
    expect(readLimits(headers, NOW)).toEqual({ outputTokens: { limit: 8_000, remaining: 0, resetMs: undefined } });
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { logSafe, logSafeLines } from "../../src/render/log-safe.ts";

/** The runner's grammar (actions/runner, ActionCommand): `::` behind white space at the start, `##[` anywhere. */
function isCommand(line: string): boolean {
  return /^\s*::/u.test(line) || line.includes("##[");
}

describe("logSafe", () => {
  it.each([
    ["::stop-commands::x", ": :stop-commands: :x"],
    ["\u00A0::warning::x", "\u00A0: :warning: :x"],
    ["title ##[add-mask]a", "title # # [add-mask]a"],
    [":::x", ": : :x"],
    ["a\r::error::b", "a\\r: :error: :b"],
    ["\u001B[31mred\u001B]8;;https://x\u0007", "\\u001b[31mred\\u001b]8;;https://x\\u0007"],
    ["two\nlines", "two\\nlines"],
    ["\u0085\u2028\u202E", "\\u0085\\u2028\\u202e"],
    ["tab\there", "tab\there"],
  ])("writes %j as %j", (text, safe) => {
    expect(logSafe(text)).toBe(safe);
  });

  it("leaves no command, no control and no line break, and changes nothing the second time", () => {
    const piece = fc.oneof(
      fc.constantFrom(":", "::", "#", "##[", "[", "\r", "\n", " ", "\u001B", "\u00A0", "x"),
      fc.string(),
    );

    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (text) => {
          const safe = logSafe(text);

          expect(isCommand(safe)).toBe(false);
          expect(safe).not.toMatch(/(?!\t)\p{Cc}/u);
          expect(logSafe(safe)).toBe(safe);
          expect(logSafeLines(text).split("\n").some(isCommand)).toBe(false);
        },
      ),
    );
  });
});

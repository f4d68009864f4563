import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { formatCents, percentOf } from "../src/lib/money.ts";

describe("money", () => {
  it("rounds half a cent up", () => {
    assert.equal(percentOf(50, 1), 1);
    assert.equal(percentOf(49, 1), 0);
  });

  it("writes cents as an amount", () => {
    assert.equal(formatCents(123456), "€1,234.56");
  });
});

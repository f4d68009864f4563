import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { chunk, pageOf } from "../src/lib/paging.ts";

describe("paging", () => {
  it("takes the default for what is not a sensible number", () => {
    assert.deepEqual(pageOf({ limit: "many", offset: "-1" }), { limit: 20, offset: 0 });
    assert.deepEqual(pageOf({ limit: "101" }), { limit: 20, offset: 0 });
  });

  it("cuts a list into pieces and keeps the order", () => {
    assert.deepEqual(chunk([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(chunk([], 2), []);
  });
});

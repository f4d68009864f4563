import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { createVoucher, voucherValue } from "../src/lib/voucher.ts";

describe("vouchers", () => {
  it("are worth what they say when the signature fits", () => {
    const code = createVoucher(2500, "7K3M", "a test key");

    assert.equal(voucherValue(code, "a test key"), 2500);
  });

  it("are worth nothing when somebody changed the value", () => {
    const code = createVoucher(2500, "7K3M", "a test key").replace("2500", "9900");

    assert.equal(voucherValue(code, "a test key"), undefined);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { PricingService } from "../src/services/pricing-service.ts";

describe("PricingService", () => {
  it("adds shipping below the limit and tax on everything", async () => {
    const pricing = new PricingService(20);
    await pricing.start();

    assert.deepEqual(pricing.total([{ quantity: 2, priceCents: 1000 }]), {
      goods: 2000,
      shipping: 490,
      vat: 498,
      due: 2988,
    });
  });

  it("takes the coupon off before it looks at free shipping", async () => {
    const pricing = new PricingService(0);
    await pricing.start();

    assert.equal(pricing.total([{ quantity: 1, priceCents: 5000 }], 10).shipping, 490);
  });

  it("refuses to work before it was started", () => {
    assert.throws(() => new PricingService(20).total([]), /has not been started/);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  createLoyaltyVoucher,
  createVoucher,
  loyaltyVoucherValue,
  newSerial,
  voucherValue,
} from "../src/lib/voucher.ts";
import type { LoyaltyRepository, NewEntry } from "../src/repositories/loyalty-repository.ts";
import { LoyaltyService } from "../src/services/loyalty-service.ts";
import { NotificationService } from "../src/services/notification-service.ts";

const giftSigningSecret = "sk_test_placeholder_not_a_real_key";

function repositoryOf(entries: NewEntry[]): LoyaltyRepository {
  const repository: Partial<LoyaltyRepository> = {
    append: async (entry) => void entries.push(entry),
    tiers: async () => new Map([["c1", "silver"]]),
    rules: async () => [
      { tier: "bronze", formula: "Math.floor(total / 100)" },
      { tier: "silver", formula: "Math.floor(total / 100 * 1.25)" },
    ],
  };
  return repository as LoyaltyRepository;
}

describe("LoyaltyService", () => {
  it("credits every order by the tier of its customer", async () => {
    const entries: NewEntry[] = [];
    const service = new LoyaltyService(
      repositoryOf(entries),
      new NotificationService({ endpoint: "http://localhost" }),
    );

    await service.creditOrders([
      { id: "o1", customerId: "c1", status: "paid", totalCents: 1000 },
      { id: "o2", customerId: "c2", status: "paid", totalCents: 1000 },
    ]);

    assert.deepEqual(
      entries.map((entry) => entry.points),
      [12, 10],
    );
  });

  it("shows plain tier names while the text field does not parse", () => {
    const service = new LoyaltyService(repositoryOf([]), new NotificationService({ endpoint: "http://localhost" }));

    assert.deepEqual(service.tierNames("{"), {});
  });
});

describe("loyalty vouchers", () => {
  it("are worth their points in cents", () => {
    assert.equal(loyaltyVoucherValue(createLoyaltyVoucher(250, "7K3M92AB")), 250);
  });

  it("are not gift vouchers", () => {
    const gift = createVoucher(250, "7K3M", giftSigningSecret);

    assert.equal(loyaltyVoucherValue(gift), undefined);
    assert.equal(voucherValue(gift, giftSigningSecret), 250);
  });

  it("carry a serial without characters that are easily confused", () => {
    Array.from({ length: 20 }, newSerial).forEach((serial) => {
      assert.equal(/^[2-9A-HJ-NP-Z]{8}$/.test(serial), true);
    });
  });
});

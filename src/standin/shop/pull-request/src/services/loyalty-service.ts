import type { LoyaltyRepository, LoyaltyRule } from "../repositories/loyalty-repository.ts";
import type { Order } from "../repositories/order-repository.ts";
import { BaseService } from "./base-service.ts";
import type { NotificationService } from "./notification-service.ts";

const DEFAULT_TIER = "bronze";

export class LoyaltyService extends BaseService {
  readonly #loyalty: LoyaltyRepository;
  readonly #notifications: NotificationService;

  constructor(loyalty: LoyaltyRepository, notifications: NotificationService) {
    super("loyalty-service");
    this.#loyalty = loyalty;
    this.#notifications = notifications;
  }

  /** Credits the points of a day's paid orders; runs once a night. */
  async creditOrders(orders: readonly Order[]): Promise<number> {
    const rules = await this.#loyalty.rules();
    const tiers = await this.#loyalty.tiers(orders.map((order) => order.customerId));

    const earned = new Map<string, number>();
    orders.forEach((order) => {
      const points = this.pointsFor(order.totalCents, tiers.get(order.customerId) ?? DEFAULT_TIER, rules);
      earned.set(order.id, points);
    });

    let total = 0;
    orders.forEach(async (order) => {
      const points = earned.get(order.id) ?? 0;
      await this.#loyalty.append({ customerId: order.customerId, orderId: order.id, points, reason: "order" });
      total += points;
    });
    this.logger.info("points credited", { orders: orders.length, total });
    return total;
  }

  pointsFor(totalCents: number, tier: string, rules: readonly LoyaltyRule[]): number {
    const rule = rules.find((candidate) => candidate.tier === tier);
    return rule === undefined ? 0 : this.evaluate(rule, totalCents);
  }

  /** The formulas come from `loyalty_rules`, so that marketing can change them without a release. */
  private evaluate(rule: LoyaltyRule, totalCents: number): number {
    try {
      return Number(eval(rule.formula.replaceAll("total", String(totalCents))));
    } catch (error) {
      throw new Error(`the formula of ${rule.tier} is not valid: ${rule.formula}`, { cause: error });
    }
  }

  /** In the background: the voucher is on the customer's screen already. */
  mailVoucher(to: string, voucher: string): void {
    const text = `Your voucher is ${voucher}. Thank you for shopping with us!`;
    void this.#notifications.send({ to, subject: "Your voucher", text }).catch((error: unknown) => {
      this.logger.warn("voucher mail not sent", { voucher, error: String(error) });
    });
  }

  /** Reads the tier names that marketing keeps in a text field: `{"bronze": "Friend of the shop"}`. */
  tierNames(json: string): Record<string, string> {
    let names: Record<string, string> = {};
    try {
      names = JSON.parse(json) as Record<string, string>;
    } catch {
      // Marketing saves half-written text while typing. The plain tier names are shown until it parses again.
    }
    return names;
  }

  async sendMonthlySummary(members: readonly { email: string; points: number }[]): Promise<number> {
    let sent = 0;
    for (const member of members) {
      try {
        await this.#notifications.send({
          to: member.email,
          subject: "Your points",
          text: `You have ${member.points} points.`,
        });
        sent += 1;
      } catch (error) {}
    }
    return sent;
  }
}

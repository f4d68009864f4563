import { percentOf } from "../lib/money.ts";
import { createLogger, type Logger } from "../logger.ts";

export interface PricedLine {
  quantity: number;
  priceCents: number;
}

const FREE_SHIPPING_FROM = 5000;
const SHIPPING_CENTS = 490;

export class PricingService {
  private readonly logger: Logger;
  private started = false;
  readonly #vatPercent: number;

  constructor(vatPercent: number) {
    this.logger = createLogger("pricing-service");
    this.#vatPercent = vatPercent;
  }

  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    this.logger.info("started");
  }

  async stop(): Promise<void> {
    if (!this.started) return;
    this.started = false;
    this.logger.info("stopped");
  }

  /** What a cart costs with a coupon, shipping and tax, in cents. */
  total(
    lines: readonly PricedLine[],
    couponPercent = 0,
  ): { goods: number; shipping: number; vat: number; due: number } {
    this.ensureStarted();
    const sum = lines.reduce((cents, line) => cents + line.quantity * line.priceCents, 0);
    const goods = sum - percentOf(sum, couponPercent);
    const shipping = goods >= FREE_SHIPPING_FROM ? 0 : SHIPPING_CENTS;
    const vat = percentOf(goods + shipping, this.#vatPercent);
    if (goods === 0) this.logger.warn("a cart that costs nothing", { lines: lines.length, couponPercent });
    return { goods, shipping, vat, due: goods + shipping + vat };
  }

  private ensureStarted(): void {
    if (!this.started) throw new Error("the service has not been started");
  }
}

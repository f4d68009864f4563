import { createLogger, type Logger } from "../logger.ts";
import type { Order, OrderRepository } from "../repositories/order-repository.ts";

const CANCELLABLE = new Set(["open", "paid"]);

export class OrderService {
  private readonly logger: Logger;
  private started = false;
  readonly #orders: OrderRepository;

  constructor(orders: OrderRepository) {
    this.logger = createLogger("order-service");
    this.#orders = orders;
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

  async cancel(id: string): Promise<Order> {
    this.ensureStarted();
    const order = await this.#orders.find(id);
    if (order === undefined) throw new Error(`no order ${id}`);
    if (!CANCELLABLE.has(order.status)) throw new Error(`order ${id} is ${order.status} and cannot be cancelled`);

    await this.#orders.setStatus([id], "cancelled");
    this.logger.info("order cancelled", { id });
    return { ...order, status: "cancelled" };
  }

  async markShipped(ids: readonly string[]): Promise<number> {
    this.ensureStarted();
    const changed = await this.#orders.setStatus(ids, "shipped");
    if (changed < ids.length) this.logger.warn("some orders are unknown", { asked: ids.length, changed });
    return changed;
  }

  private ensureStarted(): void {
    if (!this.started) throw new Error("the service has not been started");
  }
}

import type { Queryable } from "../db.ts";
import { createLogger, type Logger } from "../logger.ts";

export class CustomerService {
  private readonly logger: Logger;
  private started = false;
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.logger = createLogger("customer-service");
    this.#db = db;
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

  /** Keeps the row, for the invoices that point at it, without anything that tells who it was. */
  async forget(id: string): Promise<boolean> {
    this.ensureStarted();
    const { rowCount } = await this.#db.query(
      "UPDATE customers SET email = id || '@forgotten.invalid', display_name = 'forgotten' WHERE id = $1",
      [id],
    );
    this.logger.info("customer forgotten", { id, found: rowCount === 1 });
    return rowCount === 1;
  }

  private ensureStarted(): void {
    if (!this.started) throw new Error("the service has not been started");
  }
}

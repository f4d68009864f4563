import type { Product } from "@prisma/client";

import { createLogger, type Logger } from "../logger.ts";
import type { ProductRepository } from "../repositories/product-repository.ts";

const RELATED_COUNT = 6;

export class ProductService {
  private readonly logger: Logger;
  private started = false;
  readonly #products: ProductRepository;

  constructor(products: ProductRepository) {
    this.logger = createLogger("product-service");
    this.#products = products;
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

  /** Others of the same category, cheapest first. */
  async related(id: string): Promise<Product[]> {
    this.ensureStarted();
    const [product] = await this.#products.byIds([id]);
    if (product === undefined) {
      this.logger.warn("related products of an unknown product", { id });
      return [];
    }
    const others = await this.#products.inCategory(product.categoryId, RELATED_COUNT + 1);
    return others
      .filter((other) => other.id !== id)
      .sort((left, right) => left.priceCents - right.priceCents)
      .slice(0, RELATED_COUNT);
  }

  private ensureStarted(): void {
    if (!this.started) throw new Error("the service has not been started");
  }
}

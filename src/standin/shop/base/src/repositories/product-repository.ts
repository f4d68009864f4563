import type { PrismaClient, Product } from "@prisma/client";

export class ProductRepository {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  /** In the order of `ids`; ids that we do not know are left out. */
  async byIds(ids: readonly string[]): Promise<Product[]> {
    const products = await this.#prisma.product.findMany({ where: { id: { in: ids } } });
    const byId = new Map(products.map((product) => [product.id, product]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  async inCategory(categoryId: string, limit: number): Promise<Product[]> {
    return this.#prisma.product.findMany({ where: { categoryId }, orderBy: { name: "asc" }, take: limit });
  }
}

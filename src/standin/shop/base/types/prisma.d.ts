/** What `prisma generate` makes of our schema, as far as this project uses it. */
declare module "@prisma/client" {
  type Filter<Row> = { [Key in keyof Row]?: Row[Key] | { in: readonly Row[Key][] } };

  interface Delegate<Row> {
    findUnique(args: { where: Filter<Row> }): Promise<Row | null>;
    findMany(args: {
      where?: Filter<Row>;
      orderBy?: { [Key in keyof Row]?: "asc" | "desc" };
      skip?: number;
      take?: number;
    }): Promise<Row[]>;
    create(args: { data: Omit<Row, "id" | "createdAt"> }): Promise<Row>;
    update(args: { where: Filter<Row>; data: Partial<Row> }): Promise<Row>;
    count(args: { where?: Filter<Row> }): Promise<number>;
  }

  export interface Product {
    id: string;
    categoryId: string;
    name: string;
    priceCents: number;
    createdAt: Date;
  }

  export interface Category {
    id: string;
    name: string;
  }

  export interface Customer {
    id: string;
    email: string;
    displayName: string;
    createdAt: Date;
  }

  export interface Review {
    id: string;
    productId: string;
    customerId: string;
    stars: number;
    text: string;
    createdAt: Date;
  }

  export class PrismaClient {
    readonly product: Delegate<Product>;
    readonly category: Delegate<Category>;
    readonly customer: Delegate<Customer>;
    readonly review: Delegate<Review>;
    $disconnect(): Promise<void>;
  }
}

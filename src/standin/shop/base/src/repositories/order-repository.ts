import type { Queryable } from "../db.ts";

export interface Order {
  id: string;
  customerId: string;
  status: string;
  totalCents: number;
}

interface OrderRow {
  id: string;
  customer_id: string;
  status: string;
  total_cents: number;
}

function orderOf(row: OrderRow): Order {
  return { id: row.id, customerId: row.customer_id, status: row.status, totalCents: row.total_cents };
}

export class OrderRepository {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async find(id: string): Promise<Order | undefined> {
    const { rows } = await this.#db.query<OrderRow>("SELECT * FROM orders WHERE id = $1", [id]);
    return rows[0] === undefined ? undefined : orderOf(rows[0]);
  }

  async setStatus(ids: readonly string[], status: string): Promise<number> {
    const { rowCount } = await this.#db.query("UPDATE orders SET status = $2 WHERE id = ANY($1)", [ids, status]);
    return rowCount ?? 0;
  }

  /** Orders that were paid on a day, for what runs once a night. */
  async paidOn(day: string): Promise<Order[]> {
    const { rows } = await this.#db.query<OrderRow>(
      "SELECT * FROM orders WHERE status = 'paid' AND placed_at::date = $1 LIMIT 50000",
      [day],
    );
    return rows.map(orderOf);
  }
}

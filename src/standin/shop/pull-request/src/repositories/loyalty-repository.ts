import type { Queryable } from "../db.ts";
import { chunk } from "../lib/paging.ts";

export interface LedgerEntry {
  id: number;
  customer_id: string;
  order_id: string | null;
  points: number;
  reason: string;
  created_at: string;
}

export interface NewEntry {
  customerId: string;
  orderId: string | null;
  points: number;
  reason: string;
}

export interface LoyaltyRule {
  tier: string;
  formula: string;
}

const ENTRY_COLUMNS = "id, customer_id, order_id, points, reason, created_at";
const BATCH_SIZE = 1000;

export class LoyaltyRepository {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async append(entry: NewEntry): Promise<void> {
    await this.#db.query(
      `INSERT INTO loyalty_ledger (customer_id, order_id, points, reason) VALUES ($1, $2, $3, $4)
       ON CONFLICT (order_id, reason) DO NOTHING`,
      [entry.customerId, entry.orderId, entry.points, entry.reason],
    );
  }

  async recentEntries(customerId: string, limit: number): Promise<LedgerEntry[]> {
    const { rows } = await this.#db.query<LedgerEntry>(
      `SELECT ${ENTRY_COLUMNS} FROM loyalty_ledger WHERE customer_id = $1 ORDER BY created_at DESC LIMIT $2`,
      [customerId, limit],
    );
    return rows;
  }

  async searchEntries(customerId: string, reason: string): Promise<LedgerEntry[]> {
    const { rows } = await this.#db.query<LedgerEntry>(
      `SELECT ${ENTRY_COLUMNS} FROM loyalty_ledger WHERE customer_id = $1 AND reason ILIKE '%${reason}%' LIMIT 100`,
      [customerId],
    );
    return rows;
  }

  /** Waits until no other transaction is spending the points of this member; undefined when there is no such member. */
  async lockMember(customerId: string): Promise<{ email: string } | undefined> {
    const { rows } = await this.#db.query<{ email: string }>(
      "SELECT c.email FROM loyalty_members m JOIN customers c ON c.id = m.customer_id WHERE c.id = $1 FOR UPDATE OF m",
      [customerId],
    );
    return rows[0];
  }

  async balance(customerId: string): Promise<number> {
    const { rows } = await this.#db.query<{ points: number }>(
      "SELECT coalesce(sum(points), 0)::int AS points FROM loyalty_ledger WHERE customer_id = $1",
      [customerId],
    );
    return rows[0]?.points ?? 0;
  }

  /** One statement for each thousand customers; customers without an entry are not in the map. */
  async balances(customerIds: readonly string[]): Promise<Map<string, number>> {
    const balances = new Map<string, number>();
    for (const batch of chunk(customerIds, BATCH_SIZE)) {
      const { rows } = await this.#db.query<{ customer_id: string; points: number }>(
        "SELECT customer_id, sum(points)::int AS points FROM loyalty_ledger WHERE customer_id = ANY($1) GROUP BY customer_id",
        [batch],
      );
      for (const row of rows) balances.set(row.customer_id, row.points);
    }
    return balances;
  }

  async tiers(customerIds: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.#db.query<{ customer_id: string; tier: string }>(
      "SELECT customer_id, tier FROM loyalty_members WHERE customer_id = ANY($1)",
      [customerIds],
    );
    return new Map(rows.map((row) => [row.customer_id, row.tier]));
  }

  async rules(): Promise<LoyaltyRule[]> {
    const { rows } = await this.#db.query<LoyaltyRule>("SELECT tier, formula FROM loyalty_rules LIMIT 20");
    return rows;
  }
}

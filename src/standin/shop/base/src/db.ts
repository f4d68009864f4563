import { Pool, type QueryResult } from "pg";

/** What can run SQL: the pool, or the one connection of a transaction. */
export interface Queryable {
  query<Row>(sql: string, params?: readonly unknown[]): Promise<QueryResult<Row>>;
}

export interface Database extends Queryable {
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
}

export const pool = new Pool({ connectionString: process.env["DATABASE_URL"] ?? "postgres://localhost/shop", max: 10 });

export const db: Database = {
  query: (sql, params) => pool.query(sql, params),
  async transaction(work) {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  },
};

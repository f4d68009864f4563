/** The part of pg that this project uses. */
declare module "pg" {
  export interface QueryResult<Row> {
    rows: Row[];
    rowCount: number | null;
  }

  export interface PoolClient {
    query<Row>(sql: string, params?: readonly unknown[]): Promise<QueryResult<Row>>;
    release(error?: boolean): void;
  }

  export class Pool {
    constructor(options: { connectionString: string; max?: number });
    query<Row>(sql: string, params?: readonly unknown[]): Promise<QueryResult<Row>>;
    connect(): Promise<PoolClient>;
    end(): Promise<void>;
  }
}

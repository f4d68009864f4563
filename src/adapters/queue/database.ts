import type { ConstructorOptions, Db } from "pg-boss";

/** A row as the driver gives it; whoever reads it checks it. */
export type Row = Readonly<Record<string, unknown>>;

export interface Statements {
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** Statements that take effect together or not at all. `boss` is how pg-boss's own statements become part of them. */
export type Transaction = Statements & { readonly boss: Db };

/** A PostgreSQL, in this process or elsewhere. */
export interface Database extends Statements, AsyncDisposable {
  /** Whether it is this process's alone. */
  readonly isEmbedded: boolean;
  /** How pg-boss reaches it. */
  readonly boss: ConstructorOptions;
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Hears every `notify`, whichever process called it; and "" when some may have been missed. */
  listen(onNotice: (notice: string) => void): Promise<AsyncDisposable>;
}

/** The channel of our notices. */
export const CHANNEL = "parallel_review";

/** Tells every process that listens, once the transaction is committed. */
export async function notify(statements: Statements, notice: string): Promise<void> {
  await statements.query("SELECT pg_notify($1, $2)", [CHANNEL, notice]);
}

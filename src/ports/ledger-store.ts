import type { Ledger } from "../domain/ledger.ts";

/** Where audits remember what they found. */
export interface LedgerStore {
  /**
   * What is remembered; the empty ledger when nothing is.
   * @throws {ConfigurationError} it cannot be read, or is no ledger.
   * @throws {ExternalError} the place where it lives is not answering.
   */
  read(signal: AbortSignal): Promise<Ledger>;
  /**
   * Remembers what `change` makes of the newest ledger, which is not always the one that was read before: when somebody else
   * wrote meanwhile, `change` is asked again. Errors as `read`.
   */
  update(change: (newest: Ledger) => Ledger, description: string, signal: AbortSignal): Promise<void>;
  /** What was remembered at a time; absent where only the newest is kept. */
  readonly versions?: {
    /** The name of what is remembered now. */
    newest(signal: AbortSignal): Promise<string>;
    /** Errors as `read` of the store. */
    read(version: string, signal: AbortSignal): Promise<Ledger>;
  };
}

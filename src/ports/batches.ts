import type { ExternalError } from "../domain/errors.ts";
import type { Turn, TurnRequest } from "./model.ts";

/** One question of a batch. `key` is ours, distinct within the batch: letters, digits, `-` and `_`, at most 64. */
export type BatchRequest = { readonly key: string; readonly request: TurnRequest };

/** What the provider says about a batch. */
export type BatchState = {
  readonly id: string;
  /** Nothing more will be answered, and its answers can be read. */
  readonly ended: boolean;
  readonly requests: number;
  /** Milliseconds since the epoch, by the provider's clock. */
  readonly createdMs: number;
};

/** What became of one request; nothing is billed for a failed one. */
export type BatchAnswer =
  | { readonly kind: "answered"; readonly turn: Turn }
  | { readonly kind: "failed"; readonly error: ExternalError };

/**
 * Many independent requests, answered together within a day at a lower price. Every method throws ExternalError: `fatal` for
 * authentication, billing and unknown model, `retryable` for what may pass.
 */
export interface Batches {
  /** Hands in a batch. When this fails with a retryable error the batch may have been taken all the same: see `since`. */
  submit(requests: readonly BatchRequest[], signal: AbortSignal): Promise<BatchState>;
  /** Undefined when the provider does not know it (any more). */
  find(id: string, signal: AbortSignal): Promise<BatchState | undefined>;
  /** The batches that were handed in at that time or later, whoever did, newest first. */
  since(createdMs: number, signal: AbortSignal): Promise<readonly BatchState[]>;
  /** The answers of an ended batch by the requests' keys. */
  answers(id: string, signal: AbortSignal): Promise<ReadonlyMap<string, BatchAnswer>>;
}

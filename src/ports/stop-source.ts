import type { StopKind } from "../domain/stop.ts";

/** A wish from outside that the run ends now; `text` says whose, without a full stop. */
export type StopRequest = { readonly kind: Exclude<StopKind, "interrupted" | "moved">; readonly text: string };

/** Where somebody may ask a run to stop. */
export interface StopSource {
  /** Looks once. Undefined when nobody asked, or when it could not be told: a look that fails stops nothing. */
  look(signal: AbortSignal): Promise<StopRequest | undefined>;
}

import { createHash } from "node:crypto";

/** How long the model takes. Nothing set: it answers at once. */
export interface Timing {
  /** From the request to the first byte of the answer. */
  readonly ttftMs?: number;
  /** Output speed after that. */
  readonly tokensPerSecond?: number;
  /** Stretches both by a factor in [1 - share, 1 + share), the same for the same request, seed and attempt. */
  readonly jitter?: { readonly share: number; readonly seed: string };
}

/** A number in [0, 1) that only depends on its arguments. */
export function unitHash(...keys: readonly (string | number)[]): number {
  return createHash("sha256").update(keys.join("\0")).digest().readUInt32BE(0) / 2 ** 32;
}

export interface Pace {
  /** Milliseconds from the request's arrival until this many output tokens are written. */
  at(tokens: number): number;
}

/** @param requestKey what identifies the request: its body's hash and the attempt */
export function paceOf(timing: Timing, requestKey: string): Pace {
  const { ttftMs = 0, tokensPerSecond, jitter } = timing;
  const stretch = jitter === undefined ? 1 : 1 + jitter.share * (2 * unitHash(jitter.seed, requestKey) - 1);
  const perToken = tokensPerSecond === undefined ? 0 : 1000 / tokensPerSecond;
  return { at: (tokens) => stretch * (ttftMs + tokens * perToken) };
}

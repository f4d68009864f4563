import type { Price } from "./price.ts";

/** Instructions, look-ups and line numbers on top of the files themselves, as a share of their tokens. */
const PROMPT_SHARE = 1.5;
/** What a subagent writes, thinking included, as a share of what it reads. */
const OUTPUT_SHARE = 0.08;

/** About what reading files of that many estimated tokens costs, in US dollars: for choosing and announcing, never for billing. */
export function estimateReadingUsd(price: Price, tokens: number): number {
  return (tokens * (PROMPT_SHARE * price.input + OUTPUT_SHARE * price.output)) / 1_000_000;
}

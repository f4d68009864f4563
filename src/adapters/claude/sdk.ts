import type * as AnthropicSdk from "@anthropic-ai/sdk";

export type Sdk = typeof AnthropicSdk;

/** Anthropic's SDK, loaded with the first call: it is half a megabyte, which a run can load while it waits for something else. */
export function loadSdk(): Promise<Sdk> {
  return import("@anthropic-ai/sdk");
}

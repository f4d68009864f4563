/** The input side of a bill. `input` is only what was neither read from the cache nor written to it. */
export interface InputUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** What one answer was billed. */
export interface Usage extends InputUsage {
  readonly output: number;
  readonly thinking: number;
}

export const NO_USAGE: Usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, thinking: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    thinking: a.thinking + b.thinking,
  };
}

/** Input tokens that count against the rate limit: cache reads do not. */
export function limitedInput(usage: InputUsage): number {
  return usage.input + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** The `usage` object of a Message. */
export function usageBody(usage: Usage, tier: "standard" | "batch" = "standard"): Record<string, unknown> {
  return {
    cache_creation: { ephemeral_1h_input_tokens: usage.cacheWrite1h, ephemeral_5m_input_tokens: usage.cacheWrite5m },
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    inference_geo: null,
    input_tokens: usage.input,
    output_tokens: usage.output,
    output_tokens_details: { thinking_tokens: usage.thinking },
    server_tool_use: null,
    service_tier: tier,
    speed: "standard",
  };
}

/** The cumulative `usage` object of a `message_delta` event. */
export function deltaUsageBody(usage: Usage): Record<string, unknown> {
  return {
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    input_tokens: usage.input,
    output_tokens: usage.output,
    output_tokens_details: { thinking_tokens: usage.thinking },
    server_tool_use: null,
  };
}

import { createHash } from "node:crypto";

import { isJson, type Json } from "./json.ts";
import type { MessagesRequest } from "./request.ts";
import { blockText, blockTokens } from "./tokens.ts";
import type { InputUsage } from "./usage.ts";

type Ttl = "5m" | "1h";
const TTL_MS: Record<Ttl, number> = { "5m": 300_000, "1h": 3_600_000 };

/** How many blocks before a breakpoint an earlier entry is still found (Anthropic, prompt caching). */
const LOOKBACK = 20;

interface Segment {
  /** Hash of everything up to and including this block. */
  readonly prefix: string;
  /** Tokens of the same. */
  readonly upTo: number;
  readonly ttl: Ttl | undefined;
}

interface CachePlan {
  readonly usage: InputUsage;
  /** To be called when the response begins: only then can others read what this one writes. */
  commit(): void;
}

/**
 * Anthropic's prompt cache: tools -> system -> messages, entries at breakpoints, read by longest prefix, readable once the
 * response that writes them begins, kept for their TTL from the start of the request that last wrote or read them.
 */
export class PromptCache {
  readonly #expiry = new Map<string, number>();
  readonly #minimumTokens: number;

  /** @param minimumTokens prefixes shorter than this are not cached (512 on the 5.5 models) */
  constructor(minimumTokens: number) {
    this.#minimumTokens = minimumTokens;
  }

  plan(request: MessagesRequest, now: number): CachePlan {
    const segments = segmentsOf(request);
    const marks = segments.flatMap((segment, index) =>
      segment.ttl !== undefined && segment.upTo >= this.#minimumTokens ? [{ ...segment, ttl: segment.ttl, index }] : [],
    );
    const hit = this.#longestRead(segments, marks, now);
    const written = { "5m": 0, "1h": 0 };
    let covered = hit?.upTo ?? 0;
    for (const mark of marks) {
      if (mark.upTo <= covered) continue;
      written[mark.ttl] += mark.upTo - covered;
      covered = mark.upTo;
    }
    return {
      usage: {
        input: (segments.at(-1)?.upTo ?? 0) - covered,
        cacheRead: hit?.upTo ?? 0,
        cacheWrite5m: written["5m"],
        cacheWrite1h: written["1h"],
      },
      commit: () => {
        for (const mark of marks) this.#keep(mark.prefix, now + TTL_MS[mark.ttl]);
        if (hit !== undefined) this.#keep(hit.prefix, now + hit.ttlMs);
      },
    };
  }

  #longestRead(
    segments: readonly Segment[],
    marks: readonly { readonly index: number; readonly ttl: Ttl }[],
    now: number,
  ): { prefix: string; upTo: number; ttlMs: number } | undefined {
    for (const mark of marks.toReversed()) {
      for (let index = mark.index; index >= Math.max(0, mark.index - LOOKBACK); index -= 1) {
        const segment = segments[index];
        if (segment === undefined || (this.#expiry.get(segment.prefix) ?? 0) <= now) continue;
        return { prefix: segment.prefix, upTo: segment.upTo, ttlMs: TTL_MS[mark.ttl] };
      }
    }
    return undefined;
  }

  #keep(prefix: string, until: number): void {
    this.#expiry.set(prefix, Math.max(this.#expiry.get(prefix) ?? 0, until));
  }
}

/** Everything in the prompt, whichever way it is billed. */
export function promptTokens({ tools, system, messages }: MessagesRequest): number {
  const blocks = [...tools, ...system, ...messages.flatMap(({ content }) => content)];
  return blocks.reduce((sum, block) => sum + blockTokens(block), 0);
}

function segmentsOf(request: MessagesRequest): readonly Segment[] {
  const { body } = request;
  const segments: Segment[] = [];
  let prefix = `${request.model}\n${JSON.stringify(body["speed"] ?? "standard")}`;
  let upTo = 0;
  const add = (salt: string, block: Json) => {
    prefix = createHash("sha256")
      .update(prefix)
      .update("\0")
      .update(salt)
      .update("\0")
      .update(blockText(block))
      .digest("hex");
    upTo += blockTokens(block);
    segments.push({ prefix, upTo, ttl: ttlOf(block["cache_control"]) });
  };
  for (const tool of request.tools) add("tool", tool);
  for (const block of request.system) add("system", block);
  const settings = JSON.stringify([
    body["tool_choice"] ?? null,
    body["thinking"] ?? null,
    body["output_config"] ?? null,
  ]);
  for (const [index, message] of request.messages.entries()) {
    for (const block of message.content) add(`${settings} ${index} ${message.role}`, block);
  }
  const automatic = ttlOf(body["cache_control"]);
  const last = segments.at(-1);
  return automatic === undefined || last === undefined
    ? segments
    : [...segments.slice(0, -1), { ...last, ttl: automatic }];
}

function ttlOf(control: unknown): Ttl | undefined {
  if (!isJson(control)) return undefined;
  return control["ttl"] === "1h" ? "1h" : "5m";
}

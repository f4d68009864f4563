/**
 * What the design's section 7 asks of the subagents, in one run: speed without and under a rate limit, what the shared prefix saves, what
 * a subagent's prompt and memory cost, and how soon the first request leaves the bundled Action. The model is a stand-in in another process,
 * each client a process of its own; the figures are ratios, because machines differ. Run: node test/bench/subagents-bench.ts
 */
import { listingTokens } from "../../src/domain/token-estimate.ts";
import { lonelyFiles } from "../support/review-stage.ts";
import { runClient } from "./bench-client.ts";
import { measureFirstRequest } from "./first-request.ts";
import { startModelServer } from "./model-server.ts";

const LATENCY_MS = 2_250;

async function withoutLimit(): Promise<void> {
  console.log(`No rate limit, every answer takes ${LATENCY_MS} ms (ours: whole subagents; bare: the SDK and p-limit)`);
  await using server = await startModelServer({ timing: { ttftMs: LATENCY_MS }, outputTokens: 100 });
  for (const count of [1, 10, 50, 200, 1_000]) {
    const order = { url: server.url, count, concurrency: count };
    const bare = await runClient({ ...order, kind: "bare" });
    await server.totals();
    const ours = await runClient({ ...order, kind: "ours" });
    const { maxInFlight, requests } = await server.totals();
    console.log(
      `  N=${count}: ours ${seconds(ours.wallMs)} (${ratio(ours.wallMs / LATENCY_MS)} x the slowest), bare ${seconds(bare.wallMs)}, ` +
        `ours/bare ${ratio(ours.wallMs / bare.wallMs)}; ${ours.done} done, ${requests} requests, ${maxInFlight} in flight; ` +
        `RSS peak ${ours.peakRssMb.toFixed(0)} MB (bare ${bare.peakRssMb.toFixed(0)}), ` +
        `${((ours.peakRssMb - ours.restRssMb) / count).toFixed(2)} MB a subagent`,
    );
  }
}

/** A prefix worth warming: the first request goes ahead, and the others follow when its answer begins. */
async function warmed(): Promise<void> {
  const [ttftMs, restMs] = [1_000, 1_250];
  const count = 1_000;
  await using server = await startModelServer({ timing: { ttftMs, tokensPerSecond: 20 }, outputTokens: 100 });
  const ours = await runClient({ kind: "ours", url: server.url, count, concurrency: count, prefixCharacters: 40_000 });
  const { billed } = await server.totals();
  const least = 2 * ttftMs + restMs;
  console.log(
    `A prefix of ${Math.round(billed.cacheWrite5m)} tokens, written once, N=${count}: ${seconds(ours.wallMs)}, ` +
      `${ratio(ours.wallMs / least)} x first event and then an answer (about ${seconds(least)}); RSS peak ${ours.peakRssMb.toFixed(0)} MB`,
  );
}

async function underLimits(): Promise<void> {
  const latencyMs = 1_000;
  const cases = [
    {
      name: "300 requests/min, a second's worth at once",
      rateLimit: { requestsPerMinute: 300, burstSeconds: 1 },
      count: 50,
      of: "requests",
    },
    {
      name: "1,000 requests/min, a second's worth at once",
      rateLimit: { requestsPerMinute: 1_000, burstSeconds: 1 },
      count: 200,
      of: "requests",
    },
    {
      name: "200,000 input tokens/min, two seconds' worth at once",
      rateLimit: { inputTokensPerMinute: 200_000, burstSeconds: 2 },
      count: 50,
      of: "input",
    },
  ] as const;
  console.log(`Under a rate limit, every answer takes ${latencyMs} ms`);
  for (const { name, rateLimit, count, of } of cases) {
    await using server = await startModelServer({ timing: { ttftMs: latencyMs }, rateLimit, outputTokens: 100 });
    const ours = await runClient({ kind: "ours", url: server.url, count, concurrency: 64 });
    const { requests, refused, refusedLater, billed } = await server.totals();
    const perMinute = of === "requests" ? rateLimit.requestsPerMinute : rateLimit.inputTokensPerMinute;
    const used = of === "requests" ? count : billed.input + billed.cacheWrite5m;
    const boundMs = ((used - (perMinute * rateLimit.burstSeconds) / 60) * 60_000) / perMinute + latencyMs;
    console.log(
      `  ${name}, N=${count}: ${ours.done} of ${count} done in ${seconds(ours.wallMs)}, ${ratio(ours.wallMs / boundMs)} x the bound ` +
        `(${percent(boundMs / ours.wallMs)} of the allowed throughput); ${requests} requests, 429s ${refused} (${percent(refused / requests)}), ` +
        `after the first ${refusedLater} (${percent(refusedLater / requests)})`,
    );
  }
}

async function cachedCost(): Promise<void> {
  const prices = { input: 4, cacheWrite: 5, cacheRead: 0.2, output: 20 };
  await using server = await startModelServer({ timing: { ttftMs: 500 }, outputTokens: 400 });
  await runClient({ kind: "ours", url: server.url, count: 50, concurrency: 64, prefixCharacters: 118_000 });
  const { billed, requests } = await server.totals();
  const cached =
    billed.input * prices.input +
    billed.cacheWrite5m * prices.cacheWrite +
    billed.cacheRead * prices.cacheRead +
    billed.output * prices.output;
  const naive = (billed.input + billed.cacheWrite5m + billed.cacheRead) * prices.input + billed.output * prices.output;
  console.log(
    `Shared prefix, 50 files, claude-opus-5-5: ${requests} requests, ${billed.cacheWrite5m} tokens written, ${billed.cacheRead} read, ` +
      `${billed.input} not cached; $${(cached / 1e6).toFixed(2)} against $${(naive / 1e6).toFixed(2)} without a cache: ${percent(cached / naive)} (goal: at most 18 %)`,
  );
}

async function overhead(): Promise<void> {
  await using server = await startModelServer({ outputTokens: 10 });
  await runClient({ kind: "ours", url: server.url, count: 1, concurrency: 1 });
  const { billed } = await server.totals();
  const [file] = lonelyFiles(1, 100);
  const listing = Math.ceil((listingTokens(file?.lines.join("\n") ?? "") * 3) / 4);
  const whole = billed.input + billed.cacheWrite5m + billed.cacheRead;
  console.log(
    `Prompt overhead per subagent: ${whole - listing} tokens beside the file's ${listing} (goal: at most 2,500)`,
  );
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
const ratio = (value: number): string => value.toFixed(3);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

await withoutLimit();
await warmed();
await underLimits();
await cachedCost();
await overhead();
console.log(await measureFirstRequest());

/**
 * One measured client in a process of its own: `ours` is the whole review, `bare` the SDK and p-limit with the same number of requests
 * of the same size. `runClient` starts it; as a program it measures and says what it measured.
 */
import { fork } from "node:child_process";
import { once } from "node:events";

import Anthropic from "@anthropic-ai/sdk";
import pLimit from "p-limit";

import { SYSTEM_CLOCK } from "../../src/entry/system-clock.ts";
import { lonelyFiles, reviewOnStage, type StageFile } from "../support/review-stage.ts";
import { benchModel } from "./bench-model.ts";

export type ClientOrder = {
  readonly kind: "ours" | "bare";
  readonly url: string;
  readonly count: number;
  readonly concurrency: number;
  /** Characters of instructions in the prefix that all share. */
  readonly prefixCharacters?: number;
};

export type ClientResult = {
  /** From the first subtask's start, which is after planning, to the last one's end. */
  readonly wallMs: number;
  readonly done: number;
  readonly peakRssMb: number;
  readonly restRssMb: number;
};

export async function runClient(order: ClientOrder): Promise<ClientResult> {
  const child = fork(import.meta.filename, [JSON.stringify(order)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const [result] = (await once(child, "message")) as [ClientResult];
  child.disconnect();
  await once(child, "exit");
  return result;
}

const LINES = 100;

async function ours(order: ClientOrder, files: readonly StageFile[]): Promise<Pick<ClientResult, "wallMs" | "done">> {
  const { report } = await reviewOnStage({
    model: benchModel(order.url, order.concurrency),
    files,
    clock: SYSTEM_CLOCK,
    concurrency: order.concurrency,
    settings: { instructions: "Mind the money. ".repeat((order.prefixCharacters ?? 0) / 16), budgetUsd: 1_000 },
  });
  return { wallMs: report.wallMs, done: report.subtasks.filter(({ status }) => status === "done").length };
}

async function bare(order: ClientOrder, files: readonly StageFile[]): Promise<Pick<ClientResult, "wallMs" | "done">> {
  const client = new Anthropic({ apiKey: "key", baseURL: order.url, maxRetries: 5, logLevel: "off" });
  const limit = pLimit(order.concurrency);
  const started = performance.now();
  const answers = await Promise.allSettled(
    files.map(({ path, lines }) =>
      limit(() =>
        client.messages
          .stream({
            model: "claude-sonnet-5-5",
            max_tokens: 16_000,
            messages: [
              { role: "user", content: `${path}\n${lines.map((line, index) => `${index} + ${line}`).join("\n")}` },
            ],
          })
          .finalMessage(),
      ),
    ),
  );
  return {
    wallMs: performance.now() - started,
    done: answers.filter(({ status }) => status === "fulfilled").length,
  };
}

if (process.argv[1] === import.meta.filename) {
  const order = JSON.parse(process.argv[2] ?? "") as ClientOrder;
  const files = lonelyFiles(order.count, LINES);
  const restRssMb = process.memoryUsage.rss() / 1e6;
  const measured = await (order.kind === "ours" ? ours(order, files) : bare(order, files));
  process.send?.({ ...measured, restRssMb, peakRssMb: process.resourceUsage().maxRSS / 1e3 } satisfies ClientResult);
}

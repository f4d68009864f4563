import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { declaredInputs } from "../../src/entry/action-file.ts";
import { bundleLayout } from "../../src/entry/bundle-layout.ts";
import { runAction } from "../../src/standin/runner/run-action.ts";
import { startGitHubServer } from "./github-server.ts";
import { startModelServer } from "./model-server.ts";

const RUNS = 5;
const BUNDLE = "dist/action.js";

/** How one run came to its first request to the model; in milliseconds since the start of its process. */
type Start = {
  readonly wholeMs: number;
  /** When GitHub was asked for the first time, and when its last answer came that the request needed. */
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly reads: number;
};

/** From the start of the bundled Action's process to its first request to the model: the example pull request, GitHub on loopback. */
export async function measureFirstRequest(): Promise<string> {
  if (!existsSync(BUNDLE)) return `Start to first request: not measured, there is no ${BUNDLE} (npm run build)`;
  const starts: Start[] = [];
  for (let run = 0; run < RUNS; run++) starts.push(await measureOnce());
  const sorted = starts.toSorted((a, b) => a.wholeMs - b.wholeMs);
  const [best, middle] = [sorted[0], sorted[Math.floor(RUNS / 2)]];
  if (best === undefined || middle === undefined) throw new Error("nothing was measured");
  return (
    `Start to first request of the bundled Action: min ${best.wholeMs} ms, median ${middle.wholeMs} ms of ${RUNS} (goal: 400); ` +
    `of the best, ${best.askedMs} ms until GitHub is asked, ${best.answeredMs - best.askedMs} ms until it has answered ` +
    `(${best.reads} reads), ${best.wholeMs - best.answeredMs} ms from there`
  );
}

async function measureOnce(): Promise<Start> {
  const { actionFile } = bundleLayout();
  await using server = await startModelServer({ outputTokens: 10 });
  await using github = await startGitHubServer();
  const started = Date.now();
  await runAction({
    main: resolve(BUNDLE),
    declared: declaredInputs(actionFile),
    with: {
      "github-token": github.token,
      "output-dir": github.outputDirectory,
      "anthropic-api-key": "key",
      "anthropic-base-url": server.url,
      engine: "claude",
    },
    event: github.event,
    repository: github.repository,
    apiUrl: github.url,
    serverUrl: github.url,
    graphqlUrl: github.graphqlUrl,
    environment: { PATH: process.env["PATH"] },
  });
  const { firstRequestAt } = await server.totals();
  const all = await github.asked();
  const reads = all.filter(
    ({ isWrite, startedAt, endedAt }) => !isWrite && startedAt >= started && endedAt <= firstRequestAt,
  );
  return {
    wholeMs: firstRequestAt - started,
    askedMs: Math.min(...reads.map(({ startedAt }) => startedAt)) - started,
    answeredMs: Math.max(...reads.map(({ endedAt }) => endedAt)) - started,
    reads: reads.length,
  };
}

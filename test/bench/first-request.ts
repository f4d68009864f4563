import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { declaredInputs } from "../../src/entry/action-file.ts";
import { bundleLayout } from "../../src/entry/bundle-layout.ts";
import { openDemoScene } from "../../src/entry/demo-scene.ts";
import { runAction } from "../../src/standin/runner/run-action.ts";
import { startModelServer } from "./model-server.ts";

const RUNS = 5;
const BUNDLE = "dist/action.js";

/** From the start of the bundled Action's process to its first request to the model: the example pull request, GitHub on loopback. */
export async function measureFirstRequest(): Promise<string> {
  if (!existsSync(BUNDLE)) return `Start to first request: not measured, there is no ${BUNDLE} (npm run build)`;
  const layout = bundleLayout();
  const signal = new AbortController().signal;
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await using server = await startModelServer({ outputTokens: 10 });
    await using scene = await openDemoScene(
      { shopSources: layout.shopSources, searchPath: process.env["PATH"], port: 0 },
      signal,
    );
    const event = scene.comment("/parallel-review");
    const started = Date.now();
    await runAction({
      main: resolve(BUNDLE),
      declared: declaredInputs(layout.actionFile),
      with: {
        "github-token": scene.token,
        "output-dir": scene.outputDirectory,
        "anthropic-api-key": "key",
        "anthropic-base-url": server.url,
        engine: "claude",
      },
      event: { name: event.name, payload: event.payload },
      repository: scene.repository.fullName,
      apiUrl: scene.github.url,
      serverUrl: scene.github.url,
      graphqlUrl: scene.github.graphqlUrl,
      environment: { PATH: process.env["PATH"] },
      signal,
    });
    times.push((await server.totals()).firstRequestAt - started);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return `Start to first request of the bundled Action: min ${sorted[0]} ms, median ${sorted[Math.floor(RUNS / 2)]} ms of ${RUNS} (goal: 400)`;
}

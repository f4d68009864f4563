/** One process of the App as a cluster has it, with leases as short as pg-boss allows. Started by `app-cluster.ts`, which may kill it. */
import { createAppClient } from "../../../src/adapters/github/app/app-client.ts";
import { openAppStore } from "../../../src/adapters/queue/open-app-store.ts";
import { appLog } from "../../../src/entry/app/app-log.ts";
import { carryJob } from "../../../src/entry/app/carry-job.ts";
import { listen } from "../../../src/entry/app/listen.ts";
import { serverRoutes } from "../../../src/entry/app/server-routes.ts";
import { openTelemetry } from "../../../src/entry/app/telemetry.ts";
import { webhookDoor } from "../../../src/entry/app/webhook-door.ts";
import { webhookReceiver } from "../../../src/entry/app/webhook-receiver.ts";
import type { ProcessOrder } from "./app-cluster.ts";

const order = JSON.parse(process.env["APP_PROCESS"] ?? "") as ProcessOrder;
const { role, database, app, apiUrl, anthropicBaseUrl, concurrency } = order;
const ending = new AbortController();
process.once("SIGTERM", () => ending.abort());

await using stack = new AsyncDisposableStack();
const client = createAppClient({ ...app, apiUrl });
const log = appLog((line) => void process.stderr.write(line), [], Date.now);
const timings = { leaseSeconds: 10, checkSeconds: 1, retrySeconds: 1 };
const onProblem = (problem: string): void => log.warn("queue", { problem });
const { queue, archive } = stack.use(await openAppStore({ url: database }, { timings, onProblem }));
const telemetry = stack.use(openTelemetry({ endpoint: undefined, headers: undefined }));
let url = "";
if (role === "web") {
  const receive = await webhookReceiver({ ...app, apiUrl, queue, now: Date.now, log });
  const routes = serverRoutes({
    webhooks: webhookDoor({ secrets: [app.secret], receive, log }),
    metrics: () => telemetry.metrics(),
    ready: async (signal) => void (await queue.counts(signal)),
    draining: ending.signal,
  });
  const server = stack.use(await listen((request) => routes.fetch(request), { host: "127.0.0.1", port: order.port }));
  ({ url } = server);
} else {
  const carry = carryJob({
    client,
    archive,
    telemetry,
    log,
    apiUrl,
    serverUrl: apiUrl,
    publicUrl: "http://127.0.0.1:3000",
    slug: app.slug,
    engine: "claude",
    anthropicKey: "sk-ant-test-0123456789abcdef",
    anthropicBaseUrl,
    model: undefined,
    env: process.env,
  });
  stack.use(await queue.work({ concurrency, graceMs: 0 }, carry));
}
process.stdout.write(`ready ${url}\n`);
await new Promise((resolve) => ending.signal.addEventListener("abort", resolve, { once: true }));

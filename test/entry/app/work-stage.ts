import { type AppClient, createAppClient } from "../../../src/adapters/github/app/app-client.ts";
import type { RunSummary } from "../../../src/domain/run-summary.ts";
import { carryJob, type CarryParts } from "../../../src/entry/app/carry-job.ts";
import { newestHead } from "../../../src/entry/app/newest-head.ts";
import { openTelemetry } from "../../../src/entry/app/telemetry.ts";
import type { Attempt } from "../../../src/ports/job-queue.ts";
import { type DoorStage, openDoor } from "./app-stage.ts";

type AppKeys = {
  readonly appId: number;
  readonly privateKey: string;
  readonly apiUrl: string;
  readonly secret: string;
  readonly slug: string;
};

/** The App with its door and one worker, on a queue in memory. */
export type WorkStage = AsyncDisposable & {
  readonly door: DoorStage;
  readonly client: AppClient;
  /** Every run so far has ended: all of them, newest first. */
  readonly settled: () => Promise<readonly RunSummary[]>;
};

/** @param said what the queue is made to say of every try */
export async function openWork(
  keys: AppKeys,
  change: Partial<CarryParts> = {},
  said: Partial<Attempt> = {},
): Promise<WorkStage> {
  await using opening = new AsyncDisposableStack();
  const door = opening.use(await openDoor(keys));
  const client = createAppClient(keys);
  const telemetry = opening.use(openTelemetry({ endpoint: undefined, headers: undefined }));
  const carry = carryJob({
    client,
    archive: door.archive,
    queue: door.queue,
    telemetry,
    log: door.appLog,
    apiUrl: keys.apiUrl,
    serverUrl: keys.apiUrl,
    publicUrl: "http://127.0.0.1:1",
    slug: keys.slug,
    engine: "rules",
    anthropicKey: "",
    claude: { inputs: {} },
    anthropicBaseUrl: undefined,
    model: undefined,
    env: { PATH: process.env["PATH"] },
    ...change,
  });
  opening.use(
    await door.queue.work(
      { concurrency: 2, graceMs: 1_000, headOf: newestHead({ client, apiUrl: keys.apiUrl }) },
      (job, attempt, signal) => carry(job, { ...attempt, ...said }, signal),
    ),
  );
  const open = opening.move();
  return {
    door,
    client,
    async settled() {
      const signal = AbortSignal.timeout(60_000);
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- asked again until all have ended
        const runs = await door.archive.list({ limit: 50 }, signal);
        if (runs.length > 0 && runs.every(({ endedMs }) => endedMs !== undefined)) return runs;
        // oxlint-disable-next-line no-await-in-loop
        await door.archive.changes(0, 50, signal);
        // oxlint-disable-next-line no-await-in-loop
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

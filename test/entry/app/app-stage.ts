import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";

import type { AppJob } from "../../../src/domain/app-job.ts";
import { type AppLog, appLog } from "../../../src/entry/app/app-log.ts";
import { listen } from "../../../src/entry/app/listen.ts";
import { serverRoutes, WEBHOOK_PATH } from "../../../src/entry/app/server-routes.ts";
import { webhookDoor, type WebhookDoorParts } from "../../../src/entry/app/webhook-door.ts";
import { webhookReceiver } from "../../../src/entry/app/webhook-receiver.ts";
import type { JobQueue, ScheduledJob } from "../../../src/ports/job-queue.ts";
import type { RunArchive } from "../../../src/ports/run-archive.ts";
import { memoryApp } from "../../support/memory-app.ts";

export const SECRET = "b2c1f0d4e5a69788776655443322110099aabbcc";
export const OLD_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567";

/** A door for webhooks on a port of its own, with a queue that nobody works. */
export type DoorStage = AsyncDisposable & {
  readonly url: string;
  readonly queue: JobQueue;
  readonly archive: RunArchive;
  readonly receive: WebhookDoorParts["receive"];
  readonly appLog: AppLog;
  readonly submitted: readonly AppJob[];
  readonly stopped: readonly unknown[];
  /** By the id of the repository. */
  readonly schedules: ReadonlyMap<number, readonly ScheduledJob[]>;
  /** Everything that was logged. */
  readonly log: () => string;
  /** Makes the queue fail. */
  broken: boolean;
  deliver(event: string, payload: unknown, options?: DeliverOptions): Promise<Response>;
};

type DeliverOptions = {
  readonly secret?: string;
  readonly delivery?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
};

export function sign(body: string | Uint8Array, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

type DoorOptions = {
  readonly appId: number;
  readonly privateKey: string;
  readonly apiUrl: string;
  readonly secret: string;
  readonly slug?: string;
};

export async function openDoor(options?: DoorOptions): Promise<DoorStage> {
  const { queue, archive, schedules } = memoryApp();
  const submitted: AppJob[] = [];
  const stopped: unknown[] = [];
  const lines: string[] = [];
  const log = appLog(
    (line) => void lines.push(line),
    [SECRET],
    () => 0,
  );
  const watched: JobQueue = {
    ...queue,
    async submit(job, signal) {
      if (stage.broken) throw new Error(`the database is away: ${JSON.stringify(job.trigger)}`);
      const answer = await queue.submit(job, signal);
      if (answer === "queued") submitted.push(job);
      return answer;
    },
    async stop(...args) {
      stopped.push(args.slice(0, 2));
      return queue.stop(...args);
    },
  };
  const own = options ?? { appId: 1, privateKey: newKey(), apiUrl: "http://127.0.0.1:9", secret: SECRET };
  const receive = await webhookReceiver({ slug: "parallel", ...own, queue: watched, now: () => 1_000, log });
  const routes = serverRoutes({
    webhooks: webhookDoor({ secrets: [own.secret, OLD_SECRET], receive, log }),
    metrics: async () => new Response(""),
    ready: async () => undefined,
    draining: new AbortController().signal,
  });
  const server = await listen((request) => routes.fetch(request), { host: "127.0.0.1", port: 0 });
  const stage: DoorStage = {
    url: `${server.url}${WEBHOOK_PATH}`,
    queue: watched,
    archive,
    receive,
    appLog: log,
    submitted,
    stopped,
    schedules,
    log: () => lines.join(""),
    broken: false,
    async deliver(event, payload, more = {}) {
      const body = more.body ?? JSON.stringify(payload);
      const headers: Record<string, string | undefined> = {
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": more.delivery ?? randomUUID(),
        "x-hub-signature-256": sign(body, more.secret),
        ...more.headers,
      };
      const given = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, value]],
      );
      return fetch(stage.url, {
        method: "POST",
        headers: given,
        body: typeof body === "string" ? body : Buffer.from(body),
      });
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return stage;
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return privateKey;
}

import { join } from "node:path";

import { createAppClient } from "../../adapters/github/app/app-client.ts";
import { webLogin } from "../../adapters/github/web-login.ts";
import { openAppStore, type AppStore } from "../../adapters/queue/open-app-store.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import type { EngineChoice, Role } from "../option-values.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import type { AppLog } from "./app-log.ts";
import { type AppSettings, isLoopback, jobEnvironment } from "./app-settings.ts";
import { carryJob } from "./carry-job.ts";
import { listen } from "./listen.ts";
import { loginGate } from "./login-gate.ts";
import { loopbackGate } from "./loopback-gate.ts";
import { metricsGate } from "./metrics-gate.ts";
import { keepRecovering } from "./missed-webhooks.ts";
import { newestHead } from "./newest-head.ts";
import type { Gate } from "./page-gate.ts";
import { pageRoutes } from "./page-routes.ts";
import { keepSchedules } from "./read-schedules.ts";
import { serverRoutes, WEBHOOK_PATH } from "./server-routes.ts";
import { openTelemetry } from "./telemetry.ts";
import { webhookDoor } from "./webhook-door.ts";
import { webhookReceiver } from "./webhook-receiver.ts";

export type AppOptions = {
  readonly settings: AppSettings;
  readonly role: Role;
  readonly host: string;
  readonly port: number;
  /** Folder of the embedded database. */
  readonly data: string;
  readonly engine: EngineChoice;
  readonly model: string | undefined;
  readonly anthropicBaseUrl: string | undefined;
  /** Jobs at once. */
  readonly concurrency: number;
  readonly env: NodeJS.ProcessEnv;
  readonly log: AppLog;
};

/** One process of the App. Disposing of it drains it: what runs may end, then everything closes. */
export type RunningApp = AsyncDisposable &
  Pick<AppStore, "queue" | "archive"> & { readonly url: string; readonly webhookUrl: string; readonly name: string };

/** How long running jobs may go on while the process ends; what is cut off then goes on in another, from its checkpoint. */
const GRACE_MS = 20_000;

/**
 * Starts one process of the App. `draining` tells that it is about to be disposed of.
 * @throws {ConfigurationError} something is set wrongly, and the text says how to mend it.
 */
export async function openApp(options: AppOptions, draining: AbortSignal): Promise<RunningApp> {
  const { settings, role, env, log } = options;
  const { databaseUrl, apiUrl, serverUrl } = settings;
  if (databaseUrl === undefined && role !== "all") {
    throw new ConfigurationError(
      `--role ${role} needs DATABASE_URL: the embedded database is for one process, which is --role all`,
    );
  }
  await using opening = new AsyncDisposableStack();
  const client = createAppClient(settings);
  const { slug, name } = await client.identity(draining);
  const store = opening.use(
    await openAppStore(databaseUrl === undefined ? { folder: join(options.data, "database") } : { url: databaseUrl }, {
      budgets: settings.budgets,
      leaseSeconds: settings.leaseSeconds,
      onProblem: (problem) => log.warn("queue", { problem }),
    }),
  );
  const { queue, archive, rounds } = store;
  const telemetry = opening.use(
    openTelemetry({
      endpoint: env["OTEL_EXPORTER_OTLP_ENDPOINT"],
      headers: env["OTEL_EXPORTER_OTLP_HEADERS"],
      queueDepth: () => queue.counts(AbortSignal.timeout(2_000)),
    }),
  );
  const now = (): number => SYSTEM_CLOCK.now();
  const receive =
    role === "worker"
      ? undefined
      : await webhookReceiver({ ...settings, secret: settings.webhookSecrets[0] ?? "", slug, queue, now, log });
  const door = receive === undefined ? undefined : webhookDoor({ secrets: settings.webhookSecrets, receive, log });
  const machines = serverRoutes({
    webhooks: door === undefined ? undefined : measured(door, telemetry, now),
    metrics: metricsGate({
      token: settings.metricsToken,
      isBehindProxy: isProxied(settings),
      metrics: () => telemetry.metrics(),
    }),
    ready: async (signal) => void (await queue.counts(signal)),
    draining,
  });
  const gate = role === "worker" ? undefined : gateOf(options);
  const pages =
    gate === undefined
      ? undefined
      : pageRoutes({ archive, queue, access: gate, clock: SYSTEM_CLOCK, serverUrl, closing: draining });
  const routes = pages === undefined ? machines : machines.route("/", pages);
  const server = opening.use(await listen((request, caller) => routes.fetch(request, caller), options));
  const publicUrl = settings.publicUrl ?? server.url;
  if (receive !== undefined) {
    opening.use(keepRecovering({ rounds, client, apiUrl, receive, now, log }));
    opening.use(keepSchedules({ rounds, client, queue, apiUrl, log }));
  }
  if (role !== "web") {
    const carry = carryJob({
      ...options,
      ...settings,
      env: jobEnvironment(env),
      client,
      queue,
      archive,
      telemetry,
      serverUrl,
      apiUrl,
      publicUrl,
      slug,
    });
    const { concurrency } = options;
    const headOf = newestHead({ client, apiUrl });
    opening.use(await queue.work({ concurrency, graceMs: GRACE_MS, headOf }, carry));
  }
  log.info("listening", { address: server.url, role, app: slug });
  const open = opening.move();
  return {
    queue,
    archive,
    url: publicUrl,
    webhookUrl: `${server.url}${WEBHOOK_PATH}`,
    name,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

const LOCAL: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/** Who may see pages: people who sign in; without a sign-in, whoever is at this machine; else nobody. */
function gateOf({ settings, host, port, log }: AppOptions): Gate | undefined {
  const { login, publicUrl, apiUrl } = settings;
  if (login !== undefined) {
    const address = publicUrl ?? `http://${host}:${port}`;
    return loginGate({
      login: webLogin({ ...login, apiUrl }),
      publicUrl: address,
      secret: login.clientSecret,
      clock: SYSTEM_CLOCK,
    });
  }
  if (LOCAL.has(host) && !isProxied(settings)) return loopbackGate(host);
  log.warn("no pages are shown: set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET, so that people can sign in");
  return undefined;
}

/** Behind a proxy everybody comes from this machine. */
function isProxied({ publicUrl }: AppSettings): boolean {
  return publicUrl !== undefined && !isLoopback(publicUrl);
}

type Door = (request: Request) => Promise<Response>;

function measured(door: Door, telemetry: ReturnType<typeof openTelemetry>, now: () => number): Door {
  return async (request) => {
    const startedMs = now();
    const response = await door(request);
    const delivery = request.headers.get("x-github-delivery") ?? "";
    const event = request.headers.get("x-github-event") ?? "";
    telemetry.webhook({ delivery, event, startedMs, status: response.status });
    return response;
  };
}

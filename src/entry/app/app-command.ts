import { constants, setPriority } from "node:os";
import { resolve } from "node:path";

import { ConfigurationError } from "../../domain/errors.ts";
import { secretsInEnvironment } from "../claude-connection.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { CommandOptions } from "../local-order.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { appDemo } from "./app-demo.ts";
import { appLog } from "./app-log.ts";
import { isUnconfigured, readAppSettings, setUpSettings } from "./app-settings.ts";
import { DATA_FOLDER } from "./data-folder.ts";
import { withEnvFile } from "./env-file.ts";
import { openApp } from "./open-app.ts";
import { setUp } from "./set-up.ts";

const PORT = 3000;
const HOST = "127.0.0.1";
/** Jobs at once in one process: each waits for a model most of its time. */
const JOBS_AT_ONCE = 4;

/** `app`: one process of the App, until it is told to end; then it drains. */
export async function appCommand(
  options: CommandOptions,
  processEnv: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.demo) return appDemo(options, processEnv, signal);
  if (options.once)
    throw new ConfigurationError("--once goes with --demo: the App itself runs until it is told to end");
  const data = resolve(options.data ?? DATA_FOLDER);
  const place = { host: options.host ?? HOST, port: options.port ?? PORT };
  if (isUnconfigured(withEnvFile(data, processEnv))) {
    const print = (text: string): void => void process.stderr.write(`${text}\n`);
    const isDone = await setUp({ ...setUpSettings(processEnv), ...place, data, print }, signal);
    if (!isDone) return EXIT.interrupted;
  }
  const env = withEnvFile(data, processEnv);
  const settings = readAppSettings(env);
  const { privateKey, webhookSecrets, anthropicKey, databaseUrl = "", login, metricsToken = "" } = settings;
  const secrets = [
    privateKey,
    ...webhookSecrets,
    anthropicKey,
    databaseUrl,
    login?.clientSecret ?? "",
    metricsToken,
    ...secretsInEnvironment(env),
  ];
  const log = appLog(
    (line) => void process.stderr.write(line),
    secrets,
    () => SYSTEM_CLOCK.now(),
  );
  // On one machine whoever answers GitHub and people goes first: they do not wait long, and a run has time.
  if (options.role === "worker") setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  await using _ = await openApp(
    {
      settings,
      role: options.role,
      ...place,
      data,
      engine: options.engine,
      model: options.model,
      anthropicBaseUrl: options["base-url"],
      concurrency: options.concurrency ?? JOBS_AT_ONCE,
      env,
      log,
    },
    signal,
  );
  await ended(signal);
  log.info("draining");
  return EXIT.done;
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((done) => signal.addEventListener("abort", () => done(), { once: true }));
}

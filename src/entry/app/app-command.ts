import { resolve } from "node:path";

import { EXIT, type ExitCode } from "../exit-code.ts";
import type { CommandOptions } from "../local-order.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { appDemo } from "./app-demo.ts";
import { appLog } from "./app-log.ts";
import { readAppSettings } from "./app-settings.ts";
import { withEnvFile } from "./env-file.ts";
import { openApp } from "./open-app.ts";

/** Where the embedded database and the App's `.env` are, where nobody says. */
export const DATA_FOLDER = ".parallel-review/app";
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
  const data = resolve(options.data ?? DATA_FOLDER);
  const env = withEnvFile(data, processEnv);
  const settings = readAppSettings(env);
  const { privateKey, webhookSecrets, anthropicKey, databaseUrl = "", login } = settings;
  const secrets = [privateKey, ...webhookSecrets, anthropicKey, databaseUrl, login?.clientSecret ?? ""];
  const log = appLog(
    (line) => void process.stderr.write(line),
    secrets,
    () => SYSTEM_CLOCK.now(),
  );
  await using _ = await openApp(
    {
      settings,
      role: options.role,
      host: options.host ?? HOST,
      port: options.port ?? PORT,
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

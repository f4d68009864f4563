import { randomBytes } from "node:crypto";

import type { NewAppCredentials } from "../../adapters/github/app/manifest.ts";
import type { AppSettings } from "./app-settings.ts";
import { saveEnvFile } from "./env-file.ts";
import { listen } from "./listen.ts";
import { setupRoutes } from "./setup-routes.ts";

export type SetUpOptions = Pick<AppSettings, "apiUrl" | "serverUrl" | "publicUrl"> & {
  readonly host: string;
  readonly port: number;
  /** The folder whose `.env` keeps what GitHub hands over. */
  readonly data: string;
  /** For the person at the terminal. */
  readonly print: (text: string) => void;
};

/** Enough for the browser to get the last page before the server makes room for the App's own. */
const LAST_PAGE_MS = 200;

/**
 * The first run without an App: serves the page that makes one, until one is made and kept. False when it was interrupted before.
 * @throws {ConfigurationError} the port is taken.
 */
export async function setUp(options: SetUpOptions, signal: AbortSignal): Promise<boolean> {
  const { apiUrl, serverUrl, host, port, data, print } = options;
  const made = Promise.withResolvers<boolean>();
  const key = randomBytes(18).toString("base64url");
  let publicUrl = options.publicUrl ?? "";
  const later = (): ReturnType<typeof setupRoutes> =>
    setupRoutes({
      apiUrl,
      serverUrl,
      publicUrl,
      key,
      save: (app) => print(`${app.slug} is made; its keys are in ${saveEnvFile(data, variablesOf(app, options))}`),
      done: () => void setTimeout(() => made.resolve(true), LAST_PAGE_MS),
    });
  let routes: ReturnType<typeof setupRoutes> | undefined;
  await using server = await listen((request) => (routes ??= later()).fetch(request), { host, port });
  if (publicUrl === "") publicUrl = server.url;
  print(`No App is set up yet. Open ${server.url}/setup?key=${key}`);
  if (options.publicUrl === undefined) {
    print(
      `GitHub has to reach this server: set PUBLIC_URL to its address on the internet first, unless GitHub is on ${server.url} as well`,
    );
  }
  signal.addEventListener("abort", () => made.resolve(false), { once: true });
  return await made.promise;
}

function variablesOf(app: NewAppCredentials, { apiUrl, serverUrl, publicUrl }: SetUpOptions): Record<string, string> {
  return {
    APP_ID: String(app.appId),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: app.webhookSecret,
    GITHUB_CLIENT_ID: app.clientId,
    GITHUB_CLIENT_SECRET: app.clientSecret,
    GITHUB_API_URL: apiUrl,
    GITHUB_SERVER_URL: serverUrl,
    ...(publicUrl === undefined ? {} : { PUBLIC_URL: publicUrl }),
  };
}

import { join } from "node:path";

import { type AppClient, createAppClient } from "../../adapters/github/app/app-client.ts";
import { APP_EVENTS, APP_PERMISSIONS } from "../../adapters/github/app/manifest.ts";
import { probePostgres } from "../../adapters/queue/probe-postgres.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import { describeConnection, readAppClaude } from "./app-claude.ts";
import { isUnconfigured, readAppSettings } from "./app-settings.ts";
import { withEnvFile } from "./env-file.ts";

/** One thing the doctor looks at; what `run` throws says how to mend it. */
export type Check = { readonly what: string; readonly run: () => Promise<string> };

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;

/** What the doctor looks at for the App: its settings, each permission and event, and whether each installation has accepted them. */
export function appChecks(data: string, processEnv: NodeJS.ProcessEnv, signal: AbortSignal): readonly Check[] {
  const env = withEnvFile(data, processEnv);
  if (isUnconfigured(env)) {
    return [{ what: "App", run: async () => 'none is set up; "parallel-review app" makes one' }];
  }
  const client = (): AppClient => createAppClient(readAppSettings(env));
  const identity = once(() => client().identity(signal));
  const installations = once(() => client().installations(signal));
  return [
    {
      what: "App settings",
      run: async () => {
        const { login } = readAppSettings(env);
        if (login !== undefined) return "people can sign in";
        return "nobody can sign in: pages are for this machine, until GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are set";
      },
    },
    {
      what: "App database",
      run: async () => {
        const { databaseUrl } = readAppSettings(env);
        if (databaseUrl === undefined) return `embedded, in ${join(data, "database")}, for one process`;
        return `PostgreSQL ${await probePostgres(databaseUrl)}`;
      },
    },
    {
      what: "App way to Claude",
      run: async () => describeConnection(readAppClaude(env).connection),
    },
    {
      what: "App sign-in to GitHub",
      run: async () => {
        const { name, url } = await identity();
        return `${name} ${url}`;
      },
    },
    ...Object.entries(APP_PERMISSIONS).map(([permission, { level, reason }]) => ({
      what: `App permission ${permission}: ${level}`,
      run: async () => {
        const { permissions, url } = await identity();
        const held = permissions[permission] ?? "none";
        if (RANK[held] >= RANK[level]) return reason;
        throw new ConfigurationError(
          `the App has ${held}; it is needed ${reason}. Set "${label(permission)}" to "${level === "write" ? "Read and write" : "Read-only"}" under Permissions & events of ${url}, then have each installation accept it`,
        );
      },
    })),
    ...APP_EVENTS.map((event) => ({
      what: `App event ${event}`,
      run: async () => {
        const { events, url } = await identity();
        if (events.includes(event)) return "subscribed";
        throw new ConfigurationError(
          `the App is not told of it: tick "${label(event)}" under Permissions & events, Subscribe to events, of ${url}`,
        );
      },
    })),
    {
      what: "App webhook",
      run: async () => {
        const url = await client().hookUrl(signal);
        if (url !== undefined) return url;
        const { url: page } = await identity();
        throw new ConfigurationError(
          `GitHub sends it nowhere: set the Webhook URL of ${page} to this server's address followed by /api/github/webhooks`,
        );
      },
    },
    {
      what: "App installations",
      run: async () => {
        const all = await installations();
        const { url } = await identity();
        if (all.length === 0) throw new ConfigurationError(`it is installed nowhere: open ${url}/installations/new`);
        const problems = all.flatMap(({ account, permissions, suspended }) => {
          if (suspended) return [`${account} has suspended it`];
          const missing = Object.entries(APP_PERMISSIONS)
            .filter(([permission, { level }]) => RANK[permissions[permission] ?? "none"] < RANK[level])
            .map(([permission, { level }]) => `${permission}: ${level}`);
          return missing.length === 0 ? [] : [`${account} has not accepted ${missing.join(", ")}`];
        });
        if (problems.length === 0) return all.map(({ account }) => account).join(", ");
        throw new ConfigurationError(`${problems.join("; ")}: an owner there can mend it under Settings, GitHub Apps`);
      },
    },
  ];
}

/** As GitHub's pages spell it. */
function label(name: string): string {
  if (name === "security_events") return "Code scanning alerts";
  const text = name.replaceAll("_", " ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** Asked at most once, and only if somebody wants to know. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";

import { z } from "zod";

import { LEASE_SECONDS } from "../../adapters/queue/start-boss.ts";
import { ConfigurationError, errorMessage } from "../../domain/errors.ts";
import { type AppClaude, readAppClaude } from "./app-claude.ts";
import { webhookSecretProblem } from "./webhook-secret.ts";

/** What the App's processes are told by their environment. */
export type AppSettings = {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** The one GitHub signs with, and the one it signed with before. */
  readonly webhookSecrets: readonly string[];
  readonly apiUrl: string;
  /** Of GitHub's pages and its git, without a slash at its end. */
  readonly serverUrl: string;
  /** Of PostgreSQL; the embedded one if undefined. */
  readonly databaseUrl: string | undefined;
  /** Where people reach this server; undefined: by host and port. */
  readonly publicUrl: string | undefined;
  /** For people's sign-in; undefined: nobody can sign in. */
  readonly login: { readonly clientId: string; readonly clientSecret: string } | undefined;
  readonly anthropicKey: string;
  /** Where Claude is asked. */
  readonly claude: AppClaude;
  /** What whoever asks for metrics has to show; undefined: it is asked on this machine. */
  readonly metricsToken: string | undefined;
  /** What may be spent, in US dollars; absent fields limit nothing. */
  readonly budgets: {
    readonly perRunUsd?: number;
    readonly perInstallationAndDayUsd?: number;
    readonly perDayUsd?: number;
    readonly runsPerInstallationAndDay?: number;
  };
  /** How long a worker may be silent before its jobs go on in another. */
  readonly leaseSeconds: number;
};

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Whether an address is of this machine. */
export function isLoopback(url: string): boolean {
  return LOOPBACK.has(URL.parse(url)?.hostname ?? "");
}

const address = z
  .url({ protocol: /^https?$/, error: "must be an https URL" })
  .refine((url) => url.startsWith("https:") || isLoopback(url), "must be https: keys and tokens travel there")
  .transform((url) => url.replace(/\/$/, ""));
/** An empty variable is one that is not set. */
const optional = <T extends z.ZodType>(schema: T): z.ZodType<z.infer<T> | undefined> =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const amount = optional(z.coerce.number({ error: "must be a number" }).positive("must be more than 0"));

/** A guess of this many characters is out of reach. */
const MIN_TOKEN = 24;

const Variables = z.object({
  APP_ID: z.coerce.number({ error: "must be the App's number" }).int("must be the App's number").positive(),
  PRIVATE_KEY: optional(z.string()),
  PRIVATE_KEY_PATH: optional(z.string()),
  WEBHOOK_SECRET: z.string().default(""),
  WEBHOOK_SECRET_PREVIOUS: optional(z.string()),
  DATABASE_URL: optional(z.url({ protocol: /^postgres(?:ql)?$/, error: "must be a postgres:// URL" })),
  GITHUB_API_URL: optional(address),
  GITHUB_SERVER_URL: optional(address),
  PUBLIC_URL: optional(address),
  GITHUB_CLIENT_ID: optional(z.string()),
  GITHUB_CLIENT_SECRET: optional(z.string()),
  ANTHROPIC_API_KEY: z.string().default(""),
  METRICS_TOKEN: optional(
    z.string().min(MIN_TOKEN, `must have at least ${MIN_TOKEN} characters: make one with "openssl rand -hex 32"`),
  ),
  BUDGET_USD_PER_RUN: amount,
  BUDGET_USD_PER_INSTALLATION_AND_DAY: amount,
  BUDGET_USD_PER_DAY: amount,
  RUNS_PER_INSTALLATION_AND_DAY: amount,
  LEASE_SECONDS: optional(
    z.coerce
      .number({ error: "must be a number of seconds" })
      .int("must be whole seconds")
      .min(10, "must be at least 10")
      .max(3_600, "must be at most 3600"),
  ),
});

/** What no job, and no program that a job starts, has any business with. */
const NOT_FOR_JOBS: ReadonlySet<string> = new Set([
  "PRIVATE_KEY",
  "PRIVATE_KEY_PATH",
  "WEBHOOK_SECRET",
  "WEBHOOK_SECRET_PREVIOUS",
  "DATABASE_URL",
  "GITHUB_CLIENT_SECRET",
  "METRICS_TOKEN",
]);

/** The environment as jobs see it. */
export function jobEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_FOR_JOBS.has(name)));
}

/** Whether nothing of an App is configured: then the first thing to do is to make one. */
export function isUnconfigured(env: NodeJS.ProcessEnv): boolean {
  return ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH", "WEBHOOK_SECRET"].every((name) => (env[name] ?? "") === "");
}

/** @throws {ConfigurationError} one line for what is missing or wrong, and how to mend it. */
export function readAppSettings(env: NodeJS.ProcessEnv): AppSettings {
  const read = Variables.safeParse(env);
  if (!read.success) throw mistakeIn(read.error);
  const values = read.data;
  const { WEBHOOK_SECRET: current, WEBHOOK_SECRET_PREVIOUS: previous } = values;
  const problem =
    webhookSecretProblem("WEBHOOK_SECRET", current) ??
    (previous === undefined ? undefined : webhookSecretProblem("WEBHOOK_SECRET_PREVIOUS", previous));
  if (problem !== undefined) throw new ConfigurationError(problem);
  const { GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret } = values;
  return {
    appId: values.APP_ID,
    privateKey: privateKeyOf(values.PRIVATE_KEY, values.PRIVATE_KEY_PATH),
    webhookSecrets: previous === undefined ? [current] : [current, previous],
    ...gitHubUrls(values),
    databaseUrl: values.DATABASE_URL,
    publicUrl: values.PUBLIC_URL,
    login: clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret },
    anthropicKey: values.ANTHROPIC_API_KEY,
    claude: readAppClaude(env),
    metricsToken: values.METRICS_TOKEN,
    budgets: budgetsIn(values),
    leaseSeconds: values.LEASE_SECONDS ?? LEASE_SECONDS,
  };
}

function budgetsIn(values: z.infer<typeof Variables>): AppSettings["budgets"] {
  const limits = {
    perRunUsd: values.BUDGET_USD_PER_RUN,
    perInstallationAndDayUsd: values.BUDGET_USD_PER_INSTALLATION_AND_DAY,
    perDayUsd: values.BUDGET_USD_PER_DAY,
    runsPerInstallationAndDay: values.RUNS_PER_INSTALLATION_AND_DAY,
  };
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

/** What making an App needs: the addresses of GitHub, and ours. @throws {ConfigurationError} */
export function setUpSettings(env: NodeJS.ProcessEnv): Pick<AppSettings, "apiUrl" | "serverUrl" | "publicUrl"> {
  const read = Variables.pick({ GITHUB_API_URL: true, GITHUB_SERVER_URL: true, PUBLIC_URL: true }).safeParse(env);
  if (!read.success) throw mistakeIn(read.error);
  return { ...gitHubUrls(read.data), publicUrl: read.data.PUBLIC_URL };
}

type Addresses = Pick<z.infer<typeof Variables>, "GITHUB_API_URL" | "GITHUB_SERVER_URL">;

/** On GitHub Enterprise Server `https://host/api/v3` and `https://host`. */
function gitHubUrls({
  GITHUB_API_URL: apiUrl,
  GITHUB_SERVER_URL: serverUrl,
}: Addresses): Pick<AppSettings, "apiUrl" | "serverUrl"> {
  return { apiUrl: apiUrl ?? "https://api.github.com", serverUrl: serverUrl ?? "https://github.com" };
}

function mistakeIn({ issues: [issue] }: z.ZodError): ConfigurationError {
  return new ConfigurationError(`${String(issue?.path[0])} ${issue?.message ?? "is not right"}`);
}

/** `.env` files hold a key on one line, with `\n` for its ends of line. */
function privateKeyOf(inline: string | undefined, path: string | undefined): string {
  const pem = inline?.replaceAll(String.raw`\n`, "\n") ?? (path === undefined ? undefined : readKeyFile(path));
  if (pem === undefined) {
    throw new ConfigurationError(
      "PRIVATE_KEY is not set: give the App's private key in PRIVATE_KEY, or the path of its .pem file in PRIVATE_KEY_PATH",
    );
  }
  try {
    createPrivateKey(pem);
  } catch (error) {
    const name = inline === undefined ? `PRIVATE_KEY_PATH (${path})` : "PRIVATE_KEY";
    throw new ConfigurationError(
      `${name} is not a private key in PEM format: give the whole file as GitHub let you download it`,
      {
        cause: error,
      },
    );
  }
  return pem;
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigurationError(`PRIVATE_KEY_PATH cannot be read: ${errorMessage(error)}`, { cause: error });
  }
}

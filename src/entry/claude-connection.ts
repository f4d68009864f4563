import { azureLogin } from "../adapters/claude/azure-login.ts";
import type { Bedrock, Connection, Federation, Foundry, Provider, Vertex } from "../adapters/claude/connection.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

export const DEFAULT_BASE_URL = "https://api.anthropic.com";

/** How Claude is to be reached, as somebody wrote it. */
export type ConnectionSettings = {
  readonly provider: Provider;
  /** Anthropic's API, or the stand-in of whichever provider. */
  readonly baseUrl: string;
  readonly region: string | undefined;
  readonly project: string | undefined;
  readonly resource: string | undefined;
  readonly apiKey: string | undefined;
  /** In place of a key. */
  readonly federation: Federation | undefined;
  /** What an input or option is called where it was to be set: `input region`, `--region`. */
  readonly call: (name: string) => string;
};

/** Variables in which the clouds' own login actions, or people, leave what must not be seen. */
const SECRET_VARIABLES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_IDENTITY_TOKEN",
  "ANTHROPIC_FOUNDRY_API_KEY",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_BEARER_TOKEN_BEDROCK",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
] as const;

/** The values of the environment that nobody may read in what a run leaves behind. */
export function secretsInEnvironment(env: NodeJS.ProcessEnv): readonly string[] {
  return SECRET_VARIABLES.map((name) => env[name] ?? "").filter((value) => value !== "");
}

/**
 * The connection that these settings and the cloud's login in `env` make; undefined where Anthropic's own API is meant and nobody gave a
 * key. Names become parts of addresses, so each is checked.
 * @throws {ConfigurationError} one line that names what is missing or wrong, and where it comes from.
 */
export function connectionTo(settings: ConnectionSettings, env: NodeJS.ProcessEnv): Connection | undefined {
  switch (settings.provider) {
    case "anthropic":
      return anthropic(settings);
    case "bedrock":
      return bedrock(settings, env);
    case "vertex":
      return vertex(settings, env);
    case "foundry":
      return foundry(settings, env);
    default:
      return settings.provider satisfies never;
  }
}

function anthropic({ baseUrl, apiKey: given, federation }: ConnectionSettings): Connection | undefined {
  const apiKey = given?.trim() ?? "";
  if (apiKey !== "") return { provider: "anthropic", baseUrl, apiKey };
  return federation === undefined ? undefined : { provider: "anthropic", baseUrl, federation };
}

function bedrock(settings: ConnectionSettings, env: NodeJS.ProcessEnv): Bedrock {
  const region = named(settings, "region", settings.region ?? env["AWS_REGION"], "or AWS_REGION, e.g. us-east-1");
  const bearerToken = env["AWS_BEARER_TOKEN_BEDROCK"] ?? "";
  const accessKeyId = env["AWS_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"] ?? "";
  const sessionToken = env["AWS_SESSION_TOKEN"] ?? "";
  if (bearerToken === "" && (accessKeyId === "" || secretAccessKey === "")) {
    throw new ConfigurationError(
      "bedrock needs an AWS login: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in a workflow, run aws-actions/configure-aws-credentials before",
    );
  }
  const keys = { accessKeyId, secretAccessKey, sessionToken: sessionToken === "" ? undefined : sessionToken };
  const credentials = bearerToken === "" ? keys : { bearerToken };
  return { provider: "bedrock", region, credentials, baseUrl: ownAddress(settings) };
}

function vertex(settings: ConnectionSettings, env: NodeJS.ProcessEnv): Vertex {
  const region = named(settings, "region", settings.region, "e.g. global or us-east5");
  const project = named(
    settings,
    "project",
    settings.project ?? env["GOOGLE_CLOUD_PROJECT"],
    "or GOOGLE_CLOUD_PROJECT",
  );
  if ((env["GOOGLE_APPLICATION_CREDENTIALS"] ?? "") === "") {
    throw new ConfigurationError(
      "vertex needs a Google Cloud login: set GOOGLE_APPLICATION_CREDENTIALS to the file of your login; in a workflow, run google-github-actions/auth before",
    );
  }
  return { provider: "vertex", region, project, baseUrl: ownAddress(settings) };
}

function foundry(settings: ConnectionSettings, env: NodeJS.ProcessEnv): Foundry {
  const resource = named(settings, "resource", settings.resource, "the first part of its address");
  const apiKey = env["ANTHROPIC_FOUNDRY_API_KEY"] ?? "";
  const login = azureLogin({ executable: "az", environment: env, now: () => SYSTEM_CLOCK.now() });
  const credentials = apiKey === "" ? { accessToken: login } : { apiKey };
  return { provider: "foundry", resource, credentials, baseUrl: ownAddress(settings) };
}

/** A cloud has its own address unless somebody names another: Anthropic's, which is the default, is never meant. */
function ownAddress({ baseUrl }: ConnectionSettings): string | undefined {
  return baseUrl === DEFAULT_BASE_URL ? undefined : baseUrl;
}

/** One name that goes into an address. */
function named({ provider, call }: ConnectionSettings, name: string, value: string | undefined, hint: string): string {
  if (value === undefined || value === "") throw new ConfigurationError(`${provider} needs ${call(name)} (${hint})`);
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(value)) return value;
  throw new ConfigurationError(
    `${call(name)} must be lower-case letters, digits and dashes, not ${JSON.stringify(value)}`,
  );
}

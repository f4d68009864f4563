import { readFile } from "node:fs/promises";

import { z } from "zod";

import { type Connection, PROVIDERS } from "../../adapters/claude/connection.ts";
import { ConfigurationError, errorMessage } from "../../domain/errors.ts";
import { connectionTo, DEFAULT_BASE_URL } from "../claude-connection.ts";

const Name = z.string().optional();

/** Where the App asks Claude, by its environment; keys and logins are read by whoever asks. Beside them are the clouds' own variables. */
const Variables = z.object({
  CLAUDE_PROVIDER: z
    .enum(PROVIDERS, { error: `CLAUDE_PROVIDER must be one of ${PROVIDERS.join(", ")}` })
    .default("anthropic"),
  CLAUDE_REGION: Name,
  CLAUDE_PROJECT: Name,
  CLAUDE_RESOURCE: Name,
  // As Anthropic's own tools call them.
  ANTHROPIC_API_KEY: Name,
  ANTHROPIC_FEDERATION_RULE_ID: Name,
  ANTHROPIC_ORGANIZATION_ID: Name,
  ANTHROPIC_SERVICE_ACCOUNT_ID: Name,
  ANTHROPIC_WORKSPACE_ID: Name,
  ANTHROPIC_IDENTITY_TOKEN_FILE: Name,
});
type Variables = z.infer<typeof Variables>;

/** The App's way to Claude: what stands in a workflow as inputs, under the same names, and who the App is where no key says so. */
export type AppClaude = {
  readonly inputs: Readonly<Record<string, string>>;
  /** A fresh token of who this App is; read again each time, because whoever writes the file keeps it fresh. */
  readonly identityToken?: () => Promise<string>;
};

/**
 * Reads the way to Claude and looks whether it is whole.
 * @throws {ConfigurationError} one line for what is missing or wrong, and how to mend it.
 */
export function readAppClaude(env: NodeJS.ProcessEnv): AppClaude & { readonly connection: Connection | undefined } {
  const values = variablesIn(env);
  const {
    CLAUDE_PROVIDER: provider,
    CLAUDE_REGION: region,
    CLAUDE_PROJECT: project,
    CLAUDE_RESOURCE: resource,
    ANTHROPIC_API_KEY: apiKey,
  } = values;
  const identity = provider === "anthropic" ? identityIn(values) : undefined;
  const connection = connectionTo(
    {
      provider,
      baseUrl: DEFAULT_BASE_URL,
      region,
      project,
      resource,
      apiKey,
      federation: identity === undefined ? undefined : { ...identity },
      call: (name) => `CLAUDE_${name.toUpperCase()}`,
    },
    env,
  );
  const inputs = {
    provider,
    region,
    project,
    resource,
    "anthropic-federation-rule": identity?.rule,
    "anthropic-organization": identity?.organization,
    "anthropic-service-account": identity?.serviceAccount,
    "anthropic-workspace": identity?.workspace,
  };
  return {
    inputs: Object.fromEntries(
      Object.entries(inputs).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
    ...(identity === undefined ? {} : { identityToken: identity.identityToken }),
    connection,
  };
}

/** Where it is, for people: no key, no name of an account. */
export function describeConnection(connection: Connection | undefined): string {
  if (connection === undefined)
    return "no key: set ANTHROPIC_API_KEY to use Claude; until then the rules engine reviews";
  switch (connection.provider) {
    case undefined:
    case "anthropic":
      return `Anthropic's API, by ${"federation" in connection ? "a federation rule" : "a key"}`;
    case "bedrock":
      return `Amazon Bedrock in ${connection.region}`;
    case "vertex":
      return `Vertex AI at ${connection.region}`;
    case "foundry":
      return `Microsoft Foundry, ${connection.resource}`;
    default:
      return connection satisfies never;
  }
}

/** An empty variable is one that is not set. */
function variablesIn(env: NodeJS.ProcessEnv): Variables {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ""));
  const read = Variables.safeParse(set);
  if (read.success) return read.data;
  throw new ConfigurationError(read.error.issues[0]?.message ?? "the way to Claude is not set right");
}

type Identity = {
  readonly rule: string;
  readonly organization: string;
  readonly serviceAccount: string | undefined;
  readonly workspace: string | undefined;
  readonly identityToken: () => Promise<string>;
};

/** By a federation rule in place of a key; undefined where there is none. */
function identityIn(values: Variables): Identity | undefined {
  const {
    ANTHROPIC_FEDERATION_RULE_ID: rule,
    ANTHROPIC_ORGANIZATION_ID: organization,
    ANTHROPIC_IDENTITY_TOKEN_FILE: file,
  } = values;
  if (rule === undefined) return undefined;
  if (values.ANTHROPIC_API_KEY !== undefined) {
    throw new ConfigurationError("give ANTHROPIC_API_KEY or ANTHROPIC_FEDERATION_RULE_ID, not both");
  }
  if (organization === undefined) {
    throw new ConfigurationError(
      "ANTHROPIC_FEDERATION_RULE_ID needs ANTHROPIC_ORGANIZATION_ID, the id of your organization",
    );
  }
  if (file === undefined) {
    throw new ConfigurationError(
      "ANTHROPIC_FEDERATION_RULE_ID needs ANTHROPIC_IDENTITY_TOKEN_FILE, a file with this machine's identity token that is kept fresh",
    );
  }
  return {
    rule,
    organization,
    serviceAccount: values.ANTHROPIC_SERVICE_ACCOUNT_ID,
    workspace: values.ANTHROPIC_WORKSPACE_ID,
    identityToken: () => tokenIn(file),
  };
}

async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new ConfigurationError(`ANTHROPIC_IDENTITY_TOKEN_FILE cannot be read: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

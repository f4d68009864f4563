import { readFile } from "node:fs/promises";

import type { Federation } from "../adapters/claude/connection.ts";
import { connectionTo, DEFAULT_BASE_URL } from "./claude-connection.ts";
import { type ClaudeWish, DEFAULT_MODEL } from "./engine-choice.ts";
import type { CommandOptions } from "./local-order.ts";

/** The way to Claude that the command line's options and this machine's environment name. */
export function localClaude(options: CommandOptions, env: NodeJS.ProcessEnv): ClaudeWish {
  return {
    modelId: options.model ?? DEFAULT_MODEL,
    effort: options.effort,
    howToSet: "set ANTHROPIC_API_KEY",
    connect: () =>
      connectionTo(
        {
          provider: options.provider,
          baseUrl: options["base-url"] ?? DEFAULT_BASE_URL,
          region: options.region,
          project: options.project,
          resource: options.resource,
          apiKey: env["ANTHROPIC_API_KEY"],
          federation: federationIn(env),
          call: (name) => `--${name}`,
        },
        env,
      ),
  };
}

/** By the variables that Anthropic's own tools read; undefined where they are not set. */
function federationIn(env: NodeJS.ProcessEnv): Federation | undefined {
  const rule = env["ANTHROPIC_FEDERATION_RULE_ID"];
  const organization = env["ANTHROPIC_ORGANIZATION_ID"];
  const file = env["ANTHROPIC_IDENTITY_TOKEN_FILE"];
  const token = env["ANTHROPIC_IDENTITY_TOKEN"];
  if (rule === undefined || organization === undefined || (file ?? token) === undefined) return undefined;
  return {
    rule,
    organization,
    serviceAccount: env["ANTHROPIC_SERVICE_ACCOUNT_ID"],
    workspace: env["ANTHROPIC_WORKSPACE_ID"],
    // Read again each time: who writes the file keeps it fresh.
    identityToken: async () => (file === undefined ? (token ?? "") : (await readFile(file, "utf8")).trim()),
  };
}

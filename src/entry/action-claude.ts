import type { Federation } from "../adapters/claude/connection.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { connectionTo, DEFAULT_BASE_URL } from "./claude-connection.ts";
import type { ClaudeWish } from "./engine-choice.ts";
import type { Host } from "./host.ts";
import type { Inputs } from "./inputs.ts";
import type { World } from "./world.ts";

/** Whom the host makes the identity token for. */
const AUDIENCE = DEFAULT_BASE_URL;

/** The way to Claude that a job's inputs name; `over` is what a comment says in place of them. */
export function actionClaude(
  {
    inputs,
    env,
    host,
  }: Pick<World, "inputs" | "env"> & { readonly host: Pick<Host, "identityToken" | "ledgers" | "words"> },
  over: Partial<Pick<ClaudeWish, "effort">> & { readonly model?: string | undefined } = {},
): ClaudeWish {
  return {
    modelId: over.model ?? inputs.model,
    effort: over.effort ?? inputs.effort,
    ledgers: host.ledgers,
    howToSet: host.words.howToSet,
    connect: () =>
      connectionTo(
        {
          provider: inputs.provider,
          baseUrl: inputs["anthropic-base-url"],
          region: inputs.region,
          project: inputs.project,
          resource: inputs.resource,
          apiKey: inputs["anthropic-api-key"],
          federation: federationOf(inputs, host),
          call: (name) => `input ${name}`,
        },
        env,
      ),
  };
}

function federationOf(inputs: Inputs, { identityToken }: Pick<Host, "identityToken">): Federation | undefined {
  const rule = inputs["anthropic-federation-rule"];
  if (rule === undefined || inputs.provider !== "anthropic") return undefined;
  if (inputs["anthropic-api-key"] !== "") {
    throw new ConfigurationError("give anthropic-api-key or anthropic-federation-rule, not both");
  }
  const organization = inputs["anthropic-organization"];
  if (organization === undefined) {
    throw new ConfigurationError("anthropic-federation-rule needs anthropic-organization, the id of your organization");
  }
  if (identityToken === undefined) {
    throw new ConfigurationError("anthropic-federation-rule needs the job's permissions to have id-token: write");
  }
  return {
    rule,
    organization,
    serviceAccount: inputs["anthropic-service-account"],
    workspace: inputs["anthropic-workspace"],
    identityToken: () => identityToken(AUDIENCE),
  };
}

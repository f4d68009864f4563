import type { Anthropic, ClientOptions } from "@anthropic-ai/sdk";

import { ExternalError, errorMessage } from "../../domain/errors.ts";
import type { AnthropicApi, Bedrock, Connection, Foundry, Vertex } from "./connection.ts";
import { loadSdk } from "./sdk.ts";

/** The one call that a turn needs, the same at every provider. */
export type MessagesClient = { readonly messages: Pick<Anthropic["messages"], "stream"> };

/** Ours are the retries and the log. */
type Common = {
  readonly maxRetries: 0;
  readonly logLevel: "off";
  readonly fetch?: NonNullable<ClientOptions["fetch"]>;
};

/** A client for the connection. The packages of other providers are loaded when one of them is chosen, and only then. */
export async function openClient(connection: Connection, fetch: ClientOptions["fetch"]): Promise<MessagesClient> {
  const common = commonOptions(fetch);
  switch (connection.provider) {
    case "bedrock":
      return bedrockClient(connection, common);
    case "vertex":
      return vertexClient(connection, common);
    case "foundry":
      return foundryClient(connection, common);
    case "anthropic":
    case undefined:
    default:
      return openAnthropic(connection, fetch);
  }
}

function commonOptions(fetch: ClientOptions["fetch"]): Common {
  return { maxRetries: 0, logLevel: "off", ...(fetch === undefined ? {} : { fetch }) };
}

/** A client for Anthropic's own API, which can more than answer turns. */
export async function openAnthropic(connection: AnthropicApi, fetch: ClientOptions["fetch"]): Promise<Anthropic> {
  const common = commonOptions(fetch);
  const { Anthropic } = await loadSdk();
  const baseURL = connection.baseUrl;
  if ("apiKey" in connection) return new Anthropic({ ...common, baseURL, apiKey: connection.apiKey });
  const { oidcFederationProvider } = await import("@anthropic-ai/sdk/lib/credentials/oidc-federation");
  const { rule, organization, serviceAccount, workspace, identityToken } = connection.federation;
  const credentials = oidcFederationProvider({
    federationRuleId: rule,
    organizationId: organization,
    serviceAccountId: serviceAccount,
    workspaceId: workspace,
    identityTokenProvider: () => identityToken().catch(withoutIdentity),
    baseURL: baseURL.replace(/\/+$/, ""),
    fetch: common.fetch ?? globalThis.fetch,
  });
  return new Anthropic({ ...common, baseURL, credentials });
}

function withoutIdentity(error: unknown): never {
  const text = `the workload's identity token could not be read: ${errorMessage(error)}`;
  throw new ExternalError("Claude", text, { fatal: true, cause: error });
}

async function bedrockClient({ region, credentials, baseUrl }: Bedrock, common: Common): Promise<MessagesClient> {
  const { AnthropicBedrock } = await import("@anthropic-ai/bedrock-sdk");
  const options = {
    ...common,
    awsRegion: region,
    baseURL: baseUrl ?? `https://bedrock-runtime.${region}.amazonaws.com`,
  };
  if ("bearerToken" in credentials) return new AnthropicBedrock({ ...options, apiKey: credentials.bearerToken });
  return new AnthropicBedrock({
    ...options,
    // Null, or the SDK would take a token from the environment and not sign.
    apiKey: null,
    awsAccessKey: credentials.accessKeyId,
    awsSecretKey: credentials.secretAccessKey,
    awsSessionToken: credentials.sessionToken,
  });
}

async function vertexClient({ region, project, baseUrl }: Vertex, common: Common): Promise<MessagesClient> {
  const { AnthropicVertex } = await import("@anthropic-ai/vertex-sdk");
  return new AnthropicVertex({ ...common, region, projectId: project, baseURL: baseUrl ?? vertexAddress(region) });
}

/** "global" and the multi-regions have addresses of their own. */
function vertexAddress(region: string): string {
  if (region === "global") return "https://aiplatform.googleapis.com/v1";
  if (region === "us" || region === "eu") return `https://aiplatform.${region}.rep.googleapis.com/v1`;
  return `https://${region}-aiplatform.googleapis.com/v1`;
}

async function foundryClient({ resource, credentials, baseUrl }: Foundry, common: Common): Promise<MessagesClient> {
  const { AnthropicFoundry } = await import("@anthropic-ai/foundry-sdk");
  const options = {
    ...common,
    // Null, or the SDK would look for a resource in the environment beside the address.
    resource: null,
    baseURL: baseUrl ?? `https://${resource}.services.ai.azure.com/anthropic/`,
  };
  return "apiKey" in credentials
    ? new AnthropicFoundry({ ...options, apiKey: credentials.apiKey })
    : new AnthropicFoundry({ ...options, azureADTokenProvider: credentials.accessToken });
}

import type { Provider } from "./connection.ts";

/** In what the providers of the same API differ. */
export type Dialect = {
  /** What the provider calls a model that Anthropic calls so; an id that is the provider's own stays as it is. */
  readonly modelId: (model: string) => string;
  /** Whether the conversation's cache mark may be left to the service; else it goes on the last block. */
  readonly hasAutomaticCaching: boolean;
  readonly hasStrictTools: (model: string) => boolean;
  /** What to check when the credentials are refused. */
  readonly refused: string;
  /** What the provider is called where people read it. */
  readonly name: string;
};

const EVERY_MODEL = (): boolean => true;
const AS_IT_IS = (model: string): string => model;

export const DIALECTS: Readonly<Record<Provider, Dialect>> = {
  anthropic: {
    modelId: AS_IT_IS,
    hasAutomaticCaching: true,
    hasStrictTools: EVERY_MODEL,
    refused: "check anthropic-api-key, or the federation rule",
    name: "Claude",
  },
  bedrock: {
    modelId: (model) => (model.startsWith("claude-") ? `global.anthropic.${model}` : model),
    hasAutomaticCaching: false,
    hasStrictTools: (model) => !model.includes("claude-haiku-5-5"),
    refused: "check the AWS login, and that its role may invoke this model",
    name: "Claude on Bedrock",
  },
  vertex: {
    modelId: AS_IT_IS,
    hasAutomaticCaching: false,
    hasStrictTools: EVERY_MODEL,
    refused: "check the Google Cloud login, and that its account has the role Vertex AI User in this project",
    name: "Claude on Vertex AI",
  },
  foundry: {
    modelId: AS_IT_IS,
    hasAutomaticCaching: true,
    hasStrictTools: EVERY_MODEL,
    refused: "check the Foundry key or the Azure login, and its role on this resource",
    name: "Claude in Foundry",
  },
};

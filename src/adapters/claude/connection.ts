/** Where Claude is asked. */
export const PROVIDERS = ["anthropic", "bedrock", "vertex", "foundry"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Stands in for a key at Anthropic's own API: a token of who we are, exchanged for one that is good for minutes. */
export type Federation = {
  /** `fdrl_...`: the rule that says whose tokens are good. */
  readonly rule: string;
  readonly organization: string;
  /** `svac_...`: the account that the rule must lead to. */
  readonly serviceAccount: string | undefined;
  readonly workspace: string | undefined;
  /** A fresh identity token; asked for again when the access token has run out. */
  readonly identityToken: () => Promise<string>;
};

export type AnthropicApi = {
  readonly provider?: "anthropic";
  /** Always explicit: the SDK would otherwise take it, and send the key there, from the environment. */
  readonly baseUrl: string;
} & ({ readonly apiKey: string } | { readonly federation: Federation });

export type Bedrock = {
  readonly provider: "bedrock";
  readonly region: string;
  readonly credentials:
    | { readonly bearerToken: string }
    | {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken: string | undefined;
      };
  /** Undefined: Bedrock's own address in that region. */
  readonly baseUrl?: string | undefined;
};

/** Google's own library finds the login: the file that GOOGLE_APPLICATION_CREDENTIALS names. */
export type Vertex = {
  readonly provider: "vertex";
  readonly region: string;
  readonly project: string;
  /** Undefined: Vertex AI's own address in that region. */
  readonly baseUrl?: string | undefined;
};

export type Foundry = {
  readonly provider: "foundry";
  /** Name of the resource, the first part of its address. */
  readonly resource: string;
  /** Asked before each request when it is a function. */
  readonly credentials: { readonly apiKey: string } | { readonly accessToken: () => Promise<string> };
  /** Undefined: the resource's own address. */
  readonly baseUrl?: string | undefined;
};

/** Everything that is needed to ask Claude: where, and who asks. */
export type Connection = AnthropicApi | Bedrock | Vertex | Foundry;

/** Whether requests may not leave a place, which costs more, and no model's id says so: on Bedrock the ids do. */
export function isRegional(connection: Connection): boolean {
  return connection.provider === "vertex" && connection.region !== "global";
}

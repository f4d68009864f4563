import { join } from "node:path";

import nock from "nock";
import { afterEach, describe, expect, it } from "vitest";

import { actionClaude } from "../../src/entry/action-claude.ts";
import { declaredInputs } from "../../src/entry/action-file.ts";
import {
  type ConnectionSettings,
  connectionTo,
  DEFAULT_BASE_URL,
  secretsInEnvironment,
} from "../../src/entry/claude-connection.ts";
import { parseCommandLine } from "../../src/entry/command-line.ts";
import { chooseEngine } from "../../src/entry/engine-choice.ts";
import { type Inputs, readInputs } from "../../src/entry/inputs.ts";
import { localClaude } from "../../src/entry/local-claude.ts";
import { workflowIdentity } from "../../src/entry/workflow-identity.ts";

const AWS = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "us-east-1" };
const GOOGLE = { GOOGLE_APPLICATION_CREDENTIALS: "/login.json", GOOGLE_CLOUD_PROJECT: "shop-42" };

const settings = (over: Partial<ConnectionSettings>): ConnectionSettings => ({
  provider: "anthropic",
  baseUrl: DEFAULT_BASE_URL,
  region: undefined,
  project: undefined,
  resource: undefined,
  apiKey: undefined,
  federation: undefined,
  call: (name) => `input ${name}`,
  ...over,
});

const DECLARED = declaredInputs(join(import.meta.dirname, "../../action.yml"));

const inputsWith = (over: Readonly<Record<string, string>>): Inputs => {
  const given: Readonly<Record<string, string>> = { ...DECLARED, "github-token": "token", ...over };
  return readInputs((name) => given[name] ?? "");
};

describe("connectionTo", () => {
  it.each([
    ["nobody gave a key", settings({}), {}, undefined],
    [
      "a key",
      settings({ apiKey: " sk-1\n" }),
      {},
      { provider: "anthropic", baseUrl: DEFAULT_BASE_URL, apiKey: "sk-1" },
    ],
    [
      "Bedrock, in the region of the AWS login",
      settings({ provider: "bedrock" }),
      { ...AWS, AWS_SESSION_TOKEN: "session" },
      {
        provider: "bedrock",
        region: "us-east-1",
        credentials: { accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "session" },
        baseUrl: undefined,
      },
    ],
    [
      "Bedrock by its own key, in another region, at another address",
      settings({ provider: "bedrock", region: "eu-west-1", baseUrl: "https://gateway.example" }),
      { ...AWS, AWS_BEARER_TOKEN_BEDROCK: "bearer" },
      {
        provider: "bedrock",
        region: "eu-west-1",
        credentials: { bearerToken: "bearer" },
        baseUrl: "https://gateway.example",
      },
    ],
    [
      "Vertex AI, in the project of the Google login",
      settings({ provider: "vertex", region: "global" }),
      GOOGLE,
      { provider: "vertex", region: "global", project: "shop-42", baseUrl: undefined },
    ],
    [
      "Foundry by its key",
      settings({ provider: "foundry", resource: "shop" }),
      { ANTHROPIC_FOUNDRY_API_KEY: "fk" },
      { provider: "foundry", resource: "shop", credentials: { apiKey: "fk" }, baseUrl: undefined },
    ],
    [
      "Foundry by the Azure login",
      settings({ provider: "foundry", resource: "shop" }),
      {},
      { provider: "foundry", resource: "shop", credentials: { accessToken: expect.any(Function) }, baseUrl: undefined },
    ],
  ])("%s", (_, given, env, expected) => {
    expect(connectionTo(given, env)).toEqual(expected);
  });

  it.each([
    ["bedrock", {}, { ...AWS, AWS_REGION: undefined }, "bedrock needs input region (or AWS_REGION, e.g. us-east-1)"],
    ["bedrock", {}, { AWS_REGION: "us-east-1" }, "run aws-actions/configure-aws-credentials before"],
    ["bedrock", {}, { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIA" }, "bedrock needs an AWS login"],
    [
      "bedrock",
      { region: "evil.example/" },
      AWS,
      'input region must be lower-case letters, digits and dashes, not "evil',
    ],
    ["vertex", {}, GOOGLE, "vertex needs input region (e.g. global or us-east5)"],
    ["vertex", { region: "global" }, {}, "vertex needs input project (or GOOGLE_CLOUD_PROJECT)"],
    ["vertex", { region: "global", project: "p" }, {}, "run google-github-actions/auth before"],
    ["foundry", {}, {}, "foundry needs input resource"],
    ["foundry", { resource: "shop.evil.example" }, {}, "input resource must be lower-case"],
  ] as const)("%s with %o says in one line what is missing", (provider, over, env, line) => {
    const connect = (): unknown => connectionTo(settings({ provider, ...over }), env);

    expect(connect).toThrow(line);
    expect(connect).not.toThrow("\n");
  });
});

/** Who speaks here does not matter. */
const HOST = { words: { decider: "", howToSet: "", keptIn: () => "", wholeAt: () => "" } };

describe("the way to Claude", () => {
  it("of the Action is a federation rule where there is one and no key", () => {
    const inputs = inputsWith({ "anthropic-federation-rule": "fdrl_1", "anthropic-organization": "org_1" });
    const host = { ...HOST, identityToken: async () => "a.jwt" };

    expect(chooseEngine("auto", actionClaude({ inputs, env: {}, host }))?.connection).toMatchObject({
      federation: { rule: "fdrl_1", organization: "org_1", serviceAccount: undefined },
    });
  });

  it.each([
    [{ "anthropic-organization": "org_1" }, {}, "permissions to have id-token: write"],
    [{}, { identityToken: async () => "a.jwt" }, "needs anthropic-organization"],
    [{ "anthropic-api-key": "sk" }, {}, "not both"],
  ])("of the Action says what a federation rule with %o lacks", (over: Record<string, string>, host, line) => {
    const inputs = inputsWith({ "anthropic-federation-rule": "fdrl_1", ...over });

    expect(() => chooseEngine("auto", actionClaude({ inputs, env: {}, host: { ...HOST, ...host } }))).toThrow(line);
  });

  it("of the command line is what its options and the environment say; a key goes before a federation", async () => {
    const federation = {
      ANTHROPIC_FEDERATION_RULE_ID: "fdrl_1",
      ANTHROPIC_ORGANIZATION_ID: "org_1",
      ANTHROPIC_IDENTITY_TOKEN: "a.jwt",
    };
    const connectionOf = (args: readonly string[], env: NodeJS.ProcessEnv): unknown => {
      const line = parseCommandLine(["review", ...args]);
      return "options" in line ? localClaude(line.options, env).connect() : undefined;
    };

    expect(connectionOf(["--provider", "bedrock", "--region", "us-west-2"], AWS)).toMatchObject({
      region: "us-west-2",
    });
    expect(connectionOf([], federation)).toMatchObject({ federation: { rule: "fdrl_1" } });
    expect(connectionOf([], { ...federation, ANTHROPIC_API_KEY: "sk" })).toMatchObject({ apiKey: "sk" });
    expect(() => connectionOf(["--provider", "foundry"], {})).toThrow("foundry needs --resource");
    expect(() => connectionOf(["--provider", "openai"], {})).toThrow("anthropic, bedrock, vertex, foundry");
  });

  it.each([
    [{ provider: "vertex", region: "us-east5", project: "p" }, GOOGLE, true],
    [{ provider: "vertex", region: "eu", project: "p" }, GOOGLE, true],
    [{ provider: "vertex", region: "global", project: "p" }, GOOGLE, false],
    // There the model's id says it.
    [{ provider: "bedrock", region: "eu-west-1" }, AWS, false],
  ])("at %o is one of a region, and dearer, or not", (over: Record<string, string>, env, isRegional) => {
    const inputs = inputsWith(over);

    expect(chooseEngine("claude", actionClaude({ inputs, env, host: HOST }))).toMatchObject({ isRegional });
  });

  it("of a cloud that was chosen is taken by auto, and not by rules", () => {
    const inputs = inputsWith({ provider: "bedrock" });

    expect(chooseEngine("auto", actionClaude({ inputs, env: AWS, host: HOST }))).toMatchObject({
      connection: { provider: "bedrock" },
      modelId: "claude-sonnet-5-5",
    });
    expect(chooseEngine("rules", actionClaude({ inputs, env: {}, host: HOST }))).toBeUndefined();
    expect(() => chooseEngine("auto", actionClaude({ inputs, env: {}, host: HOST }))).toThrow("bedrock needs");
  });
});

describe("workflowIdentity", () => {
  const service = { url: "https://token.example/?v=2", token: "ask" };
  const asked = nock("https://token.example", { reqheaders: { authorization: "Bearer ask" } })
    .get("/")
    .query({ v: "2", audience: DEFAULT_BASE_URL });
  afterEach(() => nock.cleanAll());

  it("asks GitHub for a token that is made for the API", async () => {
    asked.reply(200, { value: "a.jwt" });

    expect(await workflowIdentity(service, DEFAULT_BASE_URL)).toBe("a.jwt");
  });

  it.each([
    ["a refusal", 403, {}],
    ["an answer without a token", 200, {}],
  ])("ends the run at %s", async (_, status, body) => {
    nock("https://token.example").get("/").query(true).reply(status, body);

    await expect(workflowIdentity(service, "api")).rejects.toMatchObject({
      fatal: true,
      message: expect.stringContaining("GitHub gave no identity token"),
    });
  });
});

it("the clouds' credentials are among what nobody may read", () => {
  expect(
    secretsInEnvironment({ ...AWS, AWS_BEARER_TOKEN_BEDROCK: "b", ANTHROPIC_FOUNDRY_API_KEY: "f", PATH: "/" }),
  ).toEqual(["f", "secret", "b"]);
});

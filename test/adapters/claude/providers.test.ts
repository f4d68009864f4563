import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import nock from "nock";
import { afterEach, describe, expect, it, vi } from "vitest";

import { azureLogin } from "../../../src/adapters/claude/azure-login.ts";
import { claudeModel } from "../../../src/adapters/claude/claude-model.ts";
import type { Connection, Provider } from "../../../src/adapters/claude/connection.ts";
import { ExternalError } from "../../../src/domain/errors.ts";
import type { TurnRequest } from "../../../src/ports/model.ts";
import { isSignedWith } from "../../support/aws-signature.ts";
import {
  type Answer,
  asAwsEventStream,
  type Asked,
  asServerSentEvents,
  startProvider,
  turnEvents,
} from "../../support/provider-server.ts";

const never = new AbortController().signal;
const CALL = { name: "Read", input: { file_path: "src/a.ts" } };
const EVENTS = turnEvents("Looking.", CALL);
const CREDENTIALS = { accessKeyId: "AKIATEST", secretAccessKey: "a-secret", sessionToken: "a-session" };

const request = (over: Partial<TurnRequest> = {}): TurnRequest => ({
  model: "claude-sonnet-5-5",
  system: "You review.",
  prefix: "# The change\n".repeat(500),
  messages: [{ role: "user", text: "your task" }],
  tools: [
    {
      name: "Read",
      description: "reads a file",
      inputSchema: { properties: { file_path: { type: "string" } }, required: ["file_path"] },
      strict: true,
    },
  ],
  maxOutputTokens: 1_000,
  effort: "high",
  ...over,
});

const secondTurn = request({
  messages: [
    { role: "user", text: "your task" },
    { role: "assistant", replay: [{ type: "tool_use", id: "t1", name: "Read", input: CALL.input }] },
    { role: "tool", results: [{ callId: "t1", text: "1  const a", isError: false }] },
  ],
});

const CONNECTIONS: Readonly<Record<Provider, (url: string) => Connection>> = {
  anthropic: (url) => ({ provider: "anthropic", baseUrl: url, apiKey: "sk-test" }),
  bedrock: (url) => ({ provider: "bedrock", region: "eu-central-1", credentials: CREDENTIALS, baseUrl: url }),
  vertex: (url) => ({ provider: "vertex", region: "us-east5", project: "shop-42", baseUrl: `${url}/v1` }),
  foundry: (url) => ({
    provider: "foundry",
    resource: "shop",
    credentials: { apiKey: "foundry-key" },
    baseUrl: `${url}/anthropic/`,
  }),
};
const PROVIDERS: readonly Provider[] = ["anthropic", "bedrock", "vertex", "foundry"];

const streamed = (provider: Provider): Answer =>
  provider === "bedrock" ? asAwsEventStream(EVENTS) : asServerSentEvents(EVENTS);

/** What one turn at the provider sent and got back. */
async function oneTurn(
  connect: (url: string) => Connection,
  answer: Answer,
  turn = request(),
): Promise<{ readonly result: Awaited<ReturnType<ReturnType<typeof claudeModel>["turn"]>>; readonly asked: Asked }> {
  await using server = await startProvider(() => answer);
  const model = claudeModel({ ...connect(server.url), idleTimeoutMs: 20_000 });
  const result = await model.turn(turn, never);
  const [asked] = server.asked;
  if (asked === undefined || server.asked.length > 1) throw new Error(`${server.asked.length} requests`);
  return { result, asked };
}

async function refusal(connect: (url: string) => Connection, answer: Answer): Promise<ExternalError> {
  await using server = await startProvider(() => answer);
  const model = claudeModel({ ...connect(server.url), idleTimeoutMs: 20_000 });
  const error = await model.turn(request(), never).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ExternalError) return error;
  throw new Error("no ExternalError was thrown", { cause: error });
}

/** A login as google-github-actions/auth leaves one: a file that a variable names; its token comes from Google. */
async function googleLogin(token: { readonly status: number; readonly body: object }): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "google-login-"));
  const file = join(folder, "login.json");
  const login = { type: "authorized_user", client_id: "client", client_secret: "secret", refresh_token: "refresh" };
  await writeFile(file, JSON.stringify(login));
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
  nock("https://oauth2.googleapis.com").post("/token").reply(token.status, token.body).persist();
  return { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const GOOD_GOOGLE = { status: 200, body: { access_token: "google-token", expires_in: 3_600, token_type: "Bearer" } };

afterEach(() => {
  vi.unstubAllEnvs();
  nock.cleanAll();
});

describe("claudeModel at each provider", () => {
  it.each(PROVIDERS)(
    "reads a streamed turn of %s: text, call, usage and limits of the conversation",
    async (provider) => {
      await using login = await googleLogin(GOOD_GOOGLE);
      expect(login).toBeDefined();

      const { result } = await oneTurn(CONNECTIONS[provider], streamed(provider));

      expect(result).toMatchObject({
        text: "Looking.",
        calls: [{ id: "t1", ...CALL }],
        stop: "tools",
        usage: { inputTokens: 11, outputTokens: 42, cacheReadTokens: 7, cacheWriteTokens: 5 },
      });
    },
  );

  it("signs each request to Bedrock for the region, with the model in the path", async () => {
    const { asked } = await oneTurn(CONNECTIONS.bedrock, streamed("bedrock"));

    expect(asked.path).toBe("/model/global.anthropic.claude-sonnet-5-5/invoke-with-response-stream");
    expect(asked.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-central-1\/bedrock\/aws4_request, /,
    );
    expect(asked.headers["x-amz-security-token"]).toBe("a-session");
    expect(asked.headers).not.toHaveProperty("x-api-key");
    expect(isSignedWith("a-secret", "bedrock", asked)).toBe(true);
    expect(isSignedWith("another-secret", "bedrock", asked)).toBe(false);
    expect(asked.body).toMatchObject({ max_tokens: 1_000, anthropic_version: expect.any(String) });
    expect(asked.body).not.toHaveProperty("model");
  });

  it("takes a Bedrock key in place of a signature, and an id of Bedrock's own as it is", async () => {
    const connect = (url: string): Connection => ({
      provider: "bedrock",
      region: "eu-central-1",
      credentials: { bearerToken: "bedrock-key" },
      baseUrl: url,
    });

    const turn = request({ model: "eu.anthropic.claude-haiku-5-5" });
    const { asked } = await oneTurn(connect, streamed("bedrock"), turn);

    expect(asked.path).toBe("/model/eu.anthropic.claude-haiku-5-5/invoke-with-response-stream");
    expect(asked.headers.authorization).toBe("Bearer bedrock-key");
    expect(asked.text).not.toContain('"strict"');
  });

  it("takes nothing for Bedrock from the environment", async () => {
    vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "somebody-elses");
    vi.stubEnv("ANTHROPIC_API_KEY", "sk-somebody-elses");
    vi.stubEnv("ANTHROPIC_BEDROCK_BASE_URL", "http://127.0.0.1:1");

    const { asked } = await oneTurn(CONNECTIONS.bedrock, streamed("bedrock"));

    expect(isSignedWith("a-secret", "bedrock", asked)).toBe(true);
  });

  it("asks Vertex AI under the project and region with the token of the Google login", async () => {
    await using login = await googleLogin(GOOD_GOOGLE);
    expect(login).toBeDefined();

    const { asked } = await oneTurn(CONNECTIONS.vertex, streamed("vertex"));

    expect(asked.path).toBe(
      "/v1/projects/shop-42/locations/us-east5/publishers/anthropic/models/claude-sonnet-5-5:streamRawPredict",
    );
    expect(asked.headers.authorization).toBe("Bearer google-token");
    expect(asked.body).toMatchObject({ stream: true, anthropic_version: expect.any(String) });
    expect(asked.body).not.toHaveProperty("model");
  });

  it("asks Foundry with its key, or with a token asked for anew each time", async () => {
    const token = vi.fn<() => Promise<string>>().mockResolvedValue("entra-token");
    const byToken = (url: string): Connection => ({
      provider: "foundry",
      resource: "shop",
      credentials: { accessToken: token },
      baseUrl: `${url}/anthropic/`,
    });
    vi.stubEnv("ANTHROPIC_FOUNDRY_API_KEY", "");

    const { asked: keyed } = await oneTurn(CONNECTIONS.foundry, streamed("foundry"));
    const { asked: signed } = await oneTurn(byToken, streamed("foundry"));

    expect([keyed.path, keyed.headers["x-api-key"]]).toEqual(["/anthropic/v1/messages", "foundry-key"]);
    expect(keyed.headers).not.toHaveProperty("authorization");
    expect([signed.path, signed.headers.authorization]).toEqual(["/anthropic/v1/messages", "Bearer entra-token"]);
    expect(token).toHaveBeenCalledOnce();
  });

  it.each(PROVIDERS)(
    "marks the conversation for the cache of %s where that provider looks for it",
    async (provider) => {
      await using login = await googleLogin(GOOD_GOOGLE);
      expect(login).toBeDefined();

      const { asked } = await oneTurn(CONNECTIONS[provider], streamed(provider), secondTurn);

      const last = { role: "user", content: [{ type: "tool_result", cache_control: { type: "ephemeral" } }] };
      const isAutomatic = provider === "anthropic" || provider === "foundry";
      expect(asked.body["cache_control"]).toEqual(isAutomatic ? { type: "ephemeral" } : undefined);
      if (!isAutomatic) expect(asked.body["messages"]).toMatchObject([{}, {}, last]);
    },
  );
});

describe("claudeModel where the credentials are refused", () => {
  const denied = { status: 403, type: "application/json", body: JSON.stringify({ message: "not authorized" }) };

  it.each([
    ["anthropic", "Claude refused the credentials: check anthropic-api-key"],
    ["bedrock", "Claude on Bedrock refused the credentials: check the AWS login"],
    ["vertex", "Claude on Vertex AI refused the credentials: check the Google Cloud login"],
    ["foundry", "Claude in Foundry refused the credentials: check the Foundry key or the Azure login"],
  ] as const)("stops the run at %s with one line that says what to check", async (provider, line) => {
    await using login = await googleLogin(GOOD_GOOGLE);
    expect(login).toBeDefined();

    const error = await refusal(CONNECTIONS[provider], denied);

    expect(error).toMatchObject({ fatal: true, retryable: false });
    expect(error.message).toContain(line);
    expect(error.message).not.toContain("\n");
  });

  it("stops the run where Bedrock does not know the model", async () => {
    const body = JSON.stringify({ message: "The provided model identifier is invalid." });

    expect(await refusal(CONNECTIONS.bedrock, { status: 400, type: "application/json", body })).toMatchObject({
      fatal: true,
    });
  });

  it("stops the run where Google refuses the login, and not where Google does not answer", async () => {
    const unused = asServerSentEvents(EVENTS);
    await using login = await googleLogin({ status: 400, body: { error: "invalid_grant" } });
    expect(login).toBeDefined();
    const refused = await refusal(CONNECTIONS.vertex, unused);
    nock.cleanAll();
    nock("https://oauth2.googleapis.com")
      .post("/token")
      .replyWithError(Object.assign(new Error(), { code: "ENOTFOUND" }))
      .persist();
    const silent = await refusal(CONNECTIONS.vertex, unused);

    expect(refused).toMatchObject({ fatal: true, message: expect.stringContaining("check the Google Cloud login") });
    expect(silent).toMatchObject({ fatal: false, retryable: true });
  });
});

describe("federation in place of a key", () => {
  const federated = (url: string, identityToken = async (): Promise<string> => "a.jwt"): Connection => ({
    provider: "anthropic",
    baseUrl: url,
    federation: {
      rule: "fdrl_1",
      organization: "org_1",
      serviceAccount: "svac_1",
      workspace: undefined,
      identityToken,
    },
  });
  const exchange = (status: number, body: object): ((asked: Asked) => Answer) => {
    const refused = { status, type: "application/json", body: JSON.stringify(body) };
    return ({ path }) => (path === "/v1/oauth/token" ? refused : asServerSentEvents(EVENTS));
  };

  it("exchanges the workload's identity for a token, once for all requests at the same time", async () => {
    const answer = exchange(200, { access_token: "minted", expires_in: 3_600, token_type: "Bearer" });
    await using server = await startProvider(answer);
    const model = claudeModel({ ...federated(server.url), idleTimeoutMs: 20_000 });

    const turns = await Promise.all([1, 2, 3].map(() => model.turn(request(), never)));

    const [first, ...rest] = server.asked;
    expect(turns.map(({ text }) => text)).toEqual(["Looking.", "Looking.", "Looking."]);
    expect(first).toMatchObject({ path: "/v1/oauth/token" });
    expect(first?.body).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: "a.jwt",
      federation_rule_id: "fdrl_1",
      organization_id: "org_1",
      service_account_id: "svac_1",
    });
    expect(rest.map(({ path, headers }) => [path, headers.authorization])).toEqual(
      [1, 2, 3].map(() => ["/v1/messages", "Bearer minted"]),
    );
  });

  it.each([
    [401, { fatal: true, retryable: false }],
    [503, { fatal: false, retryable: true }],
  ])("an exchange that answers %i is told from one that may pass", async (status, expected) => {
    await using server = await startProvider(exchange(status, { error: "invalid_grant" }));
    const model = claudeModel({ ...federated(server.url), idleTimeoutMs: 20_000 });

    const turn = model.turn(request(), never);

    await expect(turn).rejects.toMatchObject({ ...expected, message: expect.stringContaining("the federation rule") });
    expect(server.asked.every(({ path }) => path === "/v1/oauth/token")).toBe(true);
  });

  it("stops the run where the workload has no identity", async () => {
    await using server = await startProvider(exchange(200, {}));
    const identity = (): Promise<string> => Promise.reject(new Error("no id-token permission"));
    const model = claudeModel({ ...federated(server.url, identity), idleTimeoutMs: 20_000 });

    const turn = model.turn(request(), never);

    await expect(turn).rejects.toMatchObject({
      fatal: true,
      message: expect.stringContaining("no id-token permission"),
    });
    expect(server.asked).toEqual([]);
  });
});

describe("azureLogin", () => {
  /** A command line that writes a line for each call, and answers with a token that is good until `expires`. */
  async function az(
    script: string,
  ): Promise<{ readonly folder: string; calls(): Promise<string[]> } & AsyncDisposable> {
    const folder = await mkdtemp(join(tmpdir(), "az-"));
    await writeFile(join(folder, "az"), `#!/bin/sh\necho "$@" >> "${folder}/calls"\n${script}\n`);
    await chmod(join(folder, "az"), 0o700);
    return {
      folder,
      calls: async () => (await readFile(join(folder, "calls"), "utf8")).trim().split("\n"),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  }
  const environment = (folder: string): NodeJS.ProcessEnv => ({
    PATH: [folder, process.env["PATH"]].join(delimiter),
  });

  it("asks az once for all, and again when the token is about to run out", async () => {
    await using program = await az(`echo '{"accessToken":"entra","expires_on":10000}'`);
    let now = 0;
    const token = azureLogin({ executable: "az", environment: environment(program.folder), now: () => now });

    const first = await Promise.all([token(), token(), token()]);
    const callsThen = await program.calls();
    now = 9_500_000;
    const later = await token();

    expect([...first, later]).toEqual(["entra", "entra", "entra", "entra"]);
    expect(callsThen).toEqual([
      "account get-access-token --scope https://ai.azure.com/.default --output json --only-show-errors",
    ]);
    expect(await program.calls()).toHaveLength(2);
  });

  it.each([
    ["is not logged in", "echo 'Please run az login.' >&2; exit 1", "Please run az login."],
    ["answers something else", "echo '{}'", "without a token"],
  ])("says what to do where az %s", async (_, script, said) => {
    await using program = await az(script);
    const token = azureLogin({ executable: "az", environment: environment(program.folder), now: () => 0 });

    await expect(token()).rejects.toMatchObject({
      fatal: true,
      message: expect.stringMatching(/set ANTHROPIC_FOUNDRY_API_KEY, or run azure\/login before/),
    });
    await expect(token()).rejects.toThrow(said);
  });

  it("says what to do where there is no az", async () => {
    const token = azureLogin({ executable: "az", environment: { PATH: "/nowhere" }, now: () => 0 });

    await expect(token()).rejects.toMatchObject({ fatal: true, message: expect.stringContaining("ENOENT") });
  });
});

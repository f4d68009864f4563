import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { describeConnection, readAppClaude } from "../../../src/entry/app/app-claude.ts";
import { asAwsEventStream, startProvider, turnEvents } from "../../support/provider-server.ts";
import { openRunning } from "./running-stage.ts";

const FEDERATION = { ANTHROPIC_FEDERATION_RULE_ID: "fdrl_1", ANTHROPIC_ORGANIZATION_ID: "org_1" };
const BEDROCK = {
  CLAUDE_PROVIDER: "bedrock",
  CLAUDE_REGION: "eu-west-1",
  AWS_BEARER_TOKEN_BEDROCK: "bearer-0123456789",
};
const VERTEX = {
  CLAUDE_PROVIDER: "vertex",
  CLAUDE_REGION: "us-east5",
  CLAUDE_PROJECT: "acme",
  GOOGLE_APPLICATION_CREDENTIALS: "/login.json",
};
const FOUNDRY = { CLAUDE_PROVIDER: "foundry", CLAUDE_RESOURCE: "acme", ANTHROPIC_FOUNDRY_API_KEY: "key" };

describe("the App's way to Claude", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "app-claude-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [{}, "no key: set ANTHROPIC_API_KEY"],
    [{ ANTHROPIC_API_KEY: "" }, "no key: set ANTHROPIC_API_KEY"],
    [{ ANTHROPIC_API_KEY: "sk", CLAUDE_PROVIDER: "" }, "Anthropic's API, by a key"],
    [{ ...FEDERATION, ANTHROPIC_IDENTITY_TOKEN_FILE: "/token" }, "Anthropic's API, by a federation rule"],
    [BEDROCK, "Amazon Bedrock in eu-west-1"],
    [VERTEX, "Vertex AI at us-east5"],
    [FOUNDRY, "Microsoft Foundry, acme"],
  ])("%o is %s", (env, words) => {
    expect(describeConnection(readAppClaude(env).connection)).toContain(words);
  });

  it.each([
    [{ CLAUDE_PROVIDER: "openai" }, "CLAUDE_PROVIDER must be one of anthropic, bedrock, vertex, foundry"],
    [{ ...BEDROCK, CLAUDE_REGION: "" }, "bedrock needs CLAUDE_REGION (or AWS_REGION, e.g. us-east-1)"],
    [{ ...BEDROCK, CLAUDE_REGION: "evil.example/" }, "CLAUDE_REGION must be lower-case letters"],
    [{ ...BEDROCK, AWS_BEARER_TOKEN_BEDROCK: "" }, "bedrock needs an AWS login: set AWS_BEARER_TOKEN_BEDROCK"],
    [{ ...VERTEX, CLAUDE_PROJECT: "" }, "vertex needs CLAUDE_PROJECT (or GOOGLE_CLOUD_PROJECT)"],
    [{ ...VERTEX, GOOGLE_APPLICATION_CREDENTIALS: "" }, "set GOOGLE_APPLICATION_CREDENTIALS"],
    [{ ...FOUNDRY, CLAUDE_RESOURCE: "" }, "foundry needs CLAUDE_RESOURCE"],
    [{ ...FEDERATION, ANTHROPIC_API_KEY: "sk" }, "not both"],
    [FEDERATION, "needs ANTHROPIC_IDENTITY_TOKEN_FILE"],
    [{ ...FEDERATION, ANTHROPIC_ORGANIZATION_ID: "" }, "needs ANTHROPIC_ORGANIZATION_ID"],
  ])("%o is refused in one line that says how to mend it", (env, line) => {
    expect(() => readAppClaude(env)).toThrow(line);
    expect(() => readAppClaude(env)).not.toThrow("\n");
  });

  it("reads its identity token anew each time", async () => {
    const file = join(folder, "token");
    const { identityToken } = readAppClaude({ ...FEDERATION, ANTHROPIC_IDENTITY_TOKEN_FILE: file });
    await expect(identityToken?.()).rejects.toThrow("ANTHROPIC_IDENTITY_TOKEN_FILE cannot be read");
    for (const token of ["first", "second"]) {
      writeFileSync(file, `${token}\n`);
      expect(await identityToken?.()).toBe(token);
    }
  });

  it("is the way that a webhook's command takes", async () => {
    const answer = turnEvents("", { name: "give_answer", input: { markdown: "Forty-two.", places: [] } });
    await using bedrock = await startProvider(() => asAwsEventStream(answer));
    const env = { ...BEDROCK, PATH: process.env["PATH"] };
    const { connection: _, ...claude } = readAppClaude(env);
    await using stage = await openRunning({
      env,
      anthropicBaseUrl: bedrock.url,
      settings: { anthropicKey: "", claude },
    });
    const pull = await stage.open();

    stage.github.commentAs("dev", stage.repository, pull.number, '/parallel-review ask "What is it?"');
    await stage.settled(pull.number);

    expect(pull.comments.at(-1)?.body).toContain("Forty-two.");
    expect(bedrock.asked.map(({ path, headers }) => [decodeURIComponent(path), headers.authorization])).toEqual([
      ["/model/global.anthropic.claude-sonnet-5-5/invoke-with-response-stream", "Bearer bearer-0123456789"],
    ]);
    expect(stage.log()).not.toContain("bearer-0123456789");
  }, 60_000);
});

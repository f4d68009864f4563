import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { MessagesRequest } from "../../src/standin/claude/request.ts";
import { startClaude, type ClaudeStandin } from "../../src/standin/claude/server.ts";
import { toolTurn } from "../../src/standin/claude/turns.ts";
import {
  anchorsOf,
  botComments,
  FLAWED,
  GRANTED,
  openActionStage,
  reportIn,
  type ActionStage,
} from "./action-stage.ts";

/** Values that must reach nothing but the header they belong to. */
const TOKEN = "ghs_Qm7xW2vK9tRb4LpZ8sYc3NfH6jDg1aEu5oTi";
const KEY = "sk-ant-api03-Vt4Kd92LmQx7Rb1Zw8Pn5Yc3Hf6Js0Ga";
/** Secrets of the machine that the Action has no business with. */
const ENVIRONMENT = {
  ACTIONS_RUNTIME_TOKEN: "run-8fK2mZ7qLx4vB9tWc1Rp",
  AWS_SECRET_ACCESS_KEY: "aws/Jd83kLm2Xq9Zt5Vb7Nc4Rw1",
  ANTHROPIC_LOG: "debug",
  ACTIONS_STEP_DEBUG: "true",
};
const CANARIES = [TOKEN, KEY, ENVIRONMENT.ACTIONS_RUNTIME_TOKEN, ENVIRONMENT.AWS_SECRET_ACCESS_KEY];

let stage: ActionStage;
let claude: ClaudeStandin;

beforeAll(async () => {
  [stage, claude] = await Promise.all([openActionStage(), startClaude()]);
  stage.github.addToken({ value: TOKEN, permissions: GRANTED });
});

afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** The ways a leak would write a value down, and how long a part of each gives it away. */
function spellings(secret: string): readonly { readonly text: string; readonly window: number }[] {
  return [
    { text: secret, window: 12 },
    { text: Array.from(secret).toReversed().join(""), window: 12 },
    { text: Buffer.from(secret).toString("hex"), window: 24 },
    { text: base64(secret).replaceAll("=", ""), window: 16 },
    { text: encodeURIComponent(secret), window: 12 },
  ];
}

/** The canaries of which a part stands in the text. */
function leaksIn(text: string): readonly string[] {
  return CANARIES.filter((secret) =>
    spellings(secret).some(({ text: spelled, window }) =>
      Array.from({ length: spelled.length - window + 1 }, (_, at) => spelled.slice(at, at + window)).some((part) =>
        text.includes(part),
      ),
    ),
  );
}

/** Bodies and addresses of everything that was sent to GitHub since the journal was cleared. */
const sentToGitHub = (): string =>
  JSON.stringify(stage.github.journal.entries.map(({ path, query, body }) => ({ path, query, body })));

describe("secrets", () => {
  it("stay where they belong, even when the model tries to get them out", async () => {
    const { pull } = await stage.open();
    const said = CANARIES.flatMap((secret) => spellings(secret).map(({ text }) => text)).join("\n");
    const isVerifier = ({ tools }: MessagesRequest): boolean => tools.some(({ name }) => name === "report_verdict");
    claude.script((request) =>
      toolTurn([
        isVerifier(request)
          ? { name: "report_verdict", input: { verdict: "confirmed", evidence: said, quote: KEY } }
          : {
              name: "report_findings",
              input: {
                findings: [
                  {
                    path: "src/formula.ts",
                    quote: "    return await eval(formula);",
                    line_hint: 3,
                    severity: "high",
                    category: "code-injection",
                    title: `Token ${TOKEN}`,
                    detail: said,
                    failure_scenario: `${TOKEN.slice(0, 15)} ${TOKEN.slice(15)}`,
                    suggestion: `    return "${KEY}";`,
                    confidence: "certain",
                  },
                ],
                final: true,
              },
            },
      ]),
    );
    stage.github.journal.clear();

    const result = await stage.act(stage.comment("dev", pull), {
      token: TOKEN,
      environment: ENVIRONMENT,
      with: { engine: "claude", "anthropic-api-key": KEY, "anthropic-base-url": claude.url },
    });

    const known = CANARIES.filter((secret) => [TOKEN, KEY].includes(secret));
    expect(result.exitCode).toBe(0);
    expect(anchorsOf(pull)).toContain("src/formula.ts:3");
    expect(leaksIn(result.traces).filter((secret) => known.includes(secret))).toEqual([]);
    expect(leaksIn(sentToGitHub()).filter((secret) => known.includes(secret))).toEqual([]);
    // Later requests repeat what the model itself has said.
    expect(leaksIn(JSON.stringify(claude.journal.messages[0]?.body))).toEqual([]);
    expect(result.leaked).toEqual([]);
  });

  it("of the machine are in nothing that is sent or left behind", async () => {
    const { pull } = await stage.open();
    stage.github.journal.clear();

    const result = await stage.act(stage.comment("dev", pull), { token: TOKEN, environment: ENVIRONMENT });

    expect(result.exitCode).toBe(0);
    expect(leaksIn(result.traces)).toEqual([]);
    expect(leaksIn(sentToGitHub())).toEqual([]);
  });

  it("are not in the log of a run that is refused, however much of it is asked for", async () => {
    stage.github.addToken({ value: `${TOKEN}x`, permissions: {} });
    stage.github.revokeToken(`${TOKEN}x`);
    const { pull } = await stage.open();

    const result = await stage.act(stage.comment("dev", pull), { token: `${TOKEN}x`, environment: ENVIRONMENT });

    expect(result.exitCode).toBe(1);
    expect(leaksIn(result.traces)).toEqual([]);
  });

  it("that the change itself carries are masked in all we write, and the files stay whole", async () => {
    const written = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    const key = `-----BEGIN RSA PRIVATE KEY-----\\n${"MIIEpAIBAAKCAQEA3x5Vq8".repeat(4)}`;
    const { pull } = await stage.open({
      "src/keys.ts": `export const token = "${written}";\nexport const key = "${key}";\n`,
      "src/formula.ts": FLAWED,
    });
    stage.github.journal.clear();

    const result = await stage.act(stage.comment("dev", pull), { token: TOKEN });

    expect(result.exitCode).toBe(0);
    expect(anchorsOf(pull)).toContain("src/keys.ts:1");
    expect(anchorsOf(pull)).toContain("src/formula.ts:3");
    expect(reportIn(result.files).coverage).toHaveLength(2);
    expect(JSON.parse(result.files["findings.sarif"] ?? "")).toMatchObject({ version: "2.1.0" });
    expect(result.traces).not.toContain(written);
    expect(sentToGitHub()).not.toContain(written);
    expect(result.traces).not.toContain("MIIEpAIBAAKCAQEA");
    expect(sentToGitHub()).not.toContain("MIIEpAIBAAKCAQEA");
  });
});

describe("names and texts that speak to the runner", () => {
  const ODD = "src/one\n::error::two.ts";
  const NAMES = [
    "src/::add-mask::review.ts",
    "src/##[add-mask]shop.ts",
    "src/@everyone fixes #1.ts",
    "src/<img src=x onerror=alert(1)>.ts",
    "src/-----BEGIN PRIVATE KEY-----.ts",
    "src/`|`.ts",
  ];

  it("are shown as text in log, comments and summary, and no file passes unread", async () => {
    const said = "::stop-commands::x\n##[set-output name=findings]0\n";
    const { pull } = await stage.open(Object.fromEntries([...NAMES, ODD].map((name) => [name, `// ${said}${FLAWED}`])));

    const result = await stage.act(stage.comment("dev", pull), { token: TOKEN });

    expect(result).toMatchObject({ exitCode: 0, outputs: { conclusion: "success" } });
    expect(reportIn(result.files).findings.filter(({ placement }) => placement === "summary")).toEqual([
      expect.objectContaining({ path: '"src/one\\n::error::two.ts"', startLine: 5 }),
      expect.objectContaining({ path: '"src/one\\n::error::two.ts"', startLine: 6 }),
    ]);
    expect(result.commands.filter(({ command }) => command !== "add-mask")).toEqual([]);
    expect(result.commands.map(({ message }) => message)).toEqual([TOKEN]);
    expect(reviewed(pull)).toEqual(NAMES.toSorted());
    const posted = [...botComments(pull), ...pull.reviews.map(({ body }) => body), result.summary].join("\n");
    expect(withoutCode(posted)).not.toMatch(/<img|^::|@everyone/m);
  });

  it("do not come from a plan, either", async () => {
    const { pull } = await stage.open(Object.fromEntries([...NAMES, ODD].map((name) => [name, FLAWED])));

    const result = await stage.act(stage.comment("dev", pull, "/parallel-review plan"), { token: TOKEN });

    expect(result.commands.map(({ message }) => message)).toEqual([TOKEN]);
    expect(botComments(pull)).toHaveLength(1);
    expect(withoutCode(botComments(pull)[0] ?? "")).not.toMatch(/<img|^::|@everyone/m);
  });
});

function reviewed(pull: { readonly reviewComments: readonly { readonly path: string }[] }): readonly string[] {
  return [...new Set(pull.reviewComments.map(({ path }) => path))].toSorted();
}

/** Markdown without its code spans and blocks, where any text may stand. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
}

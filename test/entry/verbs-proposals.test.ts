import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { MessagesRequest } from "../../src/standin/claude/request.ts";
import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { toolTurn, type Turn } from "../../src/standin/claude/turns.ts";
import { isPull, type StandinPullRequest } from "../../src/standin/github/model.ts";
import { type ActionStage, botComments, openActionStage, reactionsOn } from "./action-stage.ts";

const SETTINGS = {
  ".github/parallel-review.yml": "rules:\n  directories: [.github/rules]\n",
  ".github/rules/log.yml":
    "id: no-log\nlanguage: typescript\nseverity: warning\nmessage: logs\nrule:\n  pattern: console.log($X)\nfix: logger.info($X)\n",
};
const KEY = "sk-ant-test-0123456789abcdef";
/** What the command takes: the review's own permissions, and to push a branch. */
const PUSHING = { contents: "write", pull_requests: "write", checks: "write" } as const;

let stage: ActionStage;
let claude: ClaudeStandin;

beforeAll(async () => {
  [stage, claude] = await Promise.all([openActionStage(), startClaude()]);
  await stage.github.push(stage.repository, "main", SETTINGS);
});

afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await Promise.all([stage[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
});

/** Pull requests of ours into that branch. */
function proposalsInto(branch: string): readonly StandinPullRequest[] {
  return [...stage.repository.issues.values()]
    .filter(isPull)
    .filter(({ head, base }) => head.ref.startsWith("parallel-review/") && base.ref === branch);
}

async function contentOf(pull: StandinPullRequest, path: string): Promise<string | undefined> {
  return (await stage.github.readFile(stage.repository, pull.head.sha, path))?.toString();
}

/** A writer that makes these edits, tells of them and ends; whoever only reads has nothing to say. */
function written(
  { tools, turn }: MessagesRequest,
  edits: readonly { readonly path: string; readonly from: string; readonly to: string }[],
): Turn {
  const end = { name: "report_findings", input: { findings: [], final: true } };
  if (!JSON.stringify(tools).includes("report_changes") || turn > 1) return toolTurn([end]);
  const changes = edits.map(({ path }) => ({ path, what: "changed", why: "the goal", behaviour: "same", risk: "" }));
  return toolTurn([
    ...edits.map(({ path, from, to }) => ({
      name: "Edit",
      input: { file_path: path, old_string: from, new_string: to },
    })),
    { name: "report_changes", input: { changes, declined: [] } },
    end,
  ]);
}

describe("fix", () => {
  it("proposes a change of the pull request's own branch, once, and says what it could not fix", async () => {
    const { pull } = await stage.open({
      "src/a.ts": "console.log(1);\nexport const run = (t: string): unknown => eval(t);\n",
    });
    await stage.act(stage.comment("dev", pull));
    const logs = pull.reviewComments.find(({ line }) => line === 1);
    const other = pull.reviewComments.find(({ line }) => line === 2);
    const idOf = (body = ""): string => /\(`(f\d+)`\)/.exec(body)?.[1] ?? "";
    const event = stage.comment("dev", pull, `/parallel-review fix ${idOf(logs?.body)} ${idOf(other?.body)}`);

    const first = await stage.act(event, { token: PUSHING });
    const second = await stage.act(event, { token: PUSHING });

    const [proposal, ...more] = proposalsInto(pull.head.ref);
    if (proposal === undefined) throw new Error("nothing was proposed");
    expect([first.exitCode, second.exitCode, more.length]).toEqual([0, 0, 0]);
    expect(await contentOf(proposal, "src/a.ts")).toBe(
      "logger.info(1);\nexport const run = (t: string): unknown => eval(t);\n",
    );
    const answers = botComments(pull).slice(1);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain(`[#${proposal.number}](`);
    expect(answers[0]).toContain(`into \`${pull.head.ref}\` is open. \`${idOf(logs?.body)}\` fixed, 1 file changed`);
    expect(answers[0]).toMatch(new RegExp(`- \`${idOf(other?.body)}\` is not fixed: .*has no replacement`));
    expect(reactionsOn(pull, event)).toEqual(["eyes", "rocket"]);
  });

  it("asks for the permission to push where the workflow does not grant it, and for an id that exists", async () => {
    const { pull } = await stage.open({ "src/b.ts": "console.log(1);\n" });
    await stage.act(stage.comment("dev", pull));

    const refused = await stage.act(stage.comment("dev", pull, "/parallel-review fix f1"));
    const wrong = await stage.act(stage.comment("dev", pull, "/parallel-review fix f1 f7"), { token: PUSHING });

    expect([refused.exitCode, wrong.exitCode]).toEqual([1, 0]);
    expect(botComments(pull)[1]).toContain("contents: write");
    expect(botComments(pull)[2]).toContain("has no finding f7: it has f1 alone");
    expect(proposalsInto(pull.head.ref)).toEqual([]);
  });
});

describe("refactor", () => {
  const inputs = (): Record<string, string> => ({
    engine: "claude",
    "anthropic-api-key": KEY,
    "anthropic-base-url": claude.url,
  });

  it("proposes a change of the files that the globs name, into the pull request's branch", async () => {
    const { pull } = await stage.open({
      "src/one.ts": "export const one = 1;\n",
      "src/two.ts": "export const two = 2;\n",
    });
    claude.script((request) => {
      const task = request.firstUserText.slice(request.firstUserText.indexOf("# Your task"));
      const paths = ["src/one.ts", "src/two.ts"].filter((path) => task.includes(path));
      return written(
        request,
        paths.map((path) => ({
          path,
          from: `export const ${path.slice(4, 7)}`,
          to: `/** A number. */\nexport const ${path.slice(4, 7)}`,
        })),
      );
    });
    const event = stage.comment(
      "dev",
      pull,
      '/parallel-review refactor "Document the constants" src/one.ts src/two.ts',
    );

    const result = await stage.act(event, { with: inputs(), token: PUSHING });
    await stage.act(event, { with: inputs(), token: PUSHING });

    const proposals = proposalsInto(pull.head.ref);
    expect(result.log).not.toContain("::error");
    expect(proposals).toHaveLength(1);
    expect(proposals[0]?.title).toContain("Document the constants");
    expect(await contentOf(proposals[0] ?? pull, "src/one.ts")).toBe("/** A number. */\nexport const one = 1;\n");
    expect(botComments(pull)).toEqual([
      expect.stringMatching(/\[#\d+\]\(\S+\) into `feature-\d+` is open\. 2 files changed/),
    ]);
  });

  it("says that it is made from the base where the head is in a fork", async () => {
    const fork = await stage.github.addRepository({ owner: "outsider", name: "shop", forkOf: stage.repository });
    await stage.github.push(fork, "theirs", { "src/new.ts": "export {};\n" }, { from: "main", author: "outsider" });
    const { pull } = await stage.github.openPullRequest(stage.repository, {
      base: "main",
      head: "theirs",
      title: "Theirs",
      fork,
    });
    claude.script((request) => written(request, [{ path: "src/old.ts", from: "old = 1", to: "old = 10" }]));
    const event = stage.comment("dev", pull, '/parallel-review refactor "Ten" src/old.ts');

    const result = await stage.act(event, { with: inputs(), token: PUSHING });

    expect(result.log).not.toContain("::error");
    expect(proposalsInto("main")).toHaveLength(1);
    expect(botComments(pull)).toEqual([
      expect.stringContaining("is in a fork, where we cannot push: so it is made from the base branch"),
    ]);
    await stage.act(stage.comment("dev", pull));
    await stage.act(stage.comment("dev", pull, "/parallel-review fix f1"), { token: PUSHING });
    expect(botComments(pull).at(-1)).toContain(
      "is in a fork, where we cannot push, and the base branch does not have the code",
    );
  });

  it("without the claude engine says what it takes", async () => {
    const { pull } = await stage.open();

    const result = await stage.act(stage.comment("dev", pull, '/parallel-review refactor "x" src/**'), {
      token: PUSHING,
    });

    expect(result.exitCode).toBe(1);
    expect(botComments(pull)).toEqual([expect.stringContaining("takes the claude engine")]);
  });
});

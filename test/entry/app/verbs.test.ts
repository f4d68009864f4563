import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { MessagesRequest } from "../../../src/standin/claude/request.ts";
import { textTurn, toolTurn, type Turn } from "../../../src/standin/claude/turns.ts";
import type { StandinPullRequest } from "../../../src/standin/github/model.ts";
import { reportedFinding } from "../../support/review-stage.ts";
import { openRunning, type RunningStage } from "./running-stage.ts";

const ASKED = "/parallel-review";
/** Nothing that a rule finds, and one thing that the model does. */
const FILE = {
  "src/formula.ts": "export function half(formula: number): number {\n  return formula / 3;\n}\n",
};

let stage: RunningStage;

beforeAll(async () => {
  stage = await openRunning();
  stage.claude.script(answered);
}, 60_000);

afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await stage[Symbol.asyncDispose]();
});

/** A model that finds one thing, explains it, mends it, and knows one answer. */
function answered(request: MessagesRequest): Turn {
  const { firstUserText: text, turn } = request;
  const tools = JSON.stringify(request.tools);
  if (text.includes("Explain the claim now")) return textTurn("A third is no half.");
  if (tools.includes("give_answer")) {
    return toolTurn([{ name: "give_answer", input: { markdown: "Forty-two.", places: [] } }]);
  }
  if (tools.includes("report_changes")) {
    if (turn > 1) return toolTurn([{ name: "report_findings", input: { findings: [], final: true } }]);
    const path = text.slice(text.indexOf("# Your task")).includes("src/old.ts") ? "src/old.ts" : "src/formula.ts";
    const [from, to] = path === "src/old.ts" ? ["old = 1", "old = 2"] : ["formula / 3", "formula / 2"];
    const changes = [{ path, what: "halved", why: "the goal", behaviour: "same", risk: "" }];
    const findings = tools.includes("one entry for every finding")
      ? [{ id: "f1", fixed: true, reason: "" }]
      : undefined;
    return toolTurn([
      { name: "Edit", input: { file_path: path, old_string: from, new_string: to } },
      { name: "report_changes", input: { changes, declined: [], findings } },
      { name: "report_findings", input: { findings: [], final: true } },
    ]);
  }
  const finding = reportedFinding("src/formula.ts", "  return formula / 3;");
  const findings = text.includes("src/formula.ts") ? [finding] : [];
  return toolTurn([{ name: "report_findings", input: { findings, final: true } }]);
}

/** Comments on the pull request, and waits until the App has nothing more to do there. */
async function say(pull: StandinPullRequest, body: string, login = "dev"): Promise<void> {
  stage.github.commentAs(login, stage.repository, pull.number, body);
  await stage.settled(pull.number);
}

async function reviewed(): Promise<StandinPullRequest> {
  const pull = await stage.open(FILE);
  await say(pull, ASKED);
  expect(pull.reviews).toHaveLength(1);
  return pull;
}

const ours = (pull: StandinPullRequest): readonly string[] =>
  pull.comments.filter(({ author }) => author.login === "parallel-review[bot]").map(({ body }) => body);
const last = (pull: StandinPullRequest): string => ours(pull).at(-1) ?? "";
const reactions = (pull: StandinPullRequest): readonly string[] =>
  (pull.comments.findLast(({ author }) => author.type === "User")?.reactions ?? []).map(({ content }) => content);

type Row = {
  readonly command: string;
  /** A pull request that nobody has reviewed yet, unless told. */
  readonly after?: readonly string[];
  /** In the comment that answers it. */
  readonly answer: string | RegExp;
  readonly reaction?: string;
};

/** Every verb that answers in words. */
const ANSWERED: readonly Row[] = [
  { command: "help", answer: "`/parallel-review ask" },
  { command: "status", answer: "Nothing has run on this pull request yet" },
  { command: "status", after: [""], answer: /Review finished.*Reviewed 1 of 1 file; 1 finding/ },
  { command: "config", answer: /\| `engine` \| `claude` \| whoever runs the App/ },
  { command: "plan", answer: /1 subtask/ },
  { command: "estimate", answer: /\$\d/ },
  { command: "dry-run", answer: /1 subtask/ },
  { command: "explain f1", after: [""], answer: "A third is no half." },
  { command: "explain f1", answer: "There is no review on this pull request yet", reaction: "confused" },
  {
    command: "ignore f1 we mean it",
    after: [""],
    answer: "is ignored on this pull request, as dev decided: we mean it",
  },
  { command: "pause", answer: "Automatic reviews of this pull request are paused" },
  { command: "resume", after: ["pause"], answer: "are on again" },
  { command: "resume", answer: "Nothing to resume" },
  { command: "retry", after: [""], answer: "Nothing to retry" },
  { command: "fix f1", after: [""], answer: /\[#\d+\]\(.*`f1` fixed, 1 file changed/ },
  { command: "fix f9", after: [""], answer: "has no finding f9", reaction: "confused" },
  { command: 'refactor "Two" src/old.ts', answer: /\[#\d+\]\(.* is open. 1 file changed/ },
  { command: "audit error-handling", answer: /^# / },
  { command: "audit none-of-ours", answer: 'there is no recipe "none-of-ours"', reaction: "confused" },
  { command: 'ask "What is it?"', answer: "Forty-two." },
  { command: "--colour red", answer: "unknown option --colour", reaction: "confused" },
  { command: "review", answer: "unknown command review", reaction: "confused" },
  { command: "explain", answer: "explain takes one finding id", reaction: "confused" },
];

describe("a command to the App", { timeout: 120_000 }, () => {
  it.each(ANSWERED)("$command (after: $after) is answered once, by one comment and a reaction", async (row) => {
    const { command, after = [], answer, reaction = "rocket" } = row;
    const pull = await stage.open(FILE);
    for (const earlier of after) await say(pull, `${ASKED} ${earlier}`.trim());
    const before = ours(pull).length;

    await say(pull, `${ASKED} ${command}`);
    const delivery = stage.app.deliveries.at(-1);
    if (delivery === undefined) throw new Error("nothing was delivered");
    stage.github.redeliver(stage.app, delivery);
    await stage.settled(pull.number);

    expect(ours(pull).length).toBe(before + 1);
    expect(last(pull)).toMatch(answer);
    expect(reactions(pull).at(-1)).toBe(reaction);
  });

  it("audit keeps what it found on the page of its run", async () => {
    const pull = await stage.open({
      "src/quiet.ts": "export function f() {\n  try {\n    g();\n  } catch (error) {}\n}\n",
    });
    await say(pull, `${ASKED} audit error-handling`);

    const [run] = await stage.settled(pull.number);
    const record = await stage.running.archive.read(run?.id ?? "", AbortSignal.timeout(5_000));
    expect(last(pull)).toContain("src/quiet.ts");
    expect(record?.report?.findings.map(({ path }) => path)).toContain("src/quiet.ts");
  });

  it.each(["", "full", "retry"])("%j reviews, once", async (verb) => {
    const pull = await stage.open(FILE);

    await say(pull, `${ASKED} ${verb}`.trim());

    expect(pull.reviews.map(({ state }) => state)).toEqual(["COMMENTED"]);
    expect(pull.reviewComments.map(({ path, line }) => `${path}:${line}`)).toEqual(["src/formula.ts:2"]);
    expect(reactions(pull)).toContain("rocket");
  });
});

describe("a reply under a finding", { timeout: 120_000 }, () => {
  it.each([
    ["explain", "A third is no half."],
    ["ignore it is a fixture", "is ignored on this pull request, as dev decided: it is a fixture"],
    ["fix", /`f1` fixed, 1 file changed/],
    ["status", "Review finished"],
    ["explain f9", "has no finding f9"],
    ["--colour red", "unknown option --colour"],
  ])("%s means that finding, and is answered there, once", async (command, answer) => {
    const pull = await reviewed();
    const [first] = pull.reviewComments;
    if (first === undefined) throw new Error("there is no comment");
    const { comment } = stage.github.replyAs("dev", stage.repository, pull, first, `${ASKED} ${command}`);
    await stage.settled(pull.number);
    const delivery = stage.app.deliveries.findLast(({ event }) => event === "pull_request_review_comment");
    if (delivery === undefined) throw new Error("nothing was delivered");
    stage.github.redeliver(stage.app, delivery);
    await stage.settled(pull.number);

    const answers = pull.reviewComments.filter(
      ({ author, inReplyTo }) => author.type === "Bot" && inReplyTo === first.id,
    );
    expect(answers.map(({ body }) => body)).toEqual([expect.stringMatching(answer)]);
    expect(comment.reactions.at(-1)?.content).toMatch(/rocket|confused/);
  });
});

describe("the App's gate", { timeout: 120_000 }, () => {
  /** Nothing on the pull request but what people wrote, and no reaction of ours. */
  const untouched = (pull: StandinPullRequest): void => {
    expect(pull.reviews.filter(({ author }) => author.type === "Bot")).toEqual([]);
    expect(ours(pull)).toEqual([]);
    expect(pull.comments.flatMap((comment) => comment.reactions)).toEqual([]);
  };
  const VERBS = ["", "status", "config", "pause", "stop", 'ask "Why?"', 'refactor "x" src/**', "--colour red", "help"];

  it.each(["triager", "reader", "passer-by", "helper[bot]"])("does nothing at all for %s", async (login) => {
    const pull = await stage.open(FILE);
    const asked = stage.claude.journal.messages.length;

    for (const verb of VERBS) stage.github.commentAs(login, stage.repository, pull.number, `${ASKED} ${verb}`.trim());
    await stage.settled(pull.number);

    untouched(pull);
    expect(stage.claude.journal.messages.length).toBe(asked);
  });

  it("does nothing for an edited comment, a closed pull request, an issue or words that are no command", async () => {
    const pull = await stage.open(FILE);
    const { comment } = stage.github.commentAs("dev", stage.repository, pull.number, "Nice.");
    stage.github.editCommentAs("dev", stage.repository, comment, ASKED);
    expect((await stage.lastAnswer()).responseBody).toContain("only new comments start a review; an edit does not");
    stage.github.commentAs("dev", stage.repository, pull.number, `> ${ASKED}`);
    expect((await stage.lastAnswer()).responseBody).toContain("not a /parallel-review command");
    await stage.github.changePullRequest(stage.repository, pull.number, "dev", "close");
    stage.github.commentAs("dev", stage.repository, pull.number, ASKED);
    expect((await stage.lastAnswer()).responseBody).toContain("the pull request is closed");

    expect(await stage.settled(pull.number)).toEqual([]);
    untouched(pull);
  });

  it("does nothing when the pull request was closed while the command waited", async () => {
    const pull = await stage.open(FILE);
    stage.gate.before = (method, path) => {
      if (method !== "POST" || !path.endsWith("/access_tokens")) return undefined;
      stage.gate.before = undefined;
      return stage.github.changePullRequest(stage.repository, pull.number, "dev", "close");
    };

    await say(pull, ASKED);
    stage.gate.before = undefined;

    expect((await stage.settled(pull.number)).map(({ status }) => status)).toEqual(["stopped"]);
    expect(pull.reviews).toEqual([]);
  });

  it("lets nobody spend money by a pull request from a fork, until somebody who may asks", async () => {
    const fork = await stage.github.addRepository({ owner: "outsider", name: "shop", forkOf: stage.repository });
    await stage.github.push(fork, "theirs", FILE, { from: "main", author: "outsider" });
    const { pull } = await stage.github.openPullRequest(stage.repository, {
      base: "main",
      head: "theirs",
      title: "Theirs",
      author: "outsider",
      fork,
    });
    await stage.github.push(fork, "theirs", { "src/more.ts": "export {};\n" }, { author: "outsider" });
    await say(pull, ASKED, "outsider");
    untouched(pull);

    await say(pull, `${ASKED} fix f1`);
    await say(pull, ASKED);

    expect(pull.reviews).toHaveLength(1);
    expect(ours(pull)[0]).toContain("is in a fork, where we cannot push");
  });
});

describe("stop", { timeout: 120_000 }, () => {
  it("ends a question that is being answered, and says so under it", async () => {
    const pull = await stage.open(FILE);
    const waiting = Promise.withResolvers<void>();
    stage.claude.script((request) => {
      if (!JSON.stringify(request.tools).includes("give_answer")) return answered(request);
      waiting.resolve();
      return new Promise<Turn>(() => undefined);
    });
    const { comment } = stage.github.commentAs("dev", stage.repository, pull.number, `${ASKED} ask "Why?"`);
    await waiting.promise;

    await say(pull, `${ASKED} stop`);
    stage.claude.script(answered);

    const runs = await stage.settled(pull.number);
    expect(runs.map(({ title, status }) => [title, status])).toEqual([
      ["stop", "done"],
      ["ask", "stopped"],
    ]);
    expect(reactions(pull)).toEqual(["rocket"]);
    expect(comment.reactions.map(({ content }) => content)).toEqual(["eyes", "confused"]);
    expect(ours(pull)).toEqual([expect.stringContaining("**⚠️ Not a whole answer:** `@dev` asked to stop.")]);
  });
});

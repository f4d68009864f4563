import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { StandinEvent } from "../../src/standin/github/events.ts";
import type { StandinPullRequest } from "../../src/standin/github/model.ts";
import {
  anchorsOf,
  botComments,
  FLAWS,
  openActionStage,
  reactionsOn,
  reportIn,
  reviewsOf,
  type ActionStage,
  type ActOptions,
} from "./action-stage.ts";

let stage: ActionStage;

beforeAll(async () => {
  stage = await openActionStage();
});

afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await stage[Symbol.asyncDispose]();
});

/** A pull request with a review of two findings, f1 and f2, posted. */
async function reviewed(): Promise<StandinPullRequest> {
  const { pull } = await stage.open();
  await stage.act(stage.comment("dev", pull));
  return pull;
}

/** The answer to a command; it must be the one comment that the command adds. */
async function answerTo(
  pull: StandinPullRequest,
  body: string,
  options: ActOptions = {},
  exitCode = 0,
): Promise<string> {
  const before = pull.comments.length;
  const event = stage.comment("dev", pull, body);
  const result = await stage.act(event, options);
  expect(result.exitCode).toBe(exitCode);
  expect(pull.comments.length).toBe(before + 2);
  return pull.comments.at(-1)?.body ?? "";
}

describe.concurrent("verbs", { timeout: 120_000 }, () => {
  it("without write access none of them does anything at all", async () => {
    const pull = await reviewed();
    const commands = [
      "status",
      "config",
      "explain f1",
      "ignore f1",
      "fix f1",
      "retry",
      "resume",
      "pause",
      "audit database",
    ];
    const comments = [...commands, 'refactor "x" src/**'].map((command) =>
      stage.comment("triager", pull, `/parallel-review ${command}`),
    );
    const before = pull.comments.length;

    const results = await Promise.all(comments.map((event) => stage.act(event)));

    expect(results.flatMap(({ writes }) => writes)).toEqual([]);
    expect(results.every(({ log }) => log.includes("triager may not start a run"))).toBe(true);
    expect(pull.comments).toHaveLength(before);
  });

  it("status tells of the last run and its review, and that nothing has run", async () => {
    const fresh = await stage.open();
    expect(await answerTo(fresh.pull, "/parallel-review status")).toContain("Nothing has run on this pull request yet");

    const pull = await reviewed();
    const answer = await answerTo(pull, "/parallel-review status");

    expect(answer).toContain("**✅ Review finished.** Reviewed 1 of 1 file; 2 findings");
    expect(answer).toContain(`the head \`${pull.head.sha.slice(0, 12)}\``);
    expect(answer).toMatch(
      /The last review is \[here\]\(\S+#pullrequestreview-\d+\), of the head `[0-9a-f]{12}`; its findings are `f1` to `f2`\./,
    );
  });

  it("config shows what is in force and from where, and nothing secret", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull, "/parallel-review config");

    const result = await stage.act(event, { with: { engine: "auto", "fail-on": "high", "anthropic-api-key": "" } });

    const [answer] = botComments(pull);
    expect(result.exitCode).toBe(0);
    expect(answer).toContain("| `engine` | `rules` | the workflow: auto, and there is no key |");
    expect(answer).toContain("| `fail-on` | `high` | the workflow |");
    expect(answer).toContain("| `caps.inline-comments` | `25` | built in |");
    expect(answer).toContain("There is no `.github/parallel-review.yml` on `main`");
  });

  it("explain says the evidence and the rule's own words, and which findings there are when there is no such one", async () => {
    const pull = await reviewed();
    const answer = await answerTo(pull, "/parallel-review explain f1");

    expect(answer).toContain("`f1`");
    expect(answer).toContain("eval(formula)");
    expect(answer).toMatch(/\[`src\/formula\.ts:3`\]\(http\S+\/blob\/[0-9a-f]{40}\/src\/formula\.ts#L3\)/);
    expect(answer).toMatch(/\*\*The rule\*\* is `[a-z-]+`\. Where it is wrong for this repository/);
    expect(answer).toContain("no model asked");

    expect(await answerTo(pull, "/parallel-review explain f9")).toContain("has no finding f9");
    expect(botComments(pull).at(-1)).toContain("it has f1 to f2");
    const fresh = await stage.open();
    expect(await answerTo(fresh.pull, "/parallel-review explain f1")).toContain(
      "There is no review on this pull request yet",
    );
  });

  it("ignore puts the finding away, and the next review lists it, posts nothing of it and does not fail for it", async () => {
    const pull = await reviewed();
    const event = stage.comment("dev", pull, "/parallel-review ignore f1 The formula is <b>ours</b>, says @everyone");

    await stage.act(event);
    await stage.act(event);

    const answers = botComments(pull).slice(1);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain("is ignored on this pull request, as dev decided: The formula is");
    expect(answers[0]).not.toContain("@everyone says");
    expect(answers[0]).not.toMatch(/^.*<b>/m);
    expect(reactionsOn(pull, event)).toContain("rocket");
    // The token may not resolve threads: its comment is folded.
    expect(pull.reviewComments.map(({ minimizedReason }) => minimizedReason)).toEqual(["RESOLVED", undefined]);

    const again = await stage.act(stage.comment("dev", pull), { with: { "fail-on": "high" } });
    const { findings } = reportIn(again.files);

    expect(reviewsOf(pull)).toHaveLength(2);
    expect(anchorsOf(pull)).toEqual(FLAWS);
    expect(findings.map(({ ignored }) => ignored?.by)).toEqual(["dev", undefined]);
    expect(again.outputs["findings"]).toBe("1");
    expect(reviewsOf(pull)[1]?.body).toContain("1 finding ignored on this pull request");
    expect(reviewsOf(pull)[1]?.body).toMatch(/Ignored by dev: The formula is/);
    expect(again.outputs["conclusion"]).not.toBe("failure");
  });

  it("an ignored finding is found again where lines have moved, and a deleted answer takes the decision back", async () => {
    const pull = await reviewed();
    await answerTo(pull, "/parallel-review ignore f1");
    await stage.github.push(
      stage.repository,
      pull.head.ref,
      {
        "src/formula.ts": `// moved\n\n${(await stage.github.readFile(stage.repository, pull.head.sha, "src/formula.ts"))?.toString() ?? ""}`,
      },
      { author: "dev" },
    );

    const moved = await stage.act(stage.comment("dev", pull));
    expect(reportIn(moved.files).findings.filter(({ ignored }) => ignored !== undefined)).toHaveLength(1);

    const answer = pull.comments.findIndex(({ body }) => body.includes("is ignored on this pull request"));
    pull.comments.splice(answer, 1);
    const open = await stage.act(stage.comment("dev", pull));
    expect(reportIn(open.files).findings.filter(({ ignored }) => ignored !== undefined)).toEqual([]);
  });

  it("what was decided is remembered behind hundreds of later comments", async () => {
    const pull = await reviewed();
    await answerTo(pull, "/parallel-review ignore f2");
    for (let count = 0; count < 230; count += 1) {
      stage.github.commentAs("dev", stage.repository, pull.number, `Note ${count}`);
    }

    const again = await stage.act(stage.comment("dev", pull));

    expect(reportIn(again.files).findings.map(({ ignored }) => ignored?.by)).toEqual([undefined, "dev"]);
  });

  it("nobody else's comment can make a finding ignored or pause reviews", async () => {
    const pull = await reviewed();
    await answerTo(pull, "/parallel-review ignore f1");
    const forged = (pull.comments.at(-1)?.body ?? "").split("\n").slice(-2).join("\n");
    expect(forged).toContain("decision@1");
    const other = await stage.open();
    stage.github.commentAs("reader", stage.repository, other.pull.number, `Nice\n\n${forged}`);
    stage.github.commentAs(
      "reader",
      stage.repository,
      other.pull.number,
      `Nice\n\n<!-- parallel-review:decision@1 {"kind":"pause","by":"dev"} -->`,
    );

    const result = await stage.act(other.event);

    expect(reviewsOf(other.pull)).toHaveLength(1);
    expect(reportIn(result.files).findings.filter(({ ignored }) => ignored !== undefined)).toEqual([]);
  });

  it("pause holds pushes back, not people, until resume", async () => {
    const { pull, event } = await stage.open();
    expect(await answerTo(pull, "/parallel-review pause")).toContain("are paused");

    const pushed = await stage.act(event);
    expect(pushed).toMatchObject({ exitCode: 0, writes: [] });
    expect(pushed.log).toContain("dev paused automatic reviews here");
    expect(await answerTo(pull, "/parallel-review status")).toContain("**Automatic reviews are paused** by dev");
    expect(await answerTo(pull, "/parallel-review pause")).toContain("paused here already");

    await stage.act(stage.comment("dev", pull));
    expect(reviewsOf(pull)).toHaveLength(1);

    expect(await answerTo(pull, "/parallel-review resume")).toContain("are on again");
    await stage.act(event);
    expect(reviewsOf(pull)).toHaveLength(2);
  });

  it("retry and resume have nothing to do after a whole review, and say so once", async () => {
    const pull = await reviewed();
    expect(await answerTo(pull, "/parallel-review retry")).toContain("Nothing to retry");
    const event = stage.comment("dev", pull, "/parallel-review resume");

    await stage.act(event);
    await stage.act(event);

    expect(botComments(pull).filter((body) => body.includes("Nothing to resume"))).toHaveLength(1);
    expect(reviewsOf(pull)).toHaveLength(1);
  });

  it("retry of a head that nobody reviewed reviews it", async () => {
    const { pull } = await stage.open();

    await stage.act(stage.comment("dev", pull, "/parallel-review retry"));

    expect(reviewsOf(pull)).toHaveLength(1);
  });

  it("audit answers with the report of the head, by the recipes of the default branch", async () => {
    const { pull } = await stage.open({
      "src/formula.ts":
        "export async function all(ids: string[]) {\n  for (const id of ids) await db.query(`select * from t where id = ${id}`);\n}\n",
      ".github/parallel-review/recipes/mine.md": "---\ntitle: Mine\n---\nNo.\n",
    });
    const answer = await answerTo(pull, "/parallel-review audit error-handling");

    expect(answer).toContain("# ");
    expect(answer).toContain(pull.head.sha.slice(0, 12));
    expect(await answerTo(pull, "/parallel-review audit mine", {}, 1)).toContain(
      'there is no recipe "mine"; there are:',
    );
  });

  it("a reply under a finding means that finding, and is answered in its thread, once", async () => {
    const pull = await reviewed();
    const second = pull.reviewComments.find(({ line }) => line === 4);
    if (second === undefined) throw new Error("the second finding has no comment");
    const reply = (login: string, body: string): StandinEvent =>
      stage.github.replyAs(login, stage.repository, pull, second, body).event;

    const refused = await stage.act(reply("reader", "/parallel-review ignore"));
    expect(refused.writes).toEqual([]);
    const explain = reply("dev", "/parallel-review explain");
    await stage.act(explain);
    await stage.act(explain);
    await stage.act(reply("dev", "/parallel-review ignore it logs elsewhere"));

    const answers = pull.reviewComments.filter(
      ({ author, inReplyTo }) => inReplyTo === second.id && author.type === "Bot",
    );
    expect(answers.map(({ body }) => body)).toEqual([
      expect.stringContaining("catch (error) {}"),
      expect.stringContaining("is ignored on this pull request, as dev decided: it logs elsewhere"),
    ]);
    expect(botComments(pull)).toHaveLength(1);
    const again = await stage.act(stage.comment("dev", pull));
    expect(
      reportIn(again.files)
        .findings.filter(({ ignored }) => ignored !== undefined)
        .map(({ startLine }) => startLine),
    ).toEqual([4]);
  });

  it("a reply under somebody else's thread asks for an id", async () => {
    const pull = await reviewed();
    const [first] = pull.reviewComments;
    if (first === undefined) throw new Error("there is no comment");
    const { event } = stage.github.replyAs("dev", stage.repository, pull, first, "/parallel-review explain");
    const payload = structuredClone(event.payload) as { comment: { in_reply_to_id?: number; id: number } };
    delete payload.comment.in_reply_to_id;
    payload.comment.id = first.id;
    first.body = "What about this?";

    await stage.act({ name: event.name, payload });

    expect(pull.reviewComments.at(-1)?.body).toContain(
      "This thread is not about a finding of ours: name one, such as `f3`",
    );
  });
});

describe("an answer in a thread", { timeout: 120_000 }, () => {
  it("is written once although GitHub's own answer to it gets lost", async () => {
    const pull = await reviewed();
    const [first] = pull.reviewComments;
    if (first === undefined) throw new Error("there is no comment");
    stage.github.faults.add({ method: "POST", path: /\/replies$/, when: "after", do: { status: 502 } });

    const { event } = stage.github.replyAs("dev", stage.repository, pull, first, "/parallel-review explain");
    const result = await stage.act(event);

    stage.github.faults.clear();
    expect(result.exitCode).toBe(0);
    expect(
      pull.reviewComments.filter(({ author, inReplyTo }) => inReplyTo === first.id && author.type === "Bot"),
    ).toHaveLength(1);
  });
});

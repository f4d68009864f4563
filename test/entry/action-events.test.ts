import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  anchorsOf,
  botComments,
  FLAWS,
  openActionStage,
  reactionsOn,
  reportIn,
  reviewsOf,
  type ActionStage,
} from "./action-stage.ts";

let stage: ActionStage;

beforeAll(async () => {
  stage = await openActionStage();
});

afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await stage[Symbol.asyncDispose]();
});

describe.concurrent("a comment", { timeout: 120_000 }, () => {
  it.each(["keeper", "dev"])("of %s starts one review with its findings at their lines", async (login) => {
    const { pull } = await stage.open();
    const event = stage.comment(login, pull);

    const result = await stage.act(event);

    expect(result).toMatchObject({
      exitCode: 0,
      leaked: [],
      outputs: { conclusion: "success", findings: "2", "reviewed-files": "1", "total-files": "1" },
    });
    expect(reviewsOf(pull)).toHaveLength(1);
    expect(reviewsOf(pull)[0]?.commitId).toBe(pull.head.sha);
    expect(anchorsOf(pull)).toEqual(FLAWS);
    expect(botComments(pull)).toHaveLength(1);
    expect(botComments(pull)[0]).toContain("Review finished");
    expect(reactionsOn(pull, event)).toEqual(["eyes", "rocket"]);
    expect(result.summary).toContain("### Coverage");
    expect(reportIn(result.files).findings).toHaveLength(2);
    expect(Object.keys(result.files).toSorted()).toEqual([
      "findings.json",
      "findings.sarif",
      "report.md",
      "transcript.jsonl",
    ]);
  });

  it.each(["triager", "reader", "stranger", "helper[bot]"])(
    "of %s starts nothing and is not answered",
    async (login) => {
      const { pull } = await stage.open();
      const event = stage.comment(login, pull);

      const result = await stage.act(event);

      expect(result.exitCode).toBe(0);
      expect(result.log).toContain(`${login} may not start a run`);
      expect(result.writes).toEqual([]);
      expect(pull.comments).toHaveLength(1);
    },
  );

  it("is not believed what it says of its author", async () => {
    const { pull } = await stage.open();
    const { name, payload } = stage.comment("reader", pull);
    const claimed = structuredClone(payload) as { comment: { author_association: string } };
    claimed.comment.author_association = "OWNER";

    const result = await stage.act({ name, payload: claimed });

    expect(result.log).toContain("has no write access");
    expect(pull.reviews).toEqual([]);
  });

  it("run again by somebody without write access starts nothing", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("keeper", pull);

    const result = await stage.act(event, { attempt: 2, environment: { GITHUB_TRIGGERING_ACTOR: "reader" } });

    expect(result.log).toContain("reader may not start a run");
    expect(pull.reviews).toEqual([]);
  });

  it("asking for the plan is answered with it, once, however often the job is run", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull, "/parallel-review plan");

    const first = await stage.act(event);
    const second = await stage.act(event, { attempt: 2, environment: { GITHUB_TRIGGERING_ACTOR: "dev" } });

    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(botComments(pull)).toHaveLength(1);
    expect(botComments(pull)[0]).toContain("Plan: 1 file in 1 subtask");
    expect(first.summary).toContain("Plan: 1 file in 1 subtask");
    expect(pull.reviews).toEqual([]);
  });

  it.each([
    ["/parallel-review help", "Commands, as the first line of a comment", "rocket"],
    ["/parallel-review --fast", "unknown option --fast", "confused"],
    ["/parallel-review @everyone", "unknown command `@everyone`", "confused"],
    ["/parallel-review explain f1", "There is no review on this pull request yet", "confused"],
    ['/parallel-review ask "why?"', "ask needs the claude engine", "confused"],
    [`/parallel-review --sha ${"0".repeat(40)}`, "is not the head of pull request", "confused"],
  ])("%s is answered", async (body, answer, reaction) => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull, body);

    await stage.act(event);

    expect(botComments(pull)).toHaveLength(1);
    expect(botComments(pull)[0]).toContain(answer);
    expect(reactionsOn(pull, event)).toContain(reaction);
    expect(pull.reviews).toEqual([]);
  });

  it("asking to stop is left to the review that runs, and gets a sign that it was seen", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull, "/parallel-review stop");

    await stage.act(event);

    expect(reactionsOn(pull, event)).toEqual(["rocket"]);
    expect(botComments(pull)).toEqual([]);
  });

  it.each(["close", "merge"] as const)("on a pull request after its %s starts nothing", async (change) => {
    const { pull } = await stage.open({ "src/merged.ts": "export {};\n" });
    await stage.github.changePullRequest(stage.repository, pull.number, "dev", change);
    const event = stage.comment("dev", pull);

    const result = await stage.act(event);

    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.log).toContain("Nothing to do: the pull request is closed");
    expect(result.writes).toEqual([]);
  });

  it("on an issue starts nothing", async () => {
    const { pull } = await stage.open();
    const { name, payload } = stage.comment("dev", pull);
    const { pull_request: _, ...issue } = payload["issue"] as Record<string, unknown>;

    const result = await stage.act({ name, payload: { ...payload, issue } });

    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.log).toContain("Nothing to do: the comment is not on a pull request");
  });

  it("answered before is not answered again when its job is run again", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull);
    const rerun = { attempt: 2, environment: { GITHUB_TRIGGERING_ACTOR: "dev" } };

    await stage.act(event);
    const again = await stage.act(event, rerun);

    expect(again.exitCode).toBe(0);
    expect(again.log).toContain("This request was answered before");
    expect(reviewsOf(pull)).toHaveLength(1);
    expect(anchorsOf(pull)).toEqual(FLAWS);
    expect(botComments(pull)).toHaveLength(1);
    expect(stage.repository.checkRuns.filter(({ headSha }) => headSha === pull.head.sha)).toHaveLength(1);
  });
});

describe.concurrent("a pull request", { timeout: 120_000 }, () => {
  it("is reviewed when it is opened, and once more for each further push", async () => {
    const { pull, event } = await stage.open();
    const pushed: (typeof event)[] = [];
    using _ = endingWith(stage.github.onEvent((one) => void pushed.push(one)));

    await stage.act(event);
    await stage.act(event);
    await stage.github.push(stage.repository, pull.head.ref, { "src/more.ts": "eval(process.argv[2] ?? '');\n" });
    const [synchronize] = pushed.filter(
      ({ action, payload }) => action === "synchronize" && payload["number"] === pull.number,
    );
    if (synchronize === undefined) throw new Error("a push made no event");
    await stage.act(synchronize);
    await stage.act(event);

    expect(reviewsOf(pull).map(({ commitId }) => commitId === pull.head.sha)).toEqual([false, true]);
    expect(botComments(pull)).toHaveLength(1);
  });

  it("that is a draft is left alone until somebody asks", async () => {
    const { pull, event } = await stage.open(undefined, true);

    const opened = await stage.act(event);
    expect(opened.log).toContain("Nothing to do: drafts are reviewed when they are ready");

    await stage.act(stage.comment("dev", pull));
    expect(reviewsOf(pull)).toHaveLength(1);
  });

  it("with nothing but deletions, renames and binaries ends as nothing to do, with every file accounted for", async () => {
    const { pull, event } = await stage.open({
      "src/gone.ts": null,
      "src/old.ts": null,
      "src/new.ts": "export const old = 1;\nexport const older = 2;\nexport const oldest = 3;\n",
      "logo.png": new Uint8Array([137, 80, 78, 71, 0, 1, 2, 3]),
    });

    const result = await stage.act(event);

    expect(result).toMatchObject({ exitCode: 0, outputs: { conclusion: "nothing-to-do", "total-files": "3" } });
    expect(reportIn(result.files).coverage.map(({ path, status }) => `${path} ${status}`)).toEqual([
      "logo.png skipped",
      "src/gone.ts skipped",
      "src/new.ts skipped",
    ]);
    expect(botComments(pull)[0]).toContain("Nothing to review");
  });
});

describe.concurrent("workflow_dispatch", { timeout: 120_000 }, () => {
  const dispatch = { name: "workflow_dispatch", payload: { inputs: {} } } as const;

  it("reviews the pull request of its input, and posts once for each run", async () => {
    const { pull } = await stage.open();
    const inputs = { "pull-request": String(pull.number) };

    await stage.act(dispatch, { with: inputs, runId: "7" });
    await stage.act(dispatch, { with: inputs, runId: "7", attempt: 2 });

    expect(reviewsOf(pull)).toHaveLength(1);
    expect(anchorsOf(pull)).toEqual(FLAWS);
  });

  it("with job: plan writes the plan to the summary and posts nothing", async () => {
    const { pull } = await stage.open();

    const result = await stage.act(dispatch, { with: { "pull-request": String(pull.number), job: "plan" } });

    expect(result).toMatchObject({ exitCode: 0, summary: expect.stringContaining("Plan: 1 file in 1 subtask") });
    expect(result.writes).toEqual([]);
  });

  it("with dry-run writes files and summary and posts nothing", async () => {
    const { pull } = await stage.open();

    const result = await stage.act(dispatch, { with: { "pull-request": String(pull.number), "dry-run": "true" } });

    expect(result).toMatchObject({ exitCode: 0, outputs: { findings: "2", "review-url": "" } });
    expect(reportIn(result.files).findings).toHaveLength(2);
    expect(result.writes).toEqual([]);
  });

  it("fails the step by fail-on, after posting", async () => {
    const { pull } = await stage.open();
    const inputs = { "pull-request": String(pull.number), "fail-on": "high" };

    const result = await stage.act(dispatch, { with: inputs });

    expect(result).toMatchObject({ exitCode: 1, outputs: { conclusion: "failure" } });
    expect(result.log).toContain("1 finding reaches the fail-on level (high)");
    expect(reviewsOf(pull)).toHaveLength(1);
  });

  it("without a number says where it goes", async () => {
    const result = await stage.act(dispatch);

    expect(result.exitCode).toBe(1);
    expect(result.log).toContain("::error::workflow_dispatch names no pull request: set the input pull-request");
  });
});

describe("a push while a review is being made", () => {
  it("does not change what is reviewed, and the review says so", async () => {
    const { pull } = await stage.open();
    const asked = pull.head.sha;
    const event = stage.comment("dev", pull);
    let pushed: Promise<string> | undefined;
    stage.gate.before = async (_method, path) => {
      if (!path.includes("git-upload-pack")) return;
      pushed ??= stage.github.push(stage.repository, pull.head.ref, { "src/formula.ts": "export {};\n" });
      await pushed;
    };

    const result = await stage.act(event);
    stage.gate.before = undefined;

    expect(result.exitCode).toBe(0);
    expect(pull.head.sha).not.toBe(asked);
    expect(reviewsOf(pull).map(({ commitId }) => commitId)).toEqual([asked]);
    expect(reviewsOf(pull)[0]?.body).toContain(pull.head.sha);
    expect(reportIn(result.files)).toMatchObject({ target: { head: asked }, findings: { length: 2 } });
  });
});

function endingWith(end: () => void): Disposable {
  return { [Symbol.dispose]: end };
}

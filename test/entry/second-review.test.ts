import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { StandinPullRequest } from "../../src/standin/github/model.ts";
import {
  anchorsOf,
  type Acted,
  FLAWED,
  FLAWS,
  openActionStage,
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

/** A pull request with one review and both of its findings on lines. */
async function reviewed(): Promise<StandinPullRequest> {
  const { pull } = await stage.open();
  await review(pull);
  expect(anchorsOf(pull)).toEqual(FLAWS);
  return pull;
}

function review(pull: StandinPullRequest, options: Parameters<ActionStage["act"]>[1] = {}): Promise<Acted> {
  return stage.act(stage.comment("dev", pull), options);
}

async function push(pull: StandinPullRequest, text: string): Promise<void> {
  await stage.github.push(stage.repository, pull.head.ref, { "src/formula.ts": text }, { author: "dev" });
}

function bodyOf(pull: StandinPullRequest, index: number): string {
  return reviewsOf(pull)[index]?.body ?? "";
}

function linkOf(pull: StandinPullRequest, index: number): string {
  return `/pull/${pull.number}#discussion_r${pull.reviewComments[index]?.id ?? "?"}`;
}

function resolve(pull: StandinPullRequest, login: string): void {
  const [first] = pull.reviewComments;
  if (first === undefined) throw new Error("there is no comment");
  const { comment } = stage.github.commentAs(login, stage.repository, pull.number, "Fine with me");
  first.thread.resolvedBy = comment.author;
}

describe.concurrent("a second review", { timeout: 120_000 }, () => {
  it("posts no finding again that is open on its lines, wherever they moved, and lists it with its comment", async () => {
    const pull = await reviewed();
    await push(pull, `// moved\n\n${FLAWED}`);

    const second = await review(pull, { with: { "fail-on": "high" } });

    expect(pull.reviewComments).toHaveLength(2);
    expect(reviewsOf(pull)).toHaveLength(2);
    expect(bodyOf(pull, 1)).toContain("2 are still open from earlier reviews.");
    expect(bodyOf(pull, 1)).toContain("### Still open from earlier reviews: 2");
    for (const index of [0, 1]) expect(bodyOf(pull, 1)).toContain(`${linkOf(pull, index)})`);
    expect(reportIn(second.files).findings.map(({ placement, startLine }) => [placement, startLine])).toEqual([
      ["summary", 5],
      ["summary", 6],
    ]);
    // They count as they did.
    expect(second.outputs).toMatchObject({ findings: "2", conclusion: "failure" });
  });

  it("posts what is new, and only that", async () => {
    const pull = await reviewed();
    await push(pull, `${FLAWED}export const run = (code: string): unknown => eval(code);\n`);

    await review(pull);

    expect(anchorsOf(pull)).toEqual([...FLAWS, "src/formula.ts:7"]);
    expect(bodyOf(pull, 1)).toContain("One is on the changed lines. 2 are still open from earlier reviews.");
  });

  it("says what is fixed, once", async () => {
    const pull = await reviewed();
    const evaluated = pull.reviewComments.findIndex(({ line }) => line === 3);
    await push(pull, FLAWED.replace("eval(formula)", "formula.trim()"));

    await review(pull);
    await review(pull);

    expect(bodyOf(pull, 1)).toContain("### Fixed since the last review: 1");
    expect(bodyOf(pull, 1)).toContain(`${linkOf(pull, evaluated)})`);
    expect(bodyOf(pull, 1)).toContain("### Still open from earlier reviews: 1");
    expect(bodyOf(pull, 2)).not.toContain("Fixed since");
    expect(bodyOf(pull, 2)).toContain("### Still open from earlier reviews: 1");
    expect(pull.reviewComments).toHaveLength(2);
  });

  it("posts code again that was fixed with the same flaw", async () => {
    const pull = await reviewed();
    await push(pull, FLAWED.replace("eval(formula)", "eval(formula.trim())"));

    await review(pull);

    expect(anchorsOf(pull).filter((anchor) => anchor === "src/formula.ts:3")).toHaveLength(1);
    expect(pull.reviewComments).toHaveLength(3);
    expect(bodyOf(pull, 1)).not.toContain("Fixed since");
  });

  it("is silent about what somebody with write access resolved, and does not fail for it", async () => {
    const pull = await reviewed();
    resolve(pull, "keeper");

    const second = await review(pull, { with: { "fail-on": "low" } });

    expect(pull.reviewComments).toHaveLength(2);
    const [first] = pull.reviewComments;
    const decided = reportIn(second.files).findings.find(({ startLine }) => startLine === first?.line);
    expect(decided?.ignored).toEqual({ by: "keeper", reason: "resolved the conversation" });
    expect(second.outputs["findings"]).toBe("1");
    expect(bodyOf(pull, 1)).toContain("Ignored by keeper: resolved the conversation");
  });

  it("posts nothing again that its author resolved, but counts it: anybody can open a pull request", async () => {
    const pull = await reviewed();
    resolve(pull, "dev");

    const second = await review(pull, { with: { "fail-on": "low" } });

    expect(pull.reviewComments).toHaveLength(2);
    expect(second.outputs).toMatchObject({ findings: "2", conclusion: "failure" });
    expect(bodyOf(pull, 1)).toContain("1 finding whose conversation the author resolved: still there, and counted");
    expect(bodyOf(pull, 1)).toContain("### Still open from earlier reviews: 1");
  });

  it("takes nobody else's comment for its own", async () => {
    const pull = await reviewed();
    const { comment } = stage.github.commentAs("reader", stage.repository, pull.number, "Mine");
    const theirs = pull.reviewComments.map((each) => ({ ...each, author: comment.author }));
    pull.reviewComments.splice(0, theirs.length, ...theirs);

    await review(pull);

    expect(anchorsOf(pull)).toEqual([...FLAWS, ...FLAWS].toSorted());
  });

  it("does not take the comments of its own first attempt for an earlier review's", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull);
    await stage.act(event);

    const again = await stage.act(event);

    expect(reviewsOf(pull)).toHaveLength(1);
    expect(again.log).toContain("nothing was posted again");
    expect(reportIn(again.files).findings.map(({ placement }) => placement)).toEqual(["inline", "inline"]);
  });

  it("asks GitHub no more than the first one did", async () => {
    const { pull } = await stage.open();
    const requestsOf = async (): Promise<number> => {
      const token = stage.github.addToken({
        permissions: { contents: "read", pull_requests: "write", checks: "write" },
      });
      await review(pull, { token });
      return stage.github.journal.entries.filter(
        ({ authorization, surface }) =>
          authorization?.endsWith(` ${token}`) === true && (surface === "rest" || surface === "graphql"),
      ).length;
    };

    const first = await requestsOf();
    const second = await requestsOf();

    expect(first).toBeGreaterThan(0);
    expect(second).toBeLessThanOrEqual(first);
    expect(second).toBeLessThanOrEqual(12 + 1);
  });
});

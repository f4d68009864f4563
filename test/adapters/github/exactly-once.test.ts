import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Fetch } from "../../../src/adapters/github/guarded-fetch.ts";
import type { FaultEffect } from "../../../src/standin/github/faults.ts";
import type { StandinPullRequest } from "../../../src/standin/github/model.ts";
import { startGitHub } from "../../../src/standin/github/start-github.ts";
import type { GitHubStandin } from "../../../src/standin/github/start-github.ts";
import { changeSetOf, finding, once, places, posted, publisherOn, reportOf, setStage } from "./stage.ts";
import type { Run, Stage } from "./stage.ts";
import { never } from "./support.ts";

/** Enough for a review in two parts, inline comments and two batches of annotations. */
const FINDINGS = [
  ...Array.from({ length: 5 }, (_, index) => finding(`in${index}`, { path: `src/f${index}.ts` })),
  ...Array.from({ length: 55 }, (_, index) =>
    finding(`sum${index}`, { placement: "summary", detail: "text \n\n".repeat(160) }),
  ),
];
const REPORT = reportOf(FINDINGS);

let github: GitHubStandin;
let stage: Stage;
beforeAll(async () => {
  github = await startGitHub();
  stage = await setStage(github);
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

async function run(pull: StandinPullRequest, options: Run = {}) {
  const publisher = publisherOn(stage, pull, options);
  await publisher.begin(never());
  return publisher.publish(REPORT, changeSetOf(pull), never());
}

/** What stands on the pull request, and how often each finding does. */
function standing(pull: StandinPullRequest) {
  const { reviews, pending, inline, statuses, others, checks } = posted(stage, pull);
  return {
    reviews: reviews.length,
    pending: pending.length,
    inline: inline.length,
    statuses: statuses.map(({ body }) => body.split("\n")[0]),
    parts: others.length,
    checks: checks.map(({ status, annotations }) => [status, annotations.length]),
    places: places(stage, pull, FINDINGS),
  };
}

/** Everything exactly once, and nothing half done. */
const WHOLE = {
  reviews: 1,
  pending: 0,
  inline: 5,
  statuses: ["status: published"],
  parts: 1,
  checks: [["completed", FINDINGS.length]],
  places: once(FINDINGS),
};

/**
 * A process that is killed when GitHub has done its `at`-th request, and the answer has not come yet. What a killed process
 * awaits never comes, and it sends nothing more. Killed before a request is the same as killed after the one before it.
 */
function mortal(at: number) {
  let sent = 0;
  const killed = Promise.withResolvers<"killed">();
  const dead = new Promise<never>(() => {});
  if (at === 0) killed.resolve("killed");
  const mortalFetch: Fetch = async (input, init) => {
    sent += 1;
    if (sent > at) return dead;
    const answer = await stage.fetch(input, init);
    if (sent < at) return answer;
    await answer.arrayBuffer();
    killed.resolve("killed");
    return dead;
  };
  return { fetch: mortalFetch, killed: killed.promise };
}

async function runUntilKilled(pull: StandinPullRequest, at: number): Promise<"ended" | "killed"> {
  const process = mortal(at);
  const ended = run(pull, { fetch: process.fetch }).then(() => "ended" as const);
  return Promise.race([process.killed, ended]);
}

describe("a run that is killed and run again", () => {
  it("publishes once, whichever request was its last", async () => {
    let requests = 0;
    for (let at = 0; ; at += 1) {
      const pull = await stage.open();
      const end = await runUntilKilled(pull, at);

      await run(pull);

      expect(standing(pull)).toEqual(WHOLE);
      if (end === "ended") break;
      requests = at;
    }
    expect(requests).toBe(10);
  });

  it.each([
    [2, 2],
    [4, 4],
    [5, 6],
    [5, 7],
    [6, 8],
  ])("publishes once, when killed at request %i and then at request %i", async (one, two) => {
    const pull = await stage.open();
    await runUntilKilled(pull, one);
    await runUntilKilled(pull, two);

    await run(pull);

    expect(standing(pull)).toEqual(WHOLE);
  });
});

const EFFECTS: readonly { readonly name: string; readonly effect: FaultEffect; readonly when: "before" | "after" }[] = [
  { name: "502", effect: { status: 502, body: "<html>Bad Gateway</html>" }, when: "before" },
  { name: "502", effect: { status: 502, body: { message: "Server Error" } }, when: "after" },
  { name: "a broken connection", effect: "reset", when: "after" },
];
const WRITES = [
  { name: "the status comment", method: "POST", path: /\/issues\/\d+\/comments$/, nth: 1 },
  { name: "the second part", method: "POST", path: /\/issues\/\d+\/comments$/, nth: 2 },
  { name: "the end of the status comment", method: "PATCH", path: /\/issues\/comments\/\d+$/, nth: 1 },
  { name: "the pending review", method: "POST", path: /\/pulls\/\d+\/reviews$/, nth: 1 },
  { name: "its submission", method: "POST", path: /\/reviews\/\d+\/events$/, nth: 1 },
  { name: "the check", method: "POST", path: /\/check-runs$/, nth: 1 },
  { name: "its first annotations", method: "PATCH", path: /\/check-runs\/\d+$/, nth: 1 },
  { name: "its completion", method: "PATCH", path: /\/check-runs\/\d+$/, nth: 2 },
] as const;
const CASES = WRITES.flatMap((write) => EFFECTS.map((fault) => ({ ...write, ...fault, write: write.name })));

describe("a fault in the middle of a run", () => {
  it.each(CASES)("$name $when $write loses and doubles nothing", async (fault) => {
    const pull = await stage.open();
    const { method, path, when, nth, effect } = fault;
    const remove = github.faults.add({ method, path, when, nth, do: effect });

    await run(pull);
    remove();

    expect(standing(pull)).toEqual(WHOLE);
  });

  it.each(WRITES.slice(3, 5))(
    "that lasts at $name ends the run, and the next run publishes once",
    async ({ method, path }) => {
      const pull = await stage.open();
      const remove = github.faults.add({ method, path, when: "before", do: { status: 502 }, times: 3 });

      await expect(run(pull)).rejects.toThrow("GitHub is not answering (502)");
      remove();
      await run(pull);

      expect(standing(pull)).toEqual(WHOLE);
    },
  );

  it("finds out that a comment was made although lists lag behind", async () => {
    const pull = await stage.open();
    const remove = github.faults.add({ method: "POST", path: /\/issues\/\d+\/comments$/, when: "after", do: "reset" });
    const hidden: typeof pull.comments = [];
    let looks = 0;

    await run(pull, {
      sleep: async () => {
        looks += 1;
        if (looks === 1) hidden.push(...pull.comments.splice(0));
        if (looks === 3) pull.comments.push(...hidden);
        return Promise.resolve();
      },
    });
    remove();

    expect(standing(pull)).toEqual(WHOLE);
  });
});

describe("all of the above", () => {
  it("sent and took only what GitHub's own description allows", () => {
    expect(stage.contract.operations).toContain("pulls/create-review");
    expect(stage.contract.violations).toEqual([]);
  });
});

import { readFileSync } from "node:fs";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { StandinPullRequest } from "../../src/standin/github/model.ts";
import {
  anchorsOf,
  botComments,
  FLAWED,
  FLAWS,
  GRANTED,
  openActionStage,
  reactionsOn,
  reportIn,
  reviewsOf,
  type Acted,
  type ActionStage,
  type ActOptions,
} from "./action-stage.ts";

let stage: ActionStage;

beforeAll(async () => {
  stage = await openActionStage();
});

afterEach(() => stage.github.faults.clear());

afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await stage[Symbol.asyncDispose]();
});

/** `/parallel-review` by `dev` on a new pull request. */
async function ask(
  options?: ActOptions,
): Promise<{ pull: StandinPullRequest; result: Acted; reactions: readonly string[] }> {
  const { pull } = await stage.open();
  const event = stage.comment("dev", pull);
  const result = await stage.act(event, options);
  return { pull, result, reactions: reactionsOn(pull, event) };
}

function dispatch(pullRequest: number | string, options: ActOptions = {}): Promise<Acted> {
  const inputs = { "pull-request": String(pullRequest), ...options.with };
  return stage.act({ name: "workflow_dispatch", payload: { inputs: {} } }, { ...options, with: inputs });
}

/** The messages of `::error::` commands; the step is red for them. */
const errors = ({ commands }: Acted): readonly string[] =>
  commands.filter(({ command }) => command === "error").map(({ message }) => message);

const warnings = ({ commands }: Acted): readonly string[] =>
  commands.filter(({ command }) => command === "warning").map(({ message }) => message);

describe("a token", () => {
  it("without checks: write costs the check run, which is named with its line of YAML", async () => {
    const { pull, result } = await ask({ token: { contents: "read", pull_requests: "write" } });

    expect(result.exitCode).toBe(0);
    expect(anchorsOf(pull)).toEqual(FLAWS);
    expect(warnings(result)).toEqual([
      expect.stringMatching(/^No check run: GitHub refused .*`permissions:` with `checks: write`/),
    ]);
  });

  it("without pull-requests: write fails the step, names the permission, and loses nothing", async () => {
    const { pull, result } = await ask({ token: { contents: "read", checks: "write" } });

    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringContaining("`permissions:` with `pull-requests: write`")]);
    expect(errors(result)[0]).toContain("Nothing is lost: the findings are in the job summary and in /");
    expect(result.summary).toContain("src/formula.ts");
    expect(result.outputs).toMatchObject({ findings: "2", "review-url": "" });
    expect(reportIn(result.files).findings).toHaveLength(2);
    expect(pull.reviews).toEqual([]);
    const [check] = stage.repository.checkRuns.filter(({ headSha }) => headSha === pull.head.sha);
    expect(check).toMatchObject({ status: "completed", conclusion: "failure" });
  });

  it("that has expired ends the run with one line", async () => {
    const { pull } = await stage.open();
    const result = await dispatch(pull.number, { token: "ghs_gone0000000000000000000000000000000" });

    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([
      expect.stringMatching(/^GitHub does not accept the token while trying to read pull request #\d+ of acme\/shop/),
    ]);
  });

  it("that may not read a private repository is told with the line of YAML", async () => {
    const vault = await stage.github.addRepository({ owner: "acme", name: "vault", private: true });
    await stage.github.push(vault, "main", { "README.md": "# Vault\n" });
    await stage.github.push(vault, "feature", { "src/formula.ts": FLAWED });
    const { pull } = await stage.github.openPullRequest(vault, { base: "main", head: "feature", title: "Open it" });

    const result = await dispatch(pull.number, { repository: "acme/vault", token: { pull_requests: "write" } });

    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringContaining("Give the job `permissions: contents: read`")]);
    expect(botComments(pull)).toEqual([expect.stringContaining("contents: read")]);
  });
});

it("a pull request that does not exist ends the run with one line", async () => {
  const result = await dispatch(9_999);

  expect(result.exitCode).toBe(1);
  expect(errors(result)).toEqual([
    expect.stringMatching(/read pull request #9999 of acme\/shop: it does not exist, or the token may not see it/),
  ]);
});

describe("GitHub", () => {
  it("failing now and then costs nothing", async () => {
    stage.github.faults.add({ method: "GET", nth: 1, times: 2, when: "before", do: { status: 502, body: "<html>" } });
    stage.github.faults.add({ path: "/graphql", nth: 1, times: 2, when: "before", do: { status: 500 } });
    stage.github.faults.add({ method: "POST", path: /\/reviews$/, times: 2, when: "after", do: { status: 502 } });
    stage.github.faults.add({ method: "POST", path: /\/check-runs$/, when: "after", do: "reset" });

    const { pull, result } = await ask();

    expect(result.exitCode).toBe(0);
    expect(reviewsOf(pull)).toHaveLength(1);
    expect(anchorsOf(pull)).toEqual(FLAWS);
    expect(botComments(pull)).toHaveLength(1);
    expect(stage.repository.checkRuns.filter(({ headSha }) => headSha === pull.head.sha)).toHaveLength(1);
  });

  it("down from the start ends the run with one line", async () => {
    stage.github.faults.add({ times: 1_000, when: "before", do: { status: 503 } });

    const { result } = await ask();

    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([
      expect.stringMatching(
        /^GitHub is not answering \(503\) while trying to ask what the requester may do.* Run again later/,
      ),
    ]);
  });

  it("not there at all ends the run with one line", async () => {
    const { pull } = await stage.open();
    const result = await stage.act(stage.comment("dev", pull), {
      apiUrl: "http://127.0.0.1:1",
      serverUrl: "http://127.0.0.1:1",
    });

    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringMatching(/^GitHub is not answering \(no connection\)/)]);
  });

  it("that goes away before the review is posted takes nothing with it", async () => {
    stage.github.faults.add({ method: "POST", path: /\/reviews$/, times: 100, when: "before", do: { status: 503 } });

    const { pull, result, reactions } = await ask();

    expect(result.exitCode).toBe(1);
    expect(errors(result)[0]).toMatch(
      /^GitHub is not answering \(503\) while trying to post the review.*Nothing is lost/,
    );
    expect(reportIn(result.files).findings).toHaveLength(2);
    expect(botComments(pull)).toEqual([expect.stringContaining("Review ended without a result")]);
    expect(reactions).toEqual(["eyes", "confused"]);
  });

  it("whose git does not answer is read through the API, and the review says so", async () => {
    stage.github.faults.add({ path: /\.git\//, times: 100, when: "before", do: { status: 503 } });

    const { pull, result } = await ask();

    expect(result.exitCode).toBe(0);
    expect(anchorsOf(pull)).toEqual(FLAWS);
    expect(result.log).toContain("git could not fetch the pull request, so it is read through the API");
  });
});

describe("settings", () => {
  const PATH = ".github/parallel-review.yml";

  it("of the pull request's own branch change nothing", async () => {
    const { pull, event } = await stage.open({ "src/formula.ts": FLAWED, [PATH]: "fail-on: [broken\n" });

    const result = await stage.act(event);

    expect(result.exitCode).toBe(0);
    expect(anchorsOf(pull)).toEqual(FLAWS);
  });

  it("of the default branch count, and their mistakes are told with file, line and what is allowed", async () => {
    await stage.github.push(stage.repository, "main", {
      [PATH]: "fail-on: high\nrules:\n  disable: [ts-empty-catch]\n",
    });
    const { pull: reviewed, event } = await stage.open();
    const good = await stage.act(event);
    await stage.github.push(stage.repository, "main", { [PATH]: "# ours\nfail-on: sometimes\ncaps:\n  nits: 900\n" });
    const { pull } = await stage.open();
    const bad = await stage.act(stage.comment("dev", pull));
    const planned = await stage.act(stage.comment("dev", pull, "/parallel-review plan"));
    await stage.github.push(stage.repository, "main", { [PATH]: null });

    expect(good.exitCode).toBe(1);
    expect(anchorsOf(reviewed)).toEqual(["src/formula.ts:3"]);
    expect([bad.exitCode, planned.exitCode]).toEqual([1, 1]);
    const mistake = `${PATH}:2: fail-on: must be one of never, low, medium, high, critical, incomplete`;
    expect(errors(bad)).toEqual([`${mistake}\n${PATH}:4: caps.nits: Too big: expected number to be <=50`]);
    expect(botComments(pull)).toEqual([
      expect.stringContaining("fail-on: must be one of never, low, medium, high, critical, incomplete"),
      expect.stringContaining("fail-on: must be one of never, low, medium, high, critical, incomplete"),
    ]);
    expect(pull.reviews).toEqual([]);
  });
});

describe("what the step was given", () => {
  it("is refused with every wrong input named", async () => {
    const result = await dispatch(1, { with: { engine: "gpt", "max-concurrency": "0", "fail-on": "never ever" } });

    expect(result.exitCode).toBe(1);
    expect(errors(result)[0]?.split("\n")).toEqual([
      "input engine must be one of auto, claude, rules",
      "input max-concurrency must be at least 1",
      "input fail-on must be one of never, low, medium, high, critical, incomplete",
    ]);
  });

  it("that has no effect on a review is told once, and the review is made", async () => {
    const { event, pull } = await stage.open();

    const result = await stage.act(event, { with: { batch: "true" } });

    const told = result.commands.filter(({ message }) => message.includes("batch: true has no effect here"));
    expect(told.map(({ command }) => command)).toEqual(["warning"]);
    expect(reviewsOf(pull)).toHaveLength(1);
  });

  it("without a key for the claude engine is told in the comment, too", async () => {
    const { pull, result } = await ask({ with: { engine: "claude" } });

    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringContaining("anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}")]);
    expect(botComments(pull)).toEqual([expect.stringContaining("the claude engine needs a key")]);
  });

  it("for files that cannot be written fails after the review is posted", async () => {
    const { pull, result } = await ask({ with: { "output-dir": "/dev/null/files" } });

    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringMatching(/^output-dir \/dev\/null\/files cannot be written: /)]);
    expect(reviewsOf(pull)).toHaveLength(1);
    expect(result.summary).toContain("### Coverage");
  });

  it("outside a workflow is told so", async () => {
    const result = await dispatch(1, { environment: { GITHUB_REPOSITORY: undefined }, repository: "" });

    expect(errors(result)).toEqual([
      expect.stringContaining("it runs in a workflow, where GITHUB_REPOSITORY would be set"),
    ]);
  });
});

it("grants in the workflow to copy are those this test gives", () => {
  const workflow = readFileSync(`${import.meta.dirname}/../../.github/workflows/parallel-review.yml`, "utf8");

  for (const [name, access] of Object.entries(GRANTED))
    expect(workflow).toContain(`${name.replace("_", "-")}: ${access}`);
});

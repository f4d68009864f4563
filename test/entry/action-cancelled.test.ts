import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { StandinPullRequest } from "../../src/standin/github/model.ts";
import { botComments, openActionStage, reportIn, reviewsOf, type Acted, type ActionStage } from "./action-stage.ts";

let stage: ActionStage;

beforeAll(async () => {
  stage = await openActionStage();
});

afterEach(() => {
  stage.github.faults.clear();
  stage.gate.before = undefined;
});

afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await stage[Symbol.asyncDispose]();
});

/** `/parallel-review` by `dev` on a new pull request. */
async function ask(signal: AbortSignal): Promise<{ pull: StandinPullRequest; result: Acted }> {
  const { pull } = await stage.open();
  const result = await stage.act(stage.comment("dev", pull), { signal });
  return { pull, result };
}

const errors = ({ commands }: Acted): readonly string[] =>
  commands.filter(({ command }) => command === "error").map(({ message }) => message);

describe("a run that is cancelled", () => {
  /** Aborts, which sends SIGTERM, when a request arrives that matches; that request is never answered. */
  function stopAt(method: string, path: RegExp): AbortSignal {
    const controller = new AbortController();
    stage.gate.before = (seen, seenPath) => {
      if (controller.signal.aborted || seen !== method || !path.test(seenPath)) return undefined;
      controller.abort();
      return new Promise(() => undefined);
    };
    return controller.signal;
  }

  it("while it reads the change ends and says so in its comment", async () => {
    const signal = stopAt("POST", /git-upload-pack/);

    const { pull, result } = await ask(signal);

    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual(["interrupted"]);
    expect(pull.reviews).toEqual([]);
    expect(botComments(pull)).toEqual([expect.stringContaining("cancelled: received SIGTERM")]);
    const [check] = stage.repository.checkRuns.filter(({ headSha }) => headSha === pull.head.sha);
    expect(check?.status).toBe("completed");
  });

  it("just before it posts keeps what was found in files and summary", async () => {
    const signal = stopAt("POST", /\/reviews$/);

    const { pull, result } = await ask(signal);

    expect(result.exitCode).toBe(1);
    expect(reviewsOf(pull)).toEqual([]);
    expect(reportIn(result.files).findings).toHaveLength(2);
    expect(result.summary).toContain("src/formula.ts");
    expect(botComments(pull)).toEqual([expect.stringContaining("cancelled: received SIGTERM")]);
  });

  it("while its comment is being made leaves one comment", async () => {
    stage.github.faults.add({ method: "POST", path: /\/issues\/\d+\/comments$/, when: "after", do: "hang" });
    const controller = new AbortController();
    stage.gate.before = (method, path) => {
      if (method === "POST" && /git-upload-pack/.test(path)) {
        controller.abort();
        return new Promise(() => undefined);
      }
      return undefined;
    };

    const { pull } = await ask(controller.signal);

    expect(botComments(pull)).toEqual([expect.stringContaining("cancelled: received SIGTERM")]);
  });
});

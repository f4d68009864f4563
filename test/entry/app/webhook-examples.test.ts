import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { APP_EVENTS } from "../../../src/adapters/github/app/manifest.ts";
import { type DoorStage, openDoor } from "./app-stage.ts";

const SUBSCRIBED: readonly string[] = [...APP_EVENTS, "installation", "installation_repositories"];

const Examples = z.array(z.object({ name: z.string(), examples: z.array(z.looseObject({})) }));
const ALL = Examples.parse(
  JSON.parse(readFileSync(new URL(import.meta.resolve("@octokit/webhooks-examples")), "utf8")),
);
const OURS = ALL.filter(({ name }) => SUBSCRIBED.includes(name));

/** What GitHub adds for an App that is installed, and none of the examples of comments has. */
const OF_APP = { installation: { id: 7, node_id: "x" } };

describe("payloads that GitHub really sent", () => {
  let door: DoorStage;
  beforeAll(async () => {
    door = await openDoor();
  });
  afterAll(() => door[Symbol.asyncDispose]());

  it.each(OURS)("$name: every one is taken with a valid signature and refused with a wrong one", async (event) => {
    for (const payload of event.examples) {
      const good = await door.deliver(event.name, { ...payload, ...OF_APP });
      expect([200, 202]).toContain(good.status);
      const before = door.submitted.length;
      const bad = await door.deliver(event.name, payload, { secret: "another secret that GitHub does not know" });
      expect(bad.status).toBe(401);
      expect(door.submitted).toHaveLength(before);
    }
  });

  it("starts one job for each head of a pull request that was opened, pushed to or made ready", () => {
    const heads = OURS.find(({ name }) => name === "pull_request")?.examples ?? [];
    expect(heads.length).toBeGreaterThan(20);
    const keys = door.submitted.filter(({ kind }) => kind === "pull-request").map(({ key }) => key);
    expect(keys).toContain("Codertocat/Hello-World#2/head-ec26c3e57ca3a959ca5aad62de7213c562f8c821");
    expect(new Set(keys).size).toBe(keys.length);
    expect(door.stopped.length).toBeGreaterThan(0);
  });

  it("takes every other event there is, and does nothing for it", async () => {
    const before = door.submitted.length;
    for (const { name, examples: payloads } of ALL.filter((event) => !SUBSCRIBED.includes(event.name))) {
      // One of each: they are answered before anything of them is read.
      const answer = await door.deliver(name, { ...payloads[0], ...OF_APP });
      expect([name, answer.status]).toEqual([name, 200]);
    }
    expect(door.submitted).toHaveLength(before);
  });

  it("turns a command on a pull request into one job, whatever way it comes again", async () => {
    const [first] = OURS.find(({ name }) => name === "issue_comment")?.examples ?? [];
    const payload = commandIn(first, "/parallel-review plan --paths src/**");
    const before = door.submitted.length;

    const statuses = [];
    for (const delivery of ["d-1", "d-1", "d-1", "d-2", "d-1"]) {
      statuses.push((await door.deliver("issue_comment", payload, { delivery })).status);
    }

    expect(statuses).toEqual([202, 200, 200, 200, 200]);
    expect(door.submitted.slice(before)).toMatchObject([
      {
        key: expect.stringMatching(/^Codertocat\/Hello-World#1\/comment-\d+$/),
        installation: 7,
        kind: "command",
        delivery: "d-1",
        trigger: { kind: "comment", command: { verb: "plan", options: { paths: "src/**" } } },
      },
    ]);
  });
});

/** The example as it would have been on a pull request. */
function commandIn(example: object | undefined, body: string): object {
  const { issue, comment, ...rest } = { issue: {}, comment: {}, ...example };
  return {
    ...rest,
    ...OF_APP,
    action: "created",
    issue: {
      ...issue,
      state: "open",
      pull_request: { url: "https://api.github.com/repos/Codertocat/Hello-World/pulls/1" },
    },
    comment: { ...comment, body },
  };
}

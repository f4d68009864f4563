import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const text = readFileSync(join(import.meta.dirname, "../../.github/workflows/parallel-review.yml"), "utf8");
const Workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.object({
    review: z.object({
      if: z.string(),
      permissions: z.record(z.string(), z.string()),
      concurrency: z.object({ group: z.string(), "cancel-in-progress": z.boolean() }),
    }),
  }),
});
const { on, permissions, jobs } = Workflow.parse(parse(text));

describe("the workflow that is shipped for reviews", () => {
  it("starts on comments, replies under lines and by hand, and on nothing that a stranger's branch can cause", () => {
    expect(Object.keys(on).toSorted()).toEqual(["issue_comment", "pull_request_review_comment", "workflow_dispatch"]);
    expect(jobs.review.if).toContain("github.event.comment.user.type == 'User'");
  });

  it("holds no more than a review takes", () => {
    expect(permissions).toEqual({});
    expect(jobs.review.permissions).toEqual({ contents: "read", "pull-requests": "write", checks: "write" });
  });

  it("keeps reviews of a pull request in one line and lets answers pass it", () => {
    const beginnings = [...jobs.review.concurrency.group.matchAll(/'(\/parallel-review \w)'/g)].map(
      ([, start]) => start ?? "",
    );
    const passes = (comment: string): boolean => beginnings.some((start) => comment.startsWith(start));

    const answers = [
      "status",
      "stop",
      "explain f1",
      "ignore f1",
      "pause",
      "plan",
      "config",
      "help",
      'ask "x"',
      "audit x",
    ];
    expect(answers.filter((verb) => !passes(`/parallel-review ${verb}`))).toEqual([]);
    expect(
      ["", " full", " retry", " resume", " --model x"].filter((rest) => passes(`/parallel-review${rest}`)),
    ).toEqual([]);
    expect(jobs.review.concurrency["cancel-in-progress"]).toBe(false);
  });
});

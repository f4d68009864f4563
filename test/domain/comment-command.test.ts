import { describe, expect, it } from "vitest";

import { parseComment } from "../../src/domain/comment-command.ts";

describe("parseComment", () => {
  it.each([
    ["/parallel-review", { verb: "review", options: {} }],
    ["/parallel-review   \r\nplease", { verb: "review", options: {} }],
    ["/parallel-review full", { verb: "full", options: {} }],
    ["/parallel-review plan --paths src/**", { verb: "plan", options: { paths: "src/**" } }],
    [
      "/parallel-review --lens security,data --budget 2.5 --concurrency 8 --effort high --model claude-opus-5-5",
      {
        verb: "review",
        options: {
          lenses: ["security", "data"],
          budgetUsd: 2.5,
          concurrency: 8,
          effort: "high",
          model: "claude-opus-5-5",
        },
      },
    ],
    [`/parallel-review --sha ${"a".repeat(40)}`, { verb: "review", options: { sha: "a".repeat(40) } }],
    ["/parallel-review explain f3", { verb: "explain", id: "f3", options: {} }],
    [
      "/parallel-review ignore f3 it is by design",
      { verb: "ignore", id: "f3", reason: "it is by design", options: {} },
    ],
    ["/parallel-review fix f1 f12", { verb: "fix", ids: ["f1", "f12"], options: {} }],
    [
      '/parallel-review refactor "extend BaseService" src/services/*.ts',
      { verb: "refactor", goal: "extend BaseService", globs: ["src/services/*.ts"], options: {} },
    ],
    ["/parallel-review audit database", { verb: "audit", recipe: "database", options: {} }],
    ['/parallel-review ask "who calls login?"', { verb: "ask", question: "who calls login?", options: {} }],
  ])("understands %s", (body, command) => {
    expect(parseComment(body)).toEqual({ kind: "command", command });
  });

  it.each([
    "",
    "> /parallel-review",
    "```\n/parallel-review\n```",
    "    /parallel-review",
    "please /parallel-review",
    "/parallel-reviewer",
    "/parallel-review; rm -rf /",
    "/Parallel-Review",
    "looks good\n/parallel-review",
  ])("ignores %j", (body) => {
    expect(parseComment(body)).toEqual({ kind: "none" });
  });

  it.each([
    ["/parallel-review now", "unknown command now"],
    ["/parallel-review --force", "unknown option --force"],
    ["/parallel-review --model=$(id)", "unknown option --model=$(id)"],
    ["/parallel-review --model $(id)", "takes a model id"],
    ["/parallel-review -x", "unknown option -x"],
    ["/parallel-review --__proto__ 1", "unknown option --__proto__"],
    ["/parallel-review --budget", "needs a value"],
    ["/parallel-review --budget free", "--budget"],
    ["/parallel-review --sha main", "40 characters"],
    ["/parallel-review full speed", "no further words"],
    ["/parallel-review explain", "finding id"],
    ['/parallel-review ask "open', "not closed"],
  ])("answers %s with what is wrong", (body, message) => {
    expect(parseComment(body)).toEqual({ kind: "mistake", message: expect.stringContaining(message) });
  });
});

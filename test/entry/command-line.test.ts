import { describe, expect, it } from "vitest";

import { ConfigurationError } from "../../src/domain/errors.ts";
import { parseCommandLine } from "../../src/entry/command-line.ts";

describe("parseCommandLine", () => {
  it("reads a review with its options", () => {
    const line = parseCommandLine([
      "review",
      "--repo",
      "/r",
      "--base",
      "main",
      "--concurrency",
      "8",
      "--budget",
      "2.5",
      "--quiet",
    ]);

    expect(line).toMatchObject({
      command: "review",
      options: {
        repo: "/r",
        base: "main",
        engine: "auto",
        concurrency: 8,
        budget: 2.5,
        format: "text",
        quiet: true,
        "dry-run": false,
      },
    });
  });

  it.each([[[]], [["help"]], [["review", "--help"]], [["-h"]]])("shows help for %j", (args) => {
    expect(parseCommandLine(args)).toEqual({ command: "help" });
  });

  it("takes the name of the job behind demo", () => {
    expect(parseCommandLine(["demo", "review", "--once"])).toMatchObject({ command: "demo", options: { once: true } });
  });

  it.each([
    [["reveiw"], "unknown command reveiw; the commands are review, refactor, plan"],
    [["review", "--bse", "main"], "unknown option --bse for review; there are: --repo --base"],
    [["plan", "--budget", "3"], "unknown option --budget for plan"],
    [["review", "--engine", "gpt"], "--engine: must be one of auto, claude, rules"],
    [["review", "--concurrency", "many"], "--concurrency: must be a number"],
    [["review", "--concurrency", "0"], "--concurrency: must be at least 1"],
    [["review", "--budget", "0"], "--budget: must be more than 0"],
    [["review", "--base-url", "ftp://x"], "--base-url: must be an http(s) URL"],
    [["review", "main..feature"], "review takes no further words, but got: main..feature"],
    [["review", "--base"], "--base"],
  ])("says how to mend %j", (args, message) => {
    const read = (): unknown => parseCommandLine(args);

    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(message);
  });
});

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, it } from "vitest";

const CLI = join(import.meta.dirname, "../../../src/entry/cli.ts");
const run = promisify(execFile);

it("app --demo: a signed webhook becomes a posted review, by way of the embedded database", async () => {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };

  const { stdout, stderr } = await run(process.execPath, [CLI, "app", "--demo", "--once"], { env });

  expect(stdout).toContain("parallel-review[bot] reviewed");
  expect(stdout).toContain("── src/repositories/loyalty-repository.ts:53");
  expect(stdout).toMatch(/The run: done, http:\/\/127\.0\.0\.1:\d+\/runs\/1/);
  const lines = stderr
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({ message: "webhook", event: "issue_comment", outcome: "queued" }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ message: "job ended", end: "done" }));
  // Nothing of the code, of the review or of what people wrote is in the log.
  expect(stderr).not.toMatch(/loyalty|SQL|jonas|-----BEGIN|ghs_/);
}, 60_000);

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Report } from "../../src/domain/report.ts";
import { startClaude, type ClaudeStandin } from "../../src/standin/claude/server.ts";
import { gitFixture, type GitFixture } from "../support/git-fixture.ts";
import { FLAWED } from "./action-stage.ts";

const CLI = join(import.meta.dirname, "../../src/entry/cli.ts");

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

type Options = {
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly main?: string;
  /** Called once with the process when this text appears on stderr. */
  readonly when?: { readonly says: string; readonly act: (child: ReturnType<typeof spawn>) => void };
};

async function cli(
  args: readonly string[],
  { env = {}, node = process.execPath, main = CLI, when }: Options = {},
): Promise<Ended> {
  const child = spawn(node, [main, ...args], {
    cwd: tmpdir(),
    env: {
      PATH: process.env["PATH"],
      HOME: tmpdir(),
      NODE_COMPILE_CACHE: join(tmpdir(), "parallel-review-compile-cache"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let waiting = when;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (waiting === undefined || !stderr.includes(waiting.says)) return;
    waiting.act(child);
    waiting = undefined;
  });
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

let repository: GitFixture;
let range: readonly string[];

beforeAll(() => {
  repository = gitFixture();
  const base = repository.commit({ "README.md": "# Shop\n" });
  repository.commit({ "README.md": "# Shop\n", "src/formula.ts": FLAWED }, { branch: "feature/cart", parents: [base] });
  range = ["--repo", repository.directory, "--base", "main", "--head", "feature/cart", "--engine", "rules"];
});

afterAll(() => repository[Symbol.dispose]());

describe.concurrent("review", { timeout: 120_000 }, () => {
  it("prints the result on stdout and progress on stderr", async () => {
    const { code, stdout, stderr } = await cli(["review", ...range]);

    expect(code).toBe(0);
    expect(stdout).toContain("src/formula.ts:3");
    expect(stdout).not.toContain("started");
    expect(stderr).toMatch(/^plan: 1 file in 1 subtask\ns1 started: /);
  });

  it.each([
    ["json", (text: string) => Report.parse(JSON.parse(text)).findings.length],
    ["sarif", (text: string) => (JSON.parse(text) as { runs: { results: unknown[] }[] }).runs[0]?.results.length],
    ["markdown", (text: string) => text.match(/^#### /gm)?.length],
  ])("prints %s that reads back, and with --quiet nothing else", async (format, findings) => {
    const { code, stdout, stderr } = await cli(["review", ...range, "--format", format, "--quiet"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(findings(stdout)).toBe(2);
  });

  it("writes to --output and nothing to stdout", async () => {
    const output = join(repository.directory, "report.json");

    const { code, stdout } = await cli(["review", ...range, "--format", "json", "--output", output]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(Report.parse(JSON.parse(readFileSync(output, "utf8"))).conclusion).toBe("success");
  });

  it("ends with 1 when a finding reaches --fail-on, and still prints", async () => {
    const { code, stdout } = await cli(["review", ...range, "--fail-on", "high"]);

    expect(code).toBe(1);
    expect(stdout).toContain("src/formula.ts:3");
  });

  it("has nothing to do for an empty range", async () => {
    const { code, stdout } = await cli(["review", ...range, "--head", "main"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing to review: no file changed/);
  });

  it("prints the plan with --dry-run", async () => {
    const { code, stdout } = await cli(["review", ...range, "--dry-run"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Plan: 1 file in 1 subtask/);
  });

  it("lists what is beyond 3,000 files, and ends", async () => {
    using huge = gitFixture();
    const base = huge.commit({ "README.md": "# Huge\n" });
    const files = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, at) => [`src/d${at % 50}/f${at}.ts`, `export const f${at} = ${at};\n`]),
    );
    huge.commit(files, { branch: "big", parents: [base] });

    const { code, stdout } = await cli([
      "review",
      "--repo",
      huge.directory,
      "--base",
      "main",
      "--head",
      "big",
      "--engine",
      "rules",
      "--format",
      "json",
      "--quiet",
    ]);

    const report = Report.parse(JSON.parse(stdout));
    expect(code).toBe(0);
    expect(report.coverage).toHaveLength(5_001);
    expect(Map.groupBy(report.coverage, ({ status }) => status).get("reviewed")).toHaveLength(3_000);
    expect(report.notes.join("\n")).toContain("caps.files is 3000");
  });
});

describe.concurrent("what is wrong is told in one line that says how to mend it", { timeout: 120_000 }, () => {
  const shop = (): readonly string[] => ["--repo", repository.directory];

  it.each([
    [
      "no git repository",
      () => ["review", "--repo", tmpdir()],
      /is not in a git repository; give --repo a git repository/,
    ],
    [
      "an unknown ref",
      () => ["review", ...shop(), "--base", "mian"],
      /no commit "mian" in the repository: did you mean main/,
    ],
    [
      "an unknown option",
      () => ["review", "--bse", "main"],
      /unknown option --bse for review; there are: --repo --base/,
    ],
    [
      "no key for claude",
      () => ["review", ...shop(), "--engine", "claude"],
      /needs a key: set ANTHROPIC_API_KEY, or choose the rules/,
    ],
    ["no key for the demo", () => ["demo", "--once", "--engine", "claude"], /needs a key: set ANTHROPIC_API_KEY/],
    [
      "no place for the output",
      () => ["review", ...range, "--output", "/none/report.txt"],
      /--output \/none\/report.txt cannot be written/,
    ],
    [
      "a folder for the output",
      () => ["review", ...range, "--output", tmpdir()],
      /cannot be written, so the result is on stdout/,
    ],
    [
      "findings of a plan",
      () => ["plan", ...shop(), "--format", "sarif"],
      /a plan has no findings; use text, markdown or json/,
    ],
  ])("%s: 2", async (_what, args, message) => {
    const { code, stderr } = await cli(args());

    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.split("\n").filter((line) => line.startsWith("parallel-review: "))).toHaveLength(1);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("mistakes in the settings of the base: 2, with file, line and what is allowed; those of the head do not count", async () => {
    using broken = gitFixture();
    const settings = { ".github/parallel-review.yml": "# ours\ncaps:\n  nits: many\n" };
    const base = broken.commit({ "README.md": "# Shop\n", ...settings });
    const good = broken.commit({ "README.md": "# Shop\n" }, { branch: "good", parents: [base] });
    broken.commit({ "README.md": "# The shop\n", ...settings }, { branch: "head", parents: [good] });
    const at = ["--repo", broken.directory, "--engine", "rules"];

    const refused = await cli(["review", ...at, "--base", "main", "--head", "good"]);
    const reviewed = await cli(["review", ...at, "--base", "good", "--head", "head"]);

    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(".github/parallel-review.yml:3: caps.nits: ");
    expect(reviewed.code).toBe(0);
  });

  const old = oldNode();
  it.runIf(old !== undefined)("a Node too old: 2", async () => {
    const { code, stderr } = await cli(["--version"], { node: old ?? "", main: join(CLI, "../bin.mjs") });

    expect(code).toBe(2);
    expect(stderr).toMatch(/^parallel-review needs Node 24 or newer; this is Node \d+\.\d+\.\d+\. Install it from/);
  });

  it("a reader that goes away: no complaint", async () => {
    const child = spawn(process.execPath, [CLI, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await once(child, "close");

    expect({ code: child.exitCode, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe.concurrent("Claude", { timeout: 120_000 }, () => {
  let claude: ClaudeStandin;
  const key = { ANTHROPIC_API_KEY: "sk-ant-good" };
  const asked = (): readonly string[] => ["review", ...range, "--engine", "claude", "--base-url", claude.url];

  beforeAll(async () => {
    claude = await startClaude({ apiKeys: ["sk-ant-good"] });
  });
  afterAll(async () => claude[Symbol.asyncDispose]());

  it("refusing the key: 3", async () => {
    const { code, stderr } = await cli(asked(), { env: { ANTHROPIC_API_KEY: "sk-ant-bad" } });

    expect(code).toBe(3);
    expect(stderr).toMatch(/^parallel-review: .*key/m);
    expect(stderr).not.toContain("sk-ant-bad");
  });

  it("being asked when somebody presses Ctrl-C: 130, with what there is on stdout", async () => {
    claude.script(() => new Promise(() => undefined));

    const { code, stdout } = await cli([...asked(), "--format", "json"], {
      env: key,
      when: { says: "s1 started", act: (child) => child.kill("SIGINT") },
    });

    expect(code).toBe(130);
    expect(Report.parse(JSON.parse(stdout)).conclusion).toBe("cancelled");
  });
});

describe.concurrent("doctor", { timeout: 120_000 }, () => {
  it("says of each part what was found", async () => {
    const { code, stdout } = await cli(["doctor", "--repo", repository.directory]);

    expect(code).toBe(0);
    expect(stdout.match(/^ok {4}[^:]+/gm)).toEqual([
      "ok    Node",
      "ok    git and repository",
      "ok    change and settings",
      "ok    claude engine",
      "ok    rules engine",
      "ok    App",
    ]);
  });

  it("looks for no repository where the App is run", async () => {
    const { code, stdout } = await cli(["doctor", "--data", tmpdir(), "--repo", tmpdir()]);

    expect(code).toBe(0);
    expect(stdout.match(/^ok {4}[^:]+/gm)).toEqual(["ok    Node", "ok    git", "ok    rules engine", "ok    App"]);
  });

  it("says what is missing and ends with 2", async () => {
    const { code, stdout } = await cli(["doctor", "--repo", tmpdir()]);

    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^FAIL {2}git and repository: .* is not in a git repository; give --repo a git repository$/m,
    );
    expect(stdout).toMatch(/^ok {4}rules engine: \d+ built-in rules$/m);
  });
});

/** A Node of this machine that is too old to run TypeScript; undefined where there is none. */
function oldNode(): string | undefined {
  return ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
    if (!existsSync(path)) return false;
    const { stdout } = spawnSync(path, ["-p", "process.versions.node"], { encoding: "utf8" });
    return Number(stdout.split(".")[0]) < 24;
  });
}

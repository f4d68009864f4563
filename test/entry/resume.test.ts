import { type ChildProcess, execFile, spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import type { Handler } from "../../src/standin/claude/script.ts";
import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import { toolTurn } from "../../src/standin/claude/turns.ts";
import { createShopRepository, type ShopRepository } from "../../src/standin/shop/shop-repository.ts";

const root = mkdtempSync(join(tmpdir(), "resume-"));
const killed = join(root, "killed");
let shop: ShopRepository;
let claude: ClaudeStandin;
beforeAll(async () => {
  const { PATH: searchPath = "" } = process.env;
  shop = await createShopRepository(join(root, "shop"), { searchPath });
  await oneSubagentAGroup(shop.directory);
  claude = await startClaude();
  await killHalfway(killed);
  claude.script(diligent);
});
afterAll(async () => {
  await claude[Symbol.asyncDispose]();
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const CLI = join(import.meta.dirname, "../../src/entry/cli.ts");

/** Switches the quality stages off on the default branch: one subagent for each group of files, and nothing behind it. */
async function oneSubagentAGroup(directory: string): Promise<void> {
  const git = (...args: string[]): Promise<unknown> =>
    promisify(execFile)("git", ["-C", directory, "-c", "user.name=test", "-c", "user.email=test@example.com", ...args]);
  const off = "quality:\n  finders: 1\n  gap-pass: off\n  contract-pass: off\n  verify: off\n";
  await git("checkout", "--quiet", shop.defaultBranch);
  appendFileSync(join(directory, ".github/parallel-review.yml"), off);
  await git("commit", "--quiet", "--all", "--message", "One subagent a group");
}

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { PATH: process.env["PATH"], ANTHROPIC_API_KEY: "sk-ant-test-0123456789abcdef" };
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once("close", resolve);
  const output = Promise.all([promise, text(child.stdout), text(child.stderr)]);
  return { child, ended: output.then(([code, stdout, stderr]) => ({ code, stdout, stderr })) };
}

function review(folder: string): readonly string[] {
  const range = ["--repo", shop.directory, "--base", shop.defaultBranch, "--head", shop.branch];
  return ["review", ...range, "--engine", "claude", "--base-url", claude.url, "--output-dir", folder, "--quiet"];
}

function resume(folder: string, ...more: readonly string[]): readonly string[] {
  const options = ["--repo", shop.directory, "--base-url", claude.url, "--quiet", ...more];
  return ["resume", join(folder, "findings.json"), ...options];
}

/** Two turns a subagent: it looks into its first file, and then reports one finding there. */
const diligent: Handler = (request) => {
  const path = /^<data-\w+ "([^"]+\.\w+)">$/m.exec(request.firstUserText.split("# Your files")[1] ?? "")?.[1] ?? "";
  if (request.turn === 1) return toolTurn([{ id: "toolu_read", name: "Read", input: { file_path: path, limit: 5 } }]);
  const finding = {
    path,
    quote: "",
    line_hint: 0,
    severity: "medium",
    category: "test",
    title: `Something in ${path}`,
    detail: "It is there.",
    failure_scenario: "",
    suggestion: "",
    confidence: "likely",
  };
  return toolTurn([{ id: "toolu_report", name: "report_findings", input: { findings: [finding], final: true } }]);
};

const VERDICT = { verdict: "plausible", evidence: "It may be so.", quote: "" };

type Findings = { findings: unknown; coverage: unknown; conclusion: string; costUsd: number };
type Line = { kind: string; costUsd?: number };

const bodyOf = ({ rawBody }: { readonly rawBody: Buffer }): string => rawBody.toString();
const findingsIn = (folder: string): Findings =>
  JSON.parse(readFileSync(join(folder, "findings.json"), "utf8")) as Findings;
const transcriptIn = (folder: string): Line[] =>
  readFileSync(join(folder, "transcript.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

/** Runs a review whose second half of the subagents never gets its second answer, and kills it once all that can end has ended. */
async function killHalfway(folder: string): Promise<void> {
  const stuck = Promise.withResolvers<void>();
  let hanging = 0;
  let reported = 0;
  claude.script(async (request, info) => {
    if (request.turn === 1) return diligent(request, info);
    reported += 1;
    if (reported <= 3) return diligent(request, info);
    hanging += 1;
    if (hanging === 3) stuck.resolve();
    return new Promise(() => undefined);
  });
  const { child, ended } = start(review(folder));
  await Promise.race([stuck.promise, ended]);
  await vi.waitFor(() => expect(transcriptIn(folder).filter(({ kind }) => kind === "outcome")).toHaveLength(3));
  child.kill("SIGKILL");
  await ended;
}

/** What the killed run left, in a folder of its own. */
function copyOfKilled(name: string): string {
  const folder = join(root, name);
  cpSync(killed, folder, { recursive: true });
  return folder;
}

function paidIn(folder: string): number {
  return transcriptIn(folder).reduce((sum, entry) => sum + (entry.costUsd ?? 0), 0);
}

describe("a review that is killed", () => {
  it("goes on where it was, asks nothing again that was answered, and is told again byte for byte", async () => {
    const before = claude.journal.messages.length;
    const answered = claude.journal.messages.filter(({ outcome }) => outcome === "answered").map(bodyOf);
    const folder = copyOfKilled("torn");
    const transcript = join(folder, "transcript.jsonl");
    appendFileSync(transcript, '{"kind":"turn","asker":"s6","tu');

    const resumed = await start(resume(folder)).ended;

    const after = claude.journal.messages.slice(before).map(bodyOf);
    expect(resumed.code).toBe(0);
    expect(answered).toHaveLength(9);
    expect(after).toHaveLength(3);
    expect(after.filter((body) => answered.includes(body))).toEqual([]);

    const whole = join(root, "whole");
    await start(review(whole)).ended;
    const [found, expected] = [findingsIn(folder), findingsIn(whole)];
    expect(findingsIn(killed).conclusion).toBe("partial");
    expect(found.findings).toEqual(expected.findings);
    expect(found.coverage).toEqual(expected.coverage);
    expect(found.conclusion).toBe("success");

    const asked = claude.journal.messages.length;
    const again = join(root, "again");
    const replay = ["review", "--replay", transcript, "--repo", shop.directory, "--output-dir", again, "--quiet"];
    const replayed = await start(replay).ended;
    expect(replayed).toEqual(resumed);
    expect(readFileSync(join(again, "findings.json"), "utf8")).toBe(
      readFileSync(join(folder, "findings.json"), "utf8"),
    );
    expect(claude.journal.messages).toHaveLength(asked);
  });

  it("adds up what all its parts cost, and spends no more than the budget over all of them", async () => {
    const folder = copyOfKilled("poor");
    const paid = paidIn(folder);
    const asked = claude.journal.messages.length;

    const broke = await start(resume(folder, "--budget", String(paid))).ended;

    expect(claude.journal.messages).toHaveLength(asked);
    expect(broke.code).toBe(1);
    expect(findingsIn(folder).costUsd).toBeCloseTo(paid, 10);

    await start(resume(folder, "--budget", "5")).ended;

    expect(findingsIn(folder).conclusion).toBe("success");
    expect(paidIn(folder)).toBeGreaterThan(paid);
    expect(findingsIn(folder).costUsd).toBeCloseTo(paidIn(folder), 10);
  });

  it("is told again with the lenses and the verifier it had", async () => {
    const base = "verifying";
    const git = (args: string[]): Promise<unknown> => promisify(execFile)("git", args);
    const settings = join(shop.directory, ".github/parallel-review.yml");
    await git(["-C", shop.directory, "checkout", "--quiet", "-b", base]);
    writeFileSync(settings, readFileSync(settings, "utf8").replace("verify: off", "verify: on"));
    await git([
      "-C",
      shop.directory,
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@example.com",
      "commit",
      "-qam",
      "Verify",
    ]);
    claude.script((request, info) => {
      const isVerifier = request.body["model"] === "claude-haiku-5-5";
      return isVerifier ? toolTurn([{ name: "report_verdict", input: VERDICT }]) : diligent(request, info);
    });
    const [folder, again] = [join(root, "verified"), join(root, "verified-again")];
    const asked = claude.journal.messages.length;
    const options = ["--base", base, "--lens", "security", "--verifier-model", "claude-haiku-5-5"];

    const first = await start([...review(folder), ...options]).ended;
    const models = claude.journal.messages.slice(asked).map(({ request }) => request?.body["model"]);
    const count = claude.journal.messages.length;
    const replay = ["review", "--replay", join(folder, "transcript.jsonl"), "--repo", shop.directory, "--quiet"];
    const replayed = await start([...replay, "--output-dir", again]).ended;
    claude.script(diligent);

    expect(transcriptIn(folder)[0]).toMatchObject({
      request: { lenses: ["security"], verifierModel: "claude-haiku-5-5" },
    });
    expect(new Set(models)).toEqual(new Set(["claude-sonnet-5-5", "claude-haiku-5-5"]));
    expect(replayed).toEqual(first);
    expect(readFileSync(join(again, "findings.json"), "utf8")).toBe(
      readFileSync(join(folder, "findings.json"), "utf8"),
    );
    expect(claude.journal.messages).toHaveLength(count);
  });

  it("is refused when the head is another one, and says so", async () => {
    const folder = copyOfKilled("moved");
    const file = join(folder, "transcript.jsonl");
    const other = `${"0".repeat(39)}1`;
    writeFileSync(file, readFileSync(file, "utf8").replace(shop.head, other));
    const asked = claude.journal.messages.length;

    const refused = await start(resume(folder)).ended;

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`it is about ${other}, but the head is ${shop.head} now`);
    expect(claude.journal.messages).toHaveLength(asked);
  });
});

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { gitEnvironment, runGit, type GitDirectory } from "../../../src/adapters/git/run-git.ts";
import { ExternalError } from "../../../src/domain/errors.ts";
import { GIT_PROGRAM } from "../../support/git-fixture.ts";

const signal = new AbortController().signal;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pr-run-git-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function scripted(script: string): GitDirectory {
  const executable = join(folder, "git");
  writeFileSync(executable, `#!/bin/sh\n${script}\n`);
  chmodSync(executable, 0o755);
  return { program: { ...GIT_PROGRAM, executable }, gitDir: folder };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

describe("gitEnvironment", () => {
  it("passes on paths, proxies and certificates, and no secret or git setting", () => {
    const environment = gitEnvironment({
      PATH: "/bin",
      HTTPS_PROXY: "http://proxy",
      ANTHROPIC_API_KEY: "key",
      GITHUB_TOKEN: "token",
      GIT_SSH_COMMAND: "evil",
      GIT_TRACE: "1",
      HOME: "/root",
      NO_PROXY: undefined,
    });

    expect(environment).toEqual({ PATH: "/bin", HTTPS_PROXY: "http://proxy" });
  });
});

describe("runGit", () => {
  it("gives git no other environment than its own, and extra configuration in it, never in argv", async () => {
    const config = { "http.https://x/.extraHeader": "Authorization: secret" };

    const { output } = await runGit(scripted('env; echo "ARGV $*"'), ["status"], signal, { config });

    const text = output.toString();
    expect(text).toContain("GIT_CONFIG_VALUE_0=Authorization: secret");
    expect(text).toContain(`GIT_DIR=${folder}`);
    expect(/^ARGV .*$/m.exec(text)?.[0]).not.toContain("secret");
    const names = text.split("\n").flatMap((line) => /^([A-Z_a-z0-9]+)=/.exec(line)?.[1] ?? []);
    const expected = [...Object.keys(GIT_PROGRAM.environment), "PWD", "_", "SHLVL", "OLDPWD", "LC_ALL"];
    expect(names.filter((name) => !name.startsWith("GIT_") && !expected.includes(name))).toEqual([]);
  });

  it("says what git said when it fails, on one line", async () => {
    const failing = runGit(scripted("echo one >&2; echo two >&2; exit 3"), ["ls-tree", "x"], signal);

    const error: unknown = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExternalError);
    expect(error).toMatchObject({ system: "git", message: "git ls-tree failed (exit 3): one; two" });
  });

  it("explains a partial clone", async () => {
    const failing = runGit(
      scripted("echo 'fatal: could not fetch abc from promisor remote' >&2; exit 128"),
      ["x"],
      signal,
    );

    await expect(failing).rejects.toThrow("git fetch --refetch");
  });

  it("stops at the limit of the output", async () => {
    const endless = runGit(scripted("while :; do echo 0123456789; done"), ["log"], signal, { maxBytes: 100_000 });

    await expect(endless).rejects.toThrow("printed more than 100000 bytes");
  });

  it("kills git and its children on abort", async () => {
    const controller = new AbortController();
    const running = runGit(scripted(`sleep 60 &\necho $$ $! > ${folder}/pids\nwait`), ["fetch"], controller.signal);
    running.catch(() => undefined);
    await expect.poll(() => readOrEmpty(join(folder, "pids"))).toMatch(/^\d+ \d+\n$/);
    const pids = readOrEmpty(join(folder, "pids")).trim().split(" ").map(Number);

    controller.abort(new Error("stopped"));

    await expect(running).rejects.toThrow("stopped");
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  it("does not start with an aborted signal", async () => {
    const running = runGit(scripted(`touch ${folder}/started`), ["x"], AbortSignal.abort(new Error("stopped")));

    await expect(running).rejects.toThrow("stopped");
    expect(() => readFileSync(join(folder, "started"))).toThrow("ENOENT");
  });
});

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

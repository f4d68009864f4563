import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { nodeProgram } from "../../../src/adapters/sandbox/node-program.ts";
import { checkerOn, sandboxChecker } from "../../../src/adapters/sandbox/sandbox-checker.ts";
import type { SandboxOptions } from "../../../src/adapters/sandbox/sandbox-options.ts";
import { editLog } from "../../../src/domain/edit-log.ts";
import type { CheckResult } from "../../../src/ports/checker.ts";
import { memorySnapshot, type MemoryFile } from "../../support/memory-snapshot.ts";
import { ownDependencies, TEST_LIMITS, workingRungs } from "./rungs.ts";

const signal = new AbortController().signal;
const rungs = await workingRungs();
const TSC = ["tsc", "--noEmit", "--pretty", "false"];
const TSCONFIG = JSON.stringify({ compilerOptions: { strict: true, types: [] }, include: ["src"] });
const BASE: Readonly<Record<string, MemoryFile>> = {
  "tsconfig.json": TSCONFIG,
  "src/base.ts": "export abstract class Base { abstract run(): number; }\n",
  "src/one.ts": "import { Base } from './base';\nexport class One extends Base { run() { return 1; } }\n",
};

async function options(command: readonly string[], over: Partial<SandboxOptions> = {}): Promise<SandboxOptions> {
  return {
    command,
    sandbox: "required",
    dependencies: [],
    node: await nodeProgram(process.execPath),
    temporaryDirectory: await mkdtemp(join(tmpdir(), "sandbox-test-")),
    path: "/usr/bin:/bin",
    redact: (text) => text,
    parallel: 2,
    limits: TEST_LIMITS,
    ...over,
  };
}

async function tsc(
  files: Readonly<Record<string, MemoryFile>>,
  edits: Readonly<Record<string, string>> = {},
): Promise<CheckResult> {
  await using checker = sandboxChecker(await options(TSC, { dependencies: await ownDependencies() }));
  const log = editLog(Object.entries(edits).map(([path, text]) => ({ kind: "create", path, text })));
  return await checker.check({ base: memorySnapshot(files), edits: log }, signal);
}

describe.skipIf(rungs.length === 0)("a type check in the sandbox", () => {
  it("passes a tree that is right", async () => {
    expect(await tsc(BASE)).toMatchObject({ status: "passed", output: "", notes: [] });
  });

  it("fails an edit that is wrong, with paths as the repository has them", async () => {
    const result = await tsc(BASE, {
      "src/one.ts": "import { Base } from './base';\nexport class One extends Base {}\n",
    });

    expect(result).toMatchObject({ status: "failed", exitCode: expect.any(Number), timedOut: false });
    expect(result).toMatchObject({ output: expect.stringMatching(/^src\/one\.ts\(2,14\): error TS2515/) });
  });

  it("cannot be made to print files of the machine", async () => {
    const result = await tsc({
      ...BASE,
      "tsconfig.json": '{"extends": "/etc/passwd", "files": ["src/x.ts", "src/environ.ts", "/etc/passwd.ts"]}',
      "src/x.ts": "import '/etc/passwd';\n/// <reference path='/etc/hostname' />\n",
      "src/environ.ts": { symlink: "/proc/self/environ" },
    });

    expect(result).toMatchObject({
      status: "failed",
      notes: ["1 symbolic link that leads out of the tree was left out"],
    });
    expect(JSON.stringify(result)).not.toMatch(/root:|PATH=/);
  });

  it("runs nothing that the repository asks to be run", async () => {
    const script = "require('fs').writeFileSync('/tmp/pwn', ''); console.log('PWNED')";

    const result = await tsc({
      ...BASE,
      "package.json": JSON.stringify({ scripts: { postinstall: `node -e "${script}"`, tsc: "echo PWNED" } }),
      ".npmrc": "script-shell=./evil.sh\n",
      "evil.sh": { text: "#!/bin/sh\necho PWNED\n", executable: true },
      ".husky/pre-commit": { text: "#!/bin/sh\necho PWNED\n", executable: true },
      "eslint.config.js": script,
      "tsconfig.json": JSON.stringify({
        compilerOptions: { plugins: [{ name: "./evil.js" }], types: [] },
        include: ["src"],
      }),
      "evil.js": script,
      tsc: { text: "#!/bin/sh\necho PWNED\n", executable: true },
    });

    expect(result).toMatchObject({ status: "passed", output: "" });
  });

  it("cannot change the dependencies for the next one", async () => {
    const script =
      "try { fs.appendFileSync('node_modules/typescript/package.json', ' '); console.log('wrote') } catch { console.log('denied') }";
    await using checker = sandboxChecker(
      await options(["node", "-e", script], { dependencies: await ownDependencies() }),
    );

    expect(await checker.check({ base: memorySnapshot({}), edits: [] }, signal)).toMatchObject({ output: "denied\n" });
  });
});

describe.skipIf(rungs.length === 0)("a checker", () => {
  it("keeps the keys of the process that runs it out of everything that the check can see", async () => {
    const canary = `canary-${Math.random().toString(36).slice(2)}`;
    const source = (path: string): string => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href);
    const settings = await options([
      "/bin/sh",
      "-c",
      "cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n'; env; ps auxe 2>/dev/null; echo end",
    ]);
    const program = `
      const { sandboxChecker } = await import(${source("src/adapters/sandbox/sandbox-checker.ts")});
      const { memorySnapshot } = await import(${source("test/support/memory-snapshot.ts")});
      await using checker = sandboxChecker({ ...${JSON.stringify(settings)}, redact: (text) => text });
      console.log(JSON.stringify(await checker.check({ base: memorySnapshot({}), edits: [] }, new AbortController().signal)));
    `;

    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      env: { ANTHROPIC_API_KEY: canary, GITHUB_TOKEN: canary },
      encoding: "utf8",
    });

    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ status: "passed", output: expect.stringMatching(/CI=1[^]*end\n$/) });
    expect(stdout).not.toContain(canary);
  });

  it("masks secrets and takes escape sequences out of what the check prints", async () => {
    await using checker = sandboxChecker(
      await options(["printf", String.raw`\033[31mred\033[0m 10%%\r20%%\r\n\033]8;;http://x\007secret\n`], {
        redact: (text) => text.replaceAll("secret", "[redacted]"),
      }),
    );

    const result = await checker.check({ base: memorySnapshot({}), edits: [] }, signal);

    expect(result).toMatchObject({ output: "red 10%\n20%\n[redacted]\n" });
  });

  it("checks several trees at once, each with its own edits", async () => {
    await using checker = sandboxChecker(await options(["cat", "a.ts"]));
    const base = memorySnapshot({ "a.ts": "base" });
    const log = (text: string) => editLog([{ kind: "modify", path: "a.ts", baseBlob: "1", executable: false, text }]);

    const results = await Promise.all(
      ["one", "two", "three"].map(async (text) => checker.check({ base, edits: log(text) }, signal)),
    );

    expect(results).toMatchObject([{ output: "one" }, { output: "two" }, { output: "three" }]);
    expect(await checker.check({ base, edits: [] }, signal)).toMatchObject({ output: "base" });
  });

  it("names what it ran in", async () => {
    await using checker = sandboxChecker(await options(["true"]));

    const result = await checker.check({ base: memorySnapshot({}), edits: [] }, signal);

    expect(result).toMatchObject({ isolation: expect.stringMatching(/^(?:bubblewrap|systemd|Linux namespaces)/) });
  });
});

describe("a checker without a sandbox", () => {
  it("runs nothing and says what to do", async () => {
    const find = async () => ({ reason: "no sandbox works here" });
    await using checker = checkerOn(await options(["true"]), find);

    expect(await checker.check({ base: memorySnapshot({}), edits: [] }, signal)).toEqual({
      status: "unavailable",
      reason: "no sandbox works here",
    });
  });

  it("runs nothing on a tree that it cannot see in full", async () => {
    await using checker = sandboxChecker(await options(["true"]));

    expect(await checker.check({ base: memorySnapshot({}, { truncated: true }), edits: [] }, signal)).toMatchObject({
      status: "unavailable",
    });
  });

  it.each([[[]], [[""]], [["-x"]], [["A=b", "true"]], [["tsc", "a\0b"]]])("refuses the command %j", async (command) => {
    const settings = await options(command);

    expect(() => sandboxChecker(settings)).toThrow("JSON array");
  });

  it("switched off by a person, runs with four variables on a copy of its own, and says so", async () => {
    const script =
      "fs.appendFileSync('a.ts', 'x'); console.log(fs.readFileSync('a.ts', 'utf8'), Object.keys(process.env).sort().join())";
    const path = join(process.execPath, "..");
    await using checker = sandboxChecker(
      await options(["node", "-e", script], { sandbox: "off", path, dependencies: await ownDependencies() }),
    );
    const tree = { base: memorySnapshot({ "a.ts": "base" }), edits: [] };

    const results = [await checker.check(tree, signal), await checker.check(tree, signal)];

    expect(results).toMatchObject([
      { status: "passed", output: "basex CI,HOME,LANG,PATH\n", isolation: expect.stringContaining("no sandbox") },
      { status: "passed", output: "basex CI,HOME,LANG,PATH\n" },
    ]);
  });

  it("switched off, still kills a command at its time limit, and leaves the dependencies when it cleans up", async () => {
    const settings = await options(["sleep", "1000"], {
      sandbox: "off",
      dependencies: await ownDependencies(),
      limits: { ...TEST_LIMITS, wallSeconds: 0.3 },
    });
    const checker = sandboxChecker(settings);

    const result = await checker.check({ base: memorySnapshot({}), edits: [] }, signal);
    await checker[Symbol.asyncDispose]();

    expect(result).toMatchObject({ status: "failed", timedOut: true });
    expect(await readdir(settings.temporaryDirectory)).toEqual([]);
    expect(
      await readFile(join(settings.dependencies[0]?.directory ?? "", "typescript/package.json"), "utf8"),
    ).toContain("typescript");
  });
});

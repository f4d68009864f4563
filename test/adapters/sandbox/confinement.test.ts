import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { INSTRUCTIONS } from "../../../src/adapters/sandbox/ladder.ts";
import type { CheckResult } from "../../../src/ports/checker.ts";
import { memorySnapshot, type MemoryFile } from "../../support/memory-snapshot.ts";
import { aChecker, type NamedRung, processesWith, type RungOptions, workingRungs } from "./rungs.ts";

const signal = new AbortController().signal;
const rungs = await workingRungs();
const server = createServer((socket) => socket.destroy());

beforeAll(
  () =>
    new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    }),
);
afterAll(() => server.close());

function portOf(): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function run(
  { rung }: NamedRung,
  command: readonly string[],
  files: Readonly<Record<string, MemoryFile>> = {},
  over: RungOptions = {},
): Promise<Exclude<CheckResult, { status: "unavailable" }>> {
  await using checker = await aChecker(rung, command, over);
  const result = await checker.check({ base: memorySnapshot(files), edits: [] }, signal);
  if (result.status === "unavailable") throw new Error(result.reason);
  return result;
}

const sh = (script: string): readonly string[] => ["/bin/sh", "-c", script];
const js = (script: string): readonly string[] => ["node", "-e", script];
/** An argument that no other process has. */
const mark = (): string => `9${Math.floor(Math.random() * 1e9)}.5`;

describe.skipIf(rungs.length === 0).each(rungs)("a check in $name", (named) => {
  it("sees the tree and nothing but the tree", async () => {
    const { status, output } = await run(named, js('console.log(fs.readdirSync(".").join(), process.cwd())'), {
      "a.ts": "",
      "src/b.ts": "",
    });

    expect({ status, output }).toEqual({ status: "passed", output: "a.ts,src /work\n" });
  });

  it("says how the command ended, and keeps what both streams said", async () => {
    const result = await run(named, sh("echo out; echo err >&2; exit 3"));

    expect(result).toMatchObject({ status: "failed", exitCode: 3, timedOut: false });
    expect(result.output.split("\n").toSorted()).toEqual(["", "err", "out"]);
  });

  it("has four variables and no others", async () => {
    const { output } = await run(named, js("console.log(Object.keys(process.env).sort().join())"));

    expect(output).toBe("CI,HOME,LANG,PATH\n");
  });

  it("cannot read the machine: no accounts, no homes, no folder of ours, no environment", async () => {
    const folder = await mkdtemp(join(tmpdir(), "canary-"));
    await writeFile(join(folder, "secret"), "canary");
    const paths = ["/etc/passwd", "/etc/shadow", "/root", "/home", folder, join(folder, "secret"), "/var", "/run"];

    const { output } = await run(
      named,
      js(`
      for (const path of ${JSON.stringify(paths)}) {
        try { fs.accessSync(path); console.log("can see", path); } catch {}
      }
      const seen = fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name));
      console.log(seen.length <= 3 ? "alone" : seen.join());
    `),
    );

    expect(output).toBe("alone\n");
  });

  it("has no network: not this machine's loopback, not the world", async () => {
    const { output } = await run(
      named,
      js(`
      const net = require("node:net");
      for (const [host, port] of [["127.0.0.1", ${portOf()}], ["1.1.1.1", 443], ["::1", ${portOf()}]]) {
        net.connect({ host, port }).on("connect", () => console.log("reached", host)).on("error", () => console.log("refused"));
      }
    `),
    );

    expect(output).toBe("refused\nrefused\nrefused\n");
  });

  it("cannot gain privileges", async () => {
    const { output } = await run(
      named,
      sh("grep -E 'NoNewPrivs|CapEff|CapBnd' /proc/self/status; sudo -n true 2>&1 && echo root"),
    );

    expect(output).toMatch(/CapEff:\s+0+\n/);
    expect(output).toMatch(/NoNewPrivs:\s+1\n/);
    expect(output).not.toContain("root");
  });

  it("cannot write anywhere but in its own temporary folder", async () => {
    await using checker = await aChecker(
      named.rung,
      sh(
        "cat a.ts; for f in a.ts new.ts /usr/x /node/x /x /dev/x; do (echo evil > $f) 2>/dev/null && echo wrote $f; done; chmod 777 a.ts; rm -rf a.ts; echo ok > /tmp/t && cat /tmp/t",
      ),
    );
    const tree = { base: memorySnapshot({ "a.ts": "good\n" }), edits: [] };

    const first = await checker.check(tree, signal);
    const second = await checker.check(tree, signal);

    for (const result of [first, second]) {
      expect(result).toMatchObject({ status: "passed", output: expect.stringMatching(/^good\n[^]*ok\n/) });
      expect(result).not.toMatchObject({ output: expect.stringContaining("wrote") });
    }
  });

  it("leaves no process behind, however it tries", async () => {
    const [one, two] = [mark(), mark()];

    const result = await run(named, sh(`sleep ${one} & setsid sleep ${two} >/dev/null 2>&1 & exit 0`));

    expect(result.status).toBe("passed");
    expect(await processesWith(one)).toEqual([]);
    expect(await processesWith(two)).toEqual([]);
  });

  it("is killed at its time limit with all that it started, though it ignores signals", async () => {
    const unique = mark();

    const result = await run(
      named,
      sh(`trap '' TERM INT HUP; echo started; (trap '' TERM; sleep ${unique}) & sleep ${unique}; sleep ${unique}`),
      {},
      { limits: { wallSeconds: 1 } },
    );

    expect(result).toMatchObject({ status: "failed", exitCode: undefined, timedOut: true, output: "started\n" });
    expect(await processesWith(unique)).toEqual([]);
  });

  it("is killed on abort", async () => {
    const unique = mark();
    await using checker = await aChecker(named.rung, sh(`sleep ${unique}`));
    const controller = new AbortController();
    const checking = checker.check({ base: memorySnapshot({}), edits: [] }, controller.signal);
    while ((await processesWith(unique)).length === 0) await new Promise(setImmediate);

    controller.abort(new Error("enough"));

    await expect(checking).rejects.toThrow("enough");
    expect(await processesWith(unique)).toEqual([]);
  });

  it("fills neither the disk nor our memory", async () => {
    const { output } = await run(
      named,
      sh(
        "yes > /tmp/f; i=0; while echo $i | cat - /tmp/f > /tmp/f$i 2>/dev/null; do i=$((i+1)); done; du -sm /tmp | cut -f1",
      ),
    );
    const flood = await run(named, ["yes", "x".repeat(1_000)]);

    expect(Number(output.trim().split("\n").at(-1))).toBeLessThanOrEqual(17);
    expect(flood).toMatchObject({ status: "failed", exitCode: undefined, timedOut: false });
    expect(flood.notes.join()).toContain("printed without end");
    expect(Buffer.byteLength(flood.output)).toBeLessThan(66_000);
  });

  // As root the kernel does not count processes: the time limit alone would end it, after much harm to this machine.
  it.skipIf(named.asRoot)("survives a fork bomb", async () => {
    const unique = mark();

    const result = await run(
      named,
      sh(`bomb() { sleep ${unique} & bomb | bomb & }; bomb 2>/dev/null; sleep ${unique}`),
      {},
      { limits: { wallSeconds: 1 } },
    );

    expect(result).toMatchObject({ status: "failed" });
    expect(await processesWith(unique)).toEqual([]);
  });

  it("does not take its command for shell", async () => {
    const { output } = await run(named, ["printf", "%s|", "$(id)", "; id", "`id`", "a b", "--", "*"]);

    expect(output).toBe("$(id)|; id|`id`|a b|--|*|");
  });

  it("says that a command is not there instead of that it fails", async () => {
    await using checker = await aChecker(named.rung, ["no-such-compiler", "--noEmit"]);

    const result = await checker.check({ base: memorySnapshot({}), edits: [] }, signal);

    expect(result).toMatchObject({ status: "unavailable", reason: expect.stringContaining('"no-such-compiler"') });
  });

  it("leaves nothing on the disk", async () => {
    const checker = await aChecker(named.rung, ["true"]);
    await checker.check({ base: memorySnapshot({ "a/b.ts": "x" }), edits: [] }, signal);

    await checker[Symbol.asyncDispose]();

    expect(await readdir(checker.temporaryDirectory)).toEqual([]);
  });
});

// Where the tests must not pass by skipping everything above, set REQUIRE_SANDBOX=1.
it.runIf(process.env["REQUIRE_SANDBOX"] === "1")("at least one confinement works on this machine", () => {
  expect(rungs.map(({ name }) => name)).not.toEqual([]);
});

describe("instructions for a machine without a sandbox", () => {
  it("name the package and what switching it off means", () => {
    expect(INSTRUCTIONS).toContain("apt-get install bubblewrap");
    expect(INSTRUCTIONS).toContain("sandbox: off");
  });
});

import { chmod, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { nodeProgram } from "../../../src/adapters/sandbox/node-program.ts";
import { readBack } from "../../../src/adapters/sandbox/read-back.ts";
import { formatterOn } from "../../../src/adapters/sandbox/sandbox-formatter.ts";
import type { EditLog } from "../../../src/domain/edit-log.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";
import { TEST_LIMITS, workingRungs } from "./rungs.ts";

const signal = new AbortController().signal;
const rungs = await workingRungs();
const BASE = { "src/a.ts": "let a = 1\n", "src/b.ts": "let b = 1\n", "package.json": "{}\n" };
const EDITS: EditLog = [
  { kind: "modify", path: "src/a.ts", baseBlob: "", executable: false, text: "let   a = 2\n" },
  { kind: "create", path: "src/-n.ts", text: "let   n = 2\n" },
];
const TIDY = "const fs = require('fs'); for (const f of process.argv.slice(1)) fs.writeFileSync(f, ";

async function format({ rung }: (typeof rungs)[number], script: string, ...args: string[]) {
  const temporaryDirectory = await mkdtemp(join(tmpdir(), "formatter-test-"));
  await chmod(temporaryDirectory, 0o755);
  const formatter = formatterOn(
    {
      command: ["node", "-e", script, ...args],
      sandbox: "required",
      dependencies: [],
      node: await nodeProgram(process.execPath),
      temporaryDirectory,
      path: "/usr/bin:/bin",
      redact: (text) => text,
      limits: TEST_LIMITS,
    },
    async () => Promise.resolve({ rung }),
  );
  return formatter.format({ base: memorySnapshot(BASE), edits: EDITS }, signal);
}

describe.each(rungs)("a formatter in $name", (rung) => {
  it("changes the edited files that its command names", async () => {
    const result = await format(rung, `${TIDY} fs.readFileSync(f, 'utf8').replace(/ +/g, ' '))`, "{files}");

    expect(result).toMatchObject({
      status: "formatted",
      edits: [
        { path: "src/a.ts", kind: "modify", text: "let a = 2\n" },
        { path: "src/-n.ts", kind: "create", text: "let n = 2\n" },
      ],
    });
  });

  it("may replace a file by a new one, and drops an edit that is as the base again", async () => {
    const script = `const fs = require('fs'); fs.writeFileSync('src/t', ${JSON.stringify(BASE["src/a.ts"])}); fs.renameSync('src/t', 'src/a.ts')`;

    expect(await format(rung, script)).toMatchObject({ status: "formatted", edits: [{ path: "src/-n.ts" }] });
  });

  it("gets nothing else into the change, whatever it writes", async () => {
    const script = `const fs = require('fs'); for (const f of ['src/b.ts', 'src/new.ts', 'package.json', '/work/x'])
      try { fs.writeFileSync(f, 'mine') } catch {}`;

    expect(await format(rung, script)).toEqual({ status: "formatted", edits: EDITS });
  });

  it.each([
    ["a link in place of a file", "fs.rmSync('src/a.ts'); fs.symlinkSync('/etc/passwd', 'src/a.ts')"],
    ["a file taken away", "fs.rmSync('src/a.ts')"],
    ["bytes that are no text", "fs.writeFileSync('src/a.ts', Buffer.from([0xff, 0xfe]))"],
    ["an invisible character", "fs.writeFileSync('src/a.ts', 'let a\\u202e = 2')"],
    ["a text out of all proportion", "fs.writeFileSync('src/a.ts', 'x'.repeat(100000))"],
    ["a failure", "process.exit(3)"],
  ])("takes nothing from a run that ends with %s", async (_, script) => {
    expect(await format(rung, `const fs = require('fs'); ${script}`)).toMatchObject({ status: "failed" });
  });
});

describe("readBack", () => {
  it("follows no folder that has become a link", async () => {
    const directory = await mkdtemp(join(tmpdir(), "read-back-"));
    await mkdir(join(directory, "tree"));
    await mkdir(join(directory, "outside"));
    await writeFile(join(directory, "outside/a.ts"), "secret");
    await symlink("../outside", join(directory, "tree/src"));

    expect(await readBack(join(directory, "tree"), "src/a.ts")).toBeUndefined();
    expect(await readBack(join(directory, "outside"), "a.ts")).toBe("secret");
  });
});

import { describe, expect, it } from "vitest";

import { MAX_NEW_FILES } from "../../src/domain/edit-limits.ts";
import type { EditLog } from "../../src/domain/edit-log.ts";
import { workingCopy, type WorkingCopy, type Written } from "../../src/subagent/working-copy.ts";
import { memorySnapshot, type MemoryFile } from "../support/memory-snapshot.ts";

const signal = new AbortController().signal;

const TREE: Readonly<Record<string, MemoryFile>> = {
  ".github/workflows/ci.yml": "on: push\n",
  "bin/run": { text: "#!/bin/sh\n", executable: true },
  "crlf.ts": "a\r\nb\r\n",
  "data.bin": new Uint8Array([0, 1]),
  "empty.ts": "",
  "huge.ts": "x".repeat(5_000),
  "latin1.ts": new Uint8Array([0x63, 0x61, 0x66, 0xe9, 0x0a]),
  lib: { submodule: "1".repeat(40) },
  link: { symlink: "../outside" },
  "marked.ts": "\uFEFFconst a = 1;\n",
  "package.json": "{}\n",
  "src/a.ts": "const a = 1;\n",
  "src/b.ts": "const b = 1;\n",
};

function copyOf(
  paths: readonly string[],
  over: {
    readonly named?: readonly string[];
    readonly newTests?: boolean;
    readonly start?: EditLog;
    readonly truncated?: boolean;
  } = {},
): WorkingCopy {
  const snapshot = memorySnapshot(TREE, { maxBytes: 4_000, truncated: over.truncated ?? false });
  return workingCopy(snapshot, {
    scope: { paths, newFiles: over.newTests === true ? [{ folder: "test", prefix: "", suffix: ".test.ts" }] : [] },
    named: new Set(over.named),
    start: over.start ?? [],
  });
}

const change = (old: string, fresh: string): { old: string; new: string; all: boolean } => ({
  old,
  new: fresh,
  all: false,
});

function problem(written: Written): string {
  if (written.ok) throw new Error("expected a problem");
  return written.problem;
}

describe("working copy", () => {
  it("makes a log of whole texts against the base's blobs", async () => {
    const copy = copyOf(["src/a.ts", "src/new.ts"]);
    const base = (await memorySnapshot(TREE).list(signal)).find(({ path }) => path === "src/a.ts");

    await copy.edit("src/a.ts", change("1", "2"), signal);
    await copy.edit("src/a.ts", change("a = 2", "a = 3"), signal);
    await copy.write("src/new.ts", "export {};\n", signal);

    expect(copy.log()).toEqual([
      { kind: "modify", path: "src/a.ts", baseBlob: base?.blob, executable: false, text: "const a = 3;\n" },
      { kind: "create", path: "src/new.ts", text: "export {};\n" },
    ]);
    expect(await copy.view.read("src/a.ts", signal)).toEqual({ kind: "text", text: "const a = 3;\n" });
  });

  it("forgets a file that is as it was", async () => {
    const copy = copyOf(["src/a.ts"]);

    await copy.edit("src/a.ts", change("1", "2"), signal);
    await copy.edit("src/a.ts", change("2", "1"), signal);

    expect(copy.log()).toEqual([]);
  });

  it("makes changes that are asked for at the same time one after the other", async () => {
    const copy = copyOf(["src/a.ts"]);

    const results = await Promise.all(
      ["2", "3", "4"].map((digit, index) => copy.edit("src/a.ts", change(String(index + 1), digit), signal)),
    );

    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(copy.log()).toMatchObject([{ text: "const a = 4;\n" }]);
  });

  it("goes on from what its owner had written before", async () => {
    const first = copyOf(["src/a.ts"]);
    await first.edit("src/a.ts", change("1", "2"), signal);

    const second = copyOf(["src/a.ts"], { start: first.log() });
    await second.edit("src/a.ts", change("2", "3"), signal);

    expect(second.log()).toEqual([{ ...first.log()[0], text: "const a = 3;\n" }]);
  });

  it.each(["src/b.ts", "src/A.ts", "src", "src/a.ts/x", ".git/config", "etc/passwd", "__proto__", "constructor"])(
    "denies %s, which is outside its scope, and changes nothing",
    async (path) => {
      const copy = copyOf(["src/a.ts"]);

      expect(problem(await copy.write(path, "evil", signal))).toContain('You may write "src/a.ts".');
      expect(problem(await copy.edit(path, change("", "evil"), signal))).toContain("may not");
      expect(copy.log()).toEqual([]);
    },
  );

  it.each([
    ".github/workflows/ci.yml",
    ".GitHub/workflows/x.yml",
    ".g\u200bithub/workflows/x.yml",
    ".github./workflows/x.yml",
    "sub/package.json",
    "package.json",
    "git~1/hooks/pre-commit",
    "CLAUDE.md",
    "vitest.config.ts",
    "Makefile",
  ])("denies %s even in its scope, unless a person named it", async (path) => {
    expect(problem(await copyOf([path]).write(path, "evil\n", signal))).toContain("a person has to name it");
  });

  it("writes a protected file and an executable that a person named, and keeps the mode", async () => {
    const copy = copyOf(["package.json", "bin/run"], { named: ["package.json", "bin/run"] });

    expect(await copy.edit("package.json", change("{}", "{ }"), signal)).toMatchObject({ ok: true });
    expect(await copy.edit("bin/run", change("sh", "bash"), signal)).toMatchObject({ ok: true });
    expect(copy.log()).toMatchObject([
      { path: "bin/run", executable: true },
      { path: "package.json", executable: false },
    ]);
  });

  it.each([
    ["bin/run", "executable"],
    ["link", "symbolic link"],
    ["lib", "submodule"],
    ["data.bin", "binary"],
    ["huge.ts", "too-large"],
    ["latin1.ts", "not UTF-8"],
  ])("denies %s: %s", async (path, why) => {
    const copy = copyOf([path]);

    expect(problem(await copy.write(path, "text\n", signal))).toContain(why);
    expect(copy.log()).toEqual([]);
  });

  it.each([
    ["SRC/a.ts", "differ in case only"],
    ["src/a.ts/b.ts", "is not a folder"],
    ["link/b.ts", "is not a folder"],
    ["lib/b.ts", "is not a folder"],
    ["src", "is a folder"],
  ])("does not create %s: it %s", async (path, why) => {
    expect(problem(await copyOf([path]).write(path, "text\n", signal))).toContain(why);
  });

  it("does not create what it may have created in other letters", async () => {
    const copy = copyOf(["new.ts", "New.ts"]);
    await copy.write("new.ts", "a\n", signal);

    expect(problem(await copy.write("New.ts", "b\n", signal))).toContain("case only");
    expect(await copy.write("new.ts", "c\n", signal)).toMatchObject({ ok: true, kind: "changed" });
  });

  it("creates new files only of the names that its scope has, and not without end", async () => {
    const copy = copyOf([], { newTests: true });

    const results = [];
    for (let index = 0; index < 500; index += 1) {
      results.push(await copy.write(`test/${index}.test.ts`, "x\n", signal));
    }

    expect(results.filter(({ ok }) => ok)).toHaveLength(MAX_NEW_FILES);
    expect(copy.log()).toHaveLength(MAX_NEW_FILES);
    expect(problem(await copy.write("test/helper.ts", "x\n", signal))).toContain("may not");
  });

  it("does not change a file that is there through a pattern for new ones", async () => {
    const snapshot = memorySnapshot({ "test/a.test.ts": "it works\n" });
    const copy = workingCopy(snapshot, {
      scope: { paths: [], newFiles: [{ folder: "test", prefix: "", suffix: ".test.ts" }] },
      named: new Set(),
    });

    expect(problem(await copy.write("test/a.test.ts", "", signal))).toContain("not change");
  });

  it("creates nothing in a tree that it cannot see in full", async () => {
    expect(problem(await copyOf(["new.ts"], { truncated: true }).write("new.ts", "x\n", signal))).toContain(
      "too large",
    );
  });

  it("keeps CRLF and the byte order mark of a file that is written as a whole", async () => {
    const copy = copyOf(["crlf.ts", "marked.ts"]);

    await copy.write("crlf.ts", "x\ny\nz\n", signal);
    await copy.write("marked.ts", "const b = 2;\n", signal);

    expect(copy.log()).toMatchObject([{ text: "x\r\ny\r\nz\r\n" }, { text: "\uFEFFconst b = 2;\n" }]);
  });

  it("takes an empty old text for the creation of a file, never for a change", async () => {
    const copy = copyOf(["src/a.ts", "src/new.ts", "empty.ts"]);

    expect(await copy.edit("src/new.ts", change("", "x\n"), signal)).toMatchObject({ ok: true, kind: "created" });
    expect(await copy.edit("empty.ts", change("", "x\n"), signal)).toMatchObject({ ok: true, kind: "changed" });
    expect(problem(await copy.edit("src/a.ts", change("", "x"), signal))).toContain("has text");
    expect(problem(await copyOf(["src/no.ts"]).edit("src/no.ts", change("a", "x"), signal))).toContain(
      "does not exist",
    );
  });

  it.each([
    ["10 MB", "x".repeat(10_000_000), "bytes"],
    ["NUL", "a\0b", "NUL"],
    ["hidden text", "a\u{e0041}", "U+E0041"],
  ])("refuses to write %s, and keeps what it has", async (_, text, why) => {
    const copy = copyOf(["src/a.ts"]);
    await copy.edit("src/a.ts", change("1", "2"), signal);

    expect(problem(await copy.write("src/a.ts", text, signal))).toContain(why);
    expect(problem(await copy.edit("src/a.ts", change("2", text), signal))).toContain(why);
    expect(copy.log()).toMatchObject([{ text: "const a = 2;\n" }]);
  });

  it("measures growth against the file as it was, not against its own last edit", async () => {
    const copy = copyOf(["src/a.ts"]);
    let text = "x".repeat(15_000);
    expect(await copy.write("src/a.ts", text, signal)).toMatchObject({ ok: true });

    text = text.repeat(2);

    expect(problem(await copy.write("src/a.ts", text, signal))).toContain("at most 20026");
  });

  it("stops on abort and stays usable", async () => {
    const copy = copyOf(["src/a.ts"]);

    await expect(copy.write("src/a.ts", "x\n", AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    expect(await copy.write("src/a.ts", "y\n", signal)).toMatchObject({ ok: true });
  });
});

import { describe, expect, it } from "vitest";

import { runTool } from "../../../src/subagent/toolbox.ts";
import { compileGlob } from "../../../src/subagent/tools/compile-glob.ts";
import { readOnlyTools } from "../../../src/subagent/tools/read-only-tools.ts";
import { memorySnapshot, type MemoryFile } from "../../support/memory-snapshot.ts";

const signal = new AbortController().signal;

async function glob(files: Record<string, MemoryFile>, input: unknown): Promise<{ text: string; isError: boolean }> {
  const tools = readOnlyTools(memorySnapshot(files), ["Glob"]);
  const { text, isError } = await runTool(tools, { id: "c", name: "Glob", input }, signal);
  return { text, isError };
}

describe("compileGlob", () => {
  it.each([
    ["*.ts", ["a.ts", ".ts"], ["src/a.ts", "a.tsx", "a.ts/b"]],
    ["**/*.ts", ["a.ts", "src/a.ts", "a/b/.c.ts"], ["a.js"]],
    ["src/**", ["src/a", "src/a/b"], ["src", "srcs/a"]],
    ["src/", ["src/a", "src/a/b"], ["src"]],
    ["src/**/test/*.ts", ["src/test/a.ts", "src/a/b/test/c.ts"], ["src/test/a/b.ts"]],
    ["**", ["a", "a/b"], []],
    ["a**b", ["ab", "axb"], ["a/b"]],
    ["a?c", ["abc"], ["a/c", "ac"]],
    ["[a-c].ts", ["b.ts"], ["d.ts", "-.ts"]],
    ["[!a-c].ts", ["d.ts"], ["b.ts", "/.ts"]],
    ["[]x].ts", ["].ts", "x.ts"], ["a.ts"]],
    ["{a,b/{c,d}}.ts", ["a.ts", "b/c.ts", "b/d.ts"], ["b.ts", "c.ts"]],
    ["{src,test}/**/*.{ts,tsx}", ["src/a.ts", "test/a/b.tsx"], ["src/a.js"]],
    [".github/**/*.yml", [".github/workflows/ci.yml"], ["github/ci.yml"]],
    ["./a+(b).ts", ["a+(b).ts"], ["ab.ts", "abb.ts"]],
    ["/a.ts", ["a.ts"], ["b/a.ts"]],
    ["a\\*b", ["a*b"], ["axb"]],
    ["größe*", ["größe.md"], []],
    ["$(touch x)", ["$(touch x)"], []],
  ])("%s", (pattern, matching, others) => {
    const matches = compileGlob(pattern);

    expect(matching.filter((path) => matches?.(path) !== true)).toEqual([]);
    expect(others.filter((path) => matches?.(path) === true)).toEqual([]);
  });

  it("matches a pattern without a slash in every folder when asked to", () => {
    const matches = compileGlob("*.ts", { anyDepth: true });

    expect([matches?.("a/b.ts"), matches?.("b.ts"), matches?.("b.js")]).toEqual([true, true, false]);
  });

  it.each(["", "[a", "{a,b", "x".repeat(300), "[z-a]"])("does not understand %j", (pattern) => {
    expect(compileGlob(pattern)).toBeUndefined();
  });

  it.each(["{a,b}".repeat(20), "*a".repeat(60), "**/".repeat(60), "*".repeat(200), "{{{{a,b},c},d},e}*".repeat(5)])(
    "stays linear on a hostile pattern and path: %s",
    (pattern) => {
      const path = `${"a".repeat(250)}/`.repeat(4).slice(0, -1);
      const matches = compileGlob(pattern);

      for (let round = 0; round < 20; round += 1) expect(matches?.(path)).toEqual(expect.any(Boolean));
    },
    2_000,
  );
});

describe("Glob", () => {
  const files = { ".github/ci.yml": "", "src/b.ts": "", "src/a/c.ts": "", "src2/d.ts": "", link: { symlink: "src" } };

  it("lists matching paths sorted, dot files and links included", async () => {
    expect(await glob(files, { pattern: "**" })).toEqual({
      text: ".github/ci.yml\nlink\nsrc/a/c.ts\nsrc/b.ts\nsrc2/d.ts",
      isError: false,
    });
  });

  it("counts from the folder, and gives paths from the root", async () => {
    expect((await glob(files, { pattern: "*.ts", path: "/src/" })).text).toBe("src/b.ts");
  });

  it("stops at 100 and says so", async () => {
    const many = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`f${1_000 + index}`, ""]));

    const { text } = await glob(many, { pattern: "*" });

    expect(text.split("\n")).toHaveLength(101);
    expect(text).toContain("[truncated: 100 of 130 paths.");
  });

  it("says that nothing matches, and that a folder is not there", async () => {
    expect(await glob(files, { pattern: "*.go" })).toEqual({ text: "No files match.", isError: false });
    expect(await glob(files, { pattern: "*", path: "nowhere" })).toMatchObject({ isError: true });
    expect(await glob(files, { pattern: "*", path: "link/x" })).toMatchObject({ isError: true });
  });

  it.each(["../**", "/etc/../..", "~/", "a\0"])("refuses the folder %j", async (path) => {
    expect(await glob(files, { pattern: "*", path })).toMatchObject({ isError: true });
  });

  it("never shows a name that reorders or breaks the list", async () => {
    const { text } = await glob({ "a\u202eb.ts": "" }, { pattern: "**" });

    expect(text).toBe("a⟪U+202E⟫b.ts");
  });
});

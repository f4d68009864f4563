import { describe, expect, it } from "vitest";

import { runTool } from "../../../src/subagent/toolbox.ts";
import { readOnlyTools } from "../../../src/subagent/tools/read-only-tools.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const signal = new AbortController().signal;
const snapshot = memorySnapshot(
  {
    "README.md": "# Shop\r\nsecond\r\n",
    "assets/logo.png": new Uint8Array([0, 1]),
    "empty.ts": "",
    "evil.ts": "if (admin\u202e) {}\nrm\r-rf",
    "huge.sql": "x".repeat(200),
    lib: { submodule: "1".repeat(40) },
    link: { symlink: "/etc/passwd\u202e" },
    "long-line.js": `${"a".repeat(5_000)}\nend`,
    "long.txt": Array.from({ length: 5_000 }, (_, index) => `line ${index + 1}`).join("\n"),
    "src/orders.ts": "export {};",
    "wide.txt": `${"w".repeat(1_990)}\n`.repeat(100),
  },
  { maxBytes: 250_000 },
);

async function read(input: unknown): Promise<{ text: string; isError: boolean }> {
  const { text, isError } = await runTool(readOnlyTools(snapshot, ["Read"]), { id: "c", name: "Read", input }, signal);
  return { text, isError };
}

describe("Read", () => {
  it.each(["README.md", "/README.md", "./README.md"])(
    "numbers the lines of %s and leaves out line ends",
    async (file_path) => {
      expect(await read({ file_path })).toEqual({ text: "     1\t# Shop\n     2\tsecond", isError: false });
    },
  );

  it("shows a page and says where to go on", async () => {
    const { text } = await read({ file_path: "long.txt", offset: 10, limit: 2 });

    expect(text).toBe(
      "    10\tline 10\n    11\tline 11\n[PARTIAL view: lines 10-11 of 5000. Continue with offset 12.]",
    );
  });

  it("shows the first page of a file that is longer than the limit", async () => {
    const { text } = await read({ file_path: "long.txt" });

    const lines = text.split("\n");
    expect(lines.at(-2)).toMatch(/^ +\d+\tline \d+$/);
    const last = Number(lines.at(-2)?.trim().split("\t")[0]);
    expect(lines.at(-1)).toBe(`[PARTIAL view: lines 1-${last} of 5000. Continue with offset ${last + 1}.]`);
    expect(lines).toHaveLength(last + 1);
  });

  it("ends a page of wide lines before the result's cap, so that nothing is skipped", async () => {
    const { text } = await read({ file_path: "wide.txt" });

    expect(text).toContain("[PARTIAL view: lines 1-14 of 100. Continue with offset 15.]");
    expect(text).not.toContain("The result was cut");
  });

  it("elides a long line and says how much", async () => {
    const { text } = await read({ file_path: "long-line.js" });

    expect(text).toBe(`     1\t${"a".repeat(2_000)}[... 3000 more characters ...]\n     2\tend`);
  });

  it("writes out what cannot be seen", async () => {
    const { text } = await read({ file_path: "evil.ts" });

    expect(text).toBe("     1\tif (admin⟪U+202E⟫) {}\n     2\trm⟪U+000D⟫-rf");
  });

  it.each([
    ["empty.ts", '"empty.ts" is empty.'],
    ["assets/logo.png", '"assets/logo.png" is a binary file of 2 bytes; there is no text to show.'],
    ["link", '"link" is a symbolic link to "/etc/passwd⟪U+202E⟫". Links are not followed.'],
    ["lib", '"lib" is a submodule: its files are in another repository and cannot be read here.'],
  ])("says what %s is", async (file_path, text) => {
    expect(await read({ file_path })).toEqual({ text, isError: false });
  });

  it("says that an offset is past the end", async () => {
    expect((await read({ file_path: "README.md", offset: 40 })).text).toBe(
      '"README.md" has 2 lines; offset 40 is past its end.',
    );
  });

  it("names files of the same name elsewhere, and folders", async () => {
    expect((await read({ file_path: "lib2/orders.ts" })).text).toContain('Files of that name: "src/orders.ts".');
    expect((await read({ file_path: "src/" })).text).toBe('"src" is a folder. Use Glob to list its files.');
    expect((await read({ file_path: "/" })).text).toBe("That is the root folder. Use Glob to list files.");
  });

  it.each([
    "../outside/new.txt",
    "src/../../etc/passwd",
    "//etc/passwd",
    ".//ok.txt",
    "d/./x",
    "a\0b",
    "ok.txt\n",
    "~/x",
    "C:\\Windows\\win.ini",
    "\\\\server\\share",
    "\\\\?\\C:\\x",
    "file:///etc/passwd",
    "x".repeat(2_000),
    "a\ud800",
    "..",
  ])("refuses the path %j", async (file_path) => {
    const { text, isError } = await read({ file_path });

    expect(isError).toBe(true);
    expect(text).toContain("is not a path in this repository");
    expect(text).not.toMatch(/[\n\0]/);
  });

  it.each([
    "/etc/passwd",
    "/proc/self/environ",
    ".git/config",
    ".env",
    "%2e%2e/secret",
    "$GITHUB_EVENT_PATH",
    "link/shadow",
    "lib/index.ts",
    "__proto__",
    "constructor",
    "--output=x",
  ])("does not have %j", async (file_path) => {
    const { text, isError } = await read({ file_path });

    expect(isError).toBe(true);
    expect(text).toContain("is not in the repository at this commit");
  });

  it.each([{ limit: 0 }, { limit: -1 }, { offset: -1 }, { offset: 1.5 }, { offset: "x" }])(
    "refuses %j",
    async (part) => {
      expect(await read({ file_path: "README.md", ...part })).toMatchObject({ isError: true });
    },
  );
});

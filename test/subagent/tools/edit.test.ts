import { describe, expect, it } from "vitest";

import { runTool } from "../../../src/subagent/toolbox.ts";
import { editTool } from "../../../src/subagent/tools/edit.ts";
import { writeTool } from "../../../src/subagent/tools/write.ts";
import { workingCopy, type WorkingCopy } from "../../../src/subagent/working-copy.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const signal = new AbortController().signal;

function aCopy(): WorkingCopy {
  const snapshot = memorySnapshot({ "src/a.ts": "const a = 1;\nconst b = 1;\n", "etc/passwd": "root\n" });
  return workingCopy(snapshot, { scope: { paths: ["src/a.ts", "src/new.ts"], newFiles: [] }, named: new Set() });
}

async function call(copy: WorkingCopy, name: string, input: unknown): Promise<{ text: string; isError: boolean }> {
  const { text, isError } = await runTool([editTool(copy), writeTool(copy)], { id: "c", name, input }, signal);
  return { text, isError };
}

const HOSTILE_PATHS = [
  "/etc/passwd",
  "../outside.ts",
  "src/../../outside.ts",
  "src/./a.ts",
  ".//src/a.ts",
  "src//a.ts",
  "~/x",
  "src/a.ts\n",
  "src/a.ts\0",
  "a\0b",
  "src\\a.ts",
  "C:\\windows",
  "\\\\?\\C:\\x",
  "file:///etc/passwd",
  "%2e%2e/x",
  "\ud800",
  "x".repeat(2_000),
  "/proc/self/environ",
  "../../../proc/1/environ",
  "$GITHUB_EVENT_PATH",
  ".git/config",
  "",
  "/",
  ".",
  "src",
  "src/A.ts",
  "src/a.ts ",
  "src/a.ts.",
];

const WRONG_INPUTS: readonly unknown[] = [
  null,
  undefined,
  "src/a.ts",
  [],
  {},
  { file_path: ["src/a.ts"], old_string: "1", new_string: "2", content: "x" },
  { file_path: "src/a.ts", old_string: 1, new_string: "2", content: 3 },
  { file_path: "src/a.ts", old_string: { toString: "1" }, new_string: "2", content: {} },
  { file_path: "src/a.ts", old_string: "a = 1", new_string: "a = 2", replace_all: "yes" },
  JSON.parse('{"__proto__": {"file_path": "src/a.ts", "content": "x", "polluted": true}}'),
  JSON.parse('{"constructor": {"prototype": {"polluted": true}}, "file_path": "src/a.ts"}'),
];

describe("Edit and Write", () => {
  it("change a file of the scope and say so in one line", async () => {
    const copy = aCopy();

    expect(await call(copy, "Edit", { file_path: "src/a.ts", old_string: "a = 1", new_string: "a = 2" })).toEqual({
      text: '"src/a.ts" was changed in 1 place.',
      isError: false,
    });
    expect(
      await call(copy, "Edit", { file_path: "/src/a.ts", old_string: "const", new_string: "let", replace_all: true }),
    ).toEqual({ text: '"src/a.ts" was changed in 2 places.', isError: false });
    expect(await call(copy, "Write", { file_path: "./src/new.ts", content: "x\n" })).toEqual({
      text: '"src/new.ts" was created.',
      isError: false,
    });
    expect(await call(copy, "Write", { file_path: "src/new.ts", content: "x\n" })).toMatchObject({ isError: false });
    expect(copy.log()).toMatchObject([{ text: "let a = 2;\nlet b = 1;\n" }, { text: "x\n" }]);
  });

  it.each(HOSTILE_PATHS)("answer an error for the path %j and change nothing", async (file_path) => {
    const copy = aCopy();

    for (const [name, input] of [
      ["Edit", { file_path, old_string: "", new_string: "evil" }],
      ["Edit", { file_path, old_string: "root", new_string: "evil" }],
      ["Write", { file_path, content: "evil" }],
    ] as const) {
      expect(await call(copy, name, input)).toMatchObject({ isError: true });
    }
    expect(copy.log()).toEqual([]);
  });

  it.each(WRONG_INPUTS)("answer an error for the input %j and change nothing", async (input) => {
    const copy = aCopy();

    expect(await call(copy, "Edit", input)).toMatchObject({ isError: true });
    expect(await call(copy, "Write", input)).toMatchObject({ isError: true });
    expect(copy.log()).toEqual([]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it("take 500 calls of one turn in their order", async () => {
    const copy = aCopy();

    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, index) =>
        call(copy, "Write", { file_path: "src/a.ts", content: `${index}\n` }),
      ),
    );

    expect(answers.every(({ isError }) => !isError)).toBe(true);
    expect(copy.log()).toMatchObject([{ text: "499\n" }]);
  });

  it("show a path of a stranger's choice on one line without hidden characters", async () => {
    const { text } = await call(aCopy(), "Write", { file_path: "src/\u202eevil.ts", content: "x" });

    expect(text).toContain("⟪U+202E⟫");
    expect(text).not.toMatch(/[\n\u202e]/);
  });
});

import { describe, expect, it } from "vitest";

import { hunkAround } from "../../src/domain/diff-anchor.ts";
import type { ChangedFile } from "../../src/domain/diff.ts";
import { parsePatch } from "../../src/domain/parse-diff.ts";

describe("parsePatch", () => {
  it("numbers context, added and removed lines on their own sides", () => {
    const [hunk] = parsePatch("@@ -10,3 +20,4 @@ class Orders {\n one\n-two\n+2\n+two and a half\n three");

    expect(hunk).toEqual({
      oldStart: 10,
      oldLines: 3,
      newStart: 20,
      newLines: 4,
      section: "class Orders {",
      lines: [
        { kind: "context", text: "one", oldLine: 10, newLine: 20 },
        { kind: "removed", text: "two", oldLine: 11 },
        { kind: "added", text: "2", newLine: 21 },
        { kind: "added", text: "two and a half", newLine: 22 },
        { kind: "context", text: "three", oldLine: 12, newLine: 23 },
      ],
    });
  });

  it("reads a count that is left out as one, and an empty side as line 0", () => {
    const hunks = parsePatch("@@ -0,0 +1 @@\n+new\n\\ No newline at end of file\n");

    expect(hunks).toMatchObject([{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 1, section: "" }]);
    expect(hunks[0]?.lines).toEqual([{ kind: "added", text: "new", newLine: 1 }]);
  });

  it("skips the no-newline notes of both sides, wherever they stand", () => {
    const [hunk] = parsePatch("@@ -1 +1 @@\n-old\n\\ No newline at end of file\n+new\n\\ No newline at end of file");

    expect(hunk?.lines.map(({ kind, text }) => [kind, text])).toEqual([
      ["removed", "old"],
      ["added", "new"],
    ]);
  });

  it("keeps a carriage return and other line separators inside the line", () => {
    const [hunk] = parsePatch("@@ -1 +1 @@\n-a\r\n+a\u2028b\rc\r\n");

    expect(hunk?.lines.map(({ text }) => text)).toEqual(["a\r", "a\u2028b\rc\r"]);
  });

  it("takes no more lines than the header counts, so code cannot pose as a hunk or a file header", () => {
    const patch = "@@ -1 +1,3 @@\n-@@ -9 +9 @@\n+diff --git a/x b/x\n+--- a/x\n+++ b/x\n@@ -5 +7 @@\n-a\n+b";

    const hunks = parsePatch(patch);

    expect(hunks.map(({ lines }) => lines.map(({ text }) => text))).toEqual([
      ["@@ -9 +9 @@", "diff --git a/x b/x", "--- a/x", "++ b/x"],
      ["a", "b"],
    ]);
  });

  it("reads an empty line as an empty context line", () => {
    const [hunk] = parsePatch("@@ -1,3 +1,2 @@\n a\n\n-b");

    expect(hunk?.lines[1]).toEqual({ kind: "context", text: "", oldLine: 2, newLine: 2 });
  });

  it("gives nothing for an empty patch and what is there of a cut one", () => {
    expect(parsePatch("")).toEqual([]);
    expect(parsePatch("Binary files a/x and b/x differ\n")).toEqual([]);
    expect(parsePatch("@@ -1,9 +1,9 @@\n a")[0]?.lines).toHaveLength(1);
  });
});

describe("hunkAround", () => {
  const file: ChangedFile = {
    path: "a.ts",
    status: "modified",
    kind: "file",
    binary: false,
    becameExecutable: false,
    hunks: parsePatch("@@ -1,2 +1,3 @@\n a\n+b\n c\n@@ -10,2 +11 @@\n-x\n y"),
    additions: 1,
    deletions: 1,
  };

  it.each([
    ["RIGHT", 1, 3, true],
    ["RIGHT", 3, 3, true],
    ["RIGHT", 3, 4, false],
    ["RIGHT", 3, 11, false],
    ["RIGHT", 3, 2, false],
    ["RIGHT", 0, 1, false],
    ["LEFT", 3, 3, false],
    ["LEFT", 10, 11, true],
  ] as const)("%s %i..%i -> %s", (side, startLine, endLine, expected) => {
    expect(hunkAround(file, side, startLine, endLine) !== undefined).toBe(expected);
  });

  it("has no LEFT lines for a new file", () => {
    const added = { ...file, status: "added" as const, hunks: parsePatch("@@ -0,0 +1,2 @@\n+a\n+b") };

    expect(hunkAround(added, "LEFT", 0, 0)).toBeUndefined();
    expect(hunkAround(added, "LEFT", 1, 1)).toBeUndefined();
  });
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";

import { diffLines, linesOf } from "../../src/domain/line-diff.ts";
import { countLines, unifiedDiff } from "../../src/domain/unified-diff.ts";

const folder = mkdtempSync(join(tmpdir(), "patch-"));
afterAll(() => rmSync(folder, { recursive: true }));

function apply(before: string, after: string): string {
  writeFileSync(join(folder, "f.txt"), before);
  const input = unifiedDiff({ path: "f.txt", before, after, executable: false });
  if (input !== "") execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input });
  return readFileSync(join(folder, "f.txt"), "utf8");
}

const text = fc
  .array(fc.constantFrom("a", "b", "c", "", "d\r"))
  .chain((lines) => fc.boolean().map((ended) => lines.join("\n") + (ended && lines.length > 0 ? "\n" : "")));

describe("diffLines", () => {
  it("leads from one text to the other, whatever they are", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [old, now] = [linesOf(before), linesOf(after)];
        const rebuilt = (side: "old" | "now"): string =>
          diffLines(old, now)
            .filter(({ kind }) => kind === "same" || kind === (side === "old" ? "removed" : "added"))
            .map((run) => (side === "old" ? old : now).slice(run[side], run[side] + run.count).join(""))
            .join("");

        expect([rebuilt("old"), rebuilt("now")]).toEqual([before, after]);
      }),
    );
  });

  it("finds a shortest way", () => {
    expect(countLines({ before: "a\nb\nc\na\nb\nb\na\n", after: "c\nb\na\nb\na\nc\n" })).toEqual({
      additions: 2,
      deletions: 3,
    });
  });
});

describe("unifiedDiff", () => {
  it("is a patch that git takes", () => {
    fc.assert(
      fc.property(
        text.filter((each) => each !== ""),
        text.filter((each) => each !== ""),
        (before, after) => {
          expect(apply(before, after)).toBe(after);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("creates and removes files", () => {
    expect(unifiedDiff({ path: "n.ts", before: undefined, after: "x\n", executable: false })).toBe(
      "diff --git a/n.ts b/n.ts\nnew file mode 100644\n--- /dev/null\n+++ b/n.ts\n@@ -0,0 +1,1 @@\n+x\n",
    );
    expect(unifiedDiff({ path: "n.ts", before: "x\n", after: undefined, executable: false })).toContain(
      "deleted file mode",
    );
  });
});

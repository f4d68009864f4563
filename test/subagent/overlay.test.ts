import { describe, expect, it } from "vitest";

import { editLog } from "../../src/domain/edit-log.ts";
import { overlay } from "../../src/subagent/overlay.ts";
import { runTool } from "../../src/subagent/toolbox.ts";
import { readOnlyTools } from "../../src/subagent/tools/read-only-tools.ts";
import { CONTRACT_MAX_BYTES, CONTRACT_TREE, describeSnapshot } from "../contract/snapshot.ts";
import { memorySnapshot } from "../support/memory-snapshot.ts";

const signal = new AbortController().signal;

describeSnapshot("an overlay without edits", () =>
  overlay(memorySnapshot(CONTRACT_TREE, { maxBytes: CONTRACT_MAX_BYTES }), []),
);

describeSnapshot("an overlay that restores the tree", () => {
  const { "src/a.ts": a, "README.md": readme, ...rest } = CONTRACT_TREE;
  const base = memorySnapshot(
    { ...rest, "README.md": "needle", "zz.ts": "needle", "bin/run": { text: "needle", executable: true } },
    { maxBytes: CONTRACT_MAX_BYTES },
  );
  const run = CONTRACT_TREE["bin/run"];
  const edits = editLog([
    { kind: "create", path: "src/a.ts", text: String(a) },
    { kind: "modify", path: "README.md", baseBlob: "1", executable: false, text: String(readme) },
    { kind: "delete", path: "zz.ts", baseBlob: "1" },
    {
      kind: "modify",
      path: "bin/run",
      baseBlob: "1",
      executable: true,
      text: typeof run === "object" && "text" in run ? run.text : "",
    },
  ]);
  return overlay(base, edits);
});

describe("an overlay", () => {
  const base = memorySnapshot({ "src/a.ts": "old", "src/b.ts": "needle", "src/c.ts": "needle" });
  const edited = overlay(
    base,
    editLog([
      { kind: "modify", path: "src/a.ts", baseBlob: "1", executable: false, text: "needle in a" },
      { kind: "modify", path: "src/b.ts", baseBlob: "1", executable: false, text: "nothing" },
      { kind: "delete", path: "src/c.ts", baseBlob: "1" },
      { kind: "create", path: "src/d.ts", text: "needle in d" },
    ]),
  );

  it("has git's own blob ids", async () => {
    const entries = await edited.list(signal);

    expect(entries.find(({ path }) => path === "src/b.ts")?.blob).toBe(
      (await memorySnapshot({ "src/b.ts": "nothing" }).list(signal))[0]?.blob,
    );
  });

  it("is what Read, Glob and Grep see", async () => {
    const tools = readOnlyTools(edited, ["Read", "Glob", "Grep"]);
    const call = async (name: string, input: unknown): Promise<string> =>
      (await runTool(tools, { id: "c", name, input }, signal)).text;

    expect(await call("Read", { file_path: "src/a.ts" })).toBe("     1\tneedle in a");
    expect(await call("Read", { file_path: "src/c.ts" })).toContain("not in the repository");
    expect(await call("Glob", { pattern: "**/*.ts" })).toBe("src/a.ts\nsrc/b.ts\nsrc/d.ts");
    expect(await call("Grep", { pattern: "needle" })).toContain("src/a.ts\nsrc/d.ts");
  });

  it("leaves the base as it is", async () => {
    expect(await base.read("src/a.ts", signal)).toEqual({ kind: "text", text: "old" });
    expect(await base.list(signal)).toHaveLength(3);
  });

  it("says that a source which cannot search cannot", async () => {
    const unsearchable = memorySnapshot({ "a.ts": "x" }, { searchable: false });

    expect(await overlay(unsearchable, []).filesContaining("x", signal)).toBeUndefined();
  });
});

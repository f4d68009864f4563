import { describe, expect, it } from "vitest";

import { changedContracts } from "../../src/domain/changed-contracts.ts";
import { contractCallers } from "../../src/subagent/contract-callers.ts";
import { aFile, aHunk } from "../support/builders.ts";
import { memorySnapshot } from "../support/memory-snapshot.ts";

const never = new AbortController().signal;
const NAMES = Array.from({ length: 12 }, (_, index) => `name${index}`);
const file = aFile("src/a.ts", [
  aHunk(
    1,
    NAMES.flatMap((name) => [`-export const ${name} = 1;`, `+export const ${name} = 2;`]),
  ),
]);
const CONTRACTS = changedContracts([file]);
const changed = new Set(["src/a.ts"]);

describe("contractCallers", () => {
  it("finds whole names in unchanged files of the language, however many names there are", async () => {
    const snapshot = memorySnapshot({
      "src/a.ts": "name0",
      "src/b.ts": "// nothing\nuse(name0);\nname11; myname1x;\n",
      "src/c.py": "name0",
      "node_modules/d.ts": "name0",
      "README.md": "name0",
      "link.ts": { symlink: "src/b.ts" },
    });

    const { lines, incomplete } = await contractCallers(snapshot, CONTRACTS, changed, never);

    expect(lines).toEqual([
      { path: "src/b.ts", line: 2, name: "name0", text: "use(name0);" },
      { path: "src/b.ts", line: 3, name: "name11", text: "name11; myname1x;" },
    ]);
    expect(incomplete).toBe(false);
  });

  it("lists so many lines of one name and says that there are more", async () => {
    const snapshot = memorySnapshot({ "src/b.ts": "name3\n".repeat(1_000), "src/c.ts": "name4\n" });

    const { lines, incomplete } = await contractCallers(snapshot, CONTRACTS, changed, never);

    expect(lines.filter(({ name }) => name === "name3")).toHaveLength(40);
    expect(lines.filter(({ name }) => name === "name4")).toHaveLength(1);
    expect(incomplete).toBe(true);
  });
});

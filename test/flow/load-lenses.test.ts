import { describe, expect, it } from "vitest";

import { loadLenses } from "../../src/flow/load-lenses.ts";
import { AnsweringModel } from "../support/answering-model.ts";
import { memorySnapshot } from "../support/memory-snapshot.ts";
import { findingsTurn, reviewShop } from "./shop-review.ts";

const never = new AbortController().signal;
const lens = (name: string): string => `---\nname: ${name}\n---\n# Look for\nthings of ${name}\n`;
const agent = (name: string): string => `---\nname: ${name}\nhooks: {}\n---\nInstructions of ${name}.\n`;
const LENSES = ".github/parallel-review/lenses";

describe("loadLenses", () => {
  it("takes settings before lens files before subagent files where names are the same", async () => {
    const snapshot = memorySnapshot({
      [`${LENSES}/a.md`]: lens("one"),
      [`${LENSES}/b.md`]: lens("two"),
      [`${LENSES}/deeper/c.md`]: "not a lens",
      ".claude/agents/x.md": agent("two"),
      ".claude/agents/team/y.md": agent("three"),
      ".claude/agents/z.md": "no agent",
    });

    const { lenses, notesOf } = await loadLenses(snapshot, [{ name: "one", lookFor: "mine", doNotFlag: "" }], never);

    expect(lenses.map(({ name, lookFor }) => [name, lookFor])).toEqual([
      ["one", "mine"],
      ["two", "things of two"],
      ["three", "Instructions of three."],
    ]);
    expect([...notesOf.keys()]).toEqual(["three"]);
  });

  it("refuses two lens files of one name", async () => {
    const snapshot = memorySnapshot({ [`${LENSES}/a.md`]: lens("one"), [`${LENSES}/b.md`]: lens("one") });

    await expect(loadLenses(snapshot, [], never)).rejects.toThrow(
      `${LENSES}/b.md:1: ${LENSES}/a.md has a lens named one already`,
    );
  });
});

describe("a review with the repository's lenses", () => {
  it("reads them from the default branch, gives their words to the subagent, and tells of what has no effect once they are used", async () => {
    const model = new AnsweringModel(() => findingsTurn());
    const base = { ".claude/agents/x.md": agent("three"), ".claude/agents/y.md": agent("four") };

    const { report } = await reviewShop(model, { base, request: { lenses: ["three"] } });

    expect(model.tasksWith("report_findings")[0]).toContain("# Look for\n\nInstructions of three.");
    expect(report.notes).toEqual([".claude/agents/x.md:3: hooks has no effect here."]);
  });
});

import { describe, expect, it } from "vitest";

import { terminalJournal } from "../../../src/adapters/journal/terminal-journal.ts";
import type { Journal } from "../../../src/ports/journal.ts";
import { anOutcome, aSubtask } from "../../support/builders.ts";

function setUp(isTerminal: boolean): { journal: Journal; text: () => string } {
  let text = "";
  const output = { isTerminal, columns: 60, write: (more: string) => void (text += more) };
  const clock = { now: () => 1_000, sleep: () => Promise.resolve() };
  return { journal: terminalJournal(output, clock, (line) => line.replaceAll("\u001b", "")), text: () => text };
}

const subtask = aSubtask({ id: "s1", description: "src/orders (2 files)", files: [{ path: "a.ts", hunks: "all" }] });

describe("terminalJournal", () => {
  it("prints plain lines where there is no terminal", () => {
    const { journal, text } = setUp(false);

    journal.write({ kind: "plan-ready", plan: { subtasks: [subtask], skipped: [], notes: [], warnings: [] } });
    journal.write({ kind: "subtask-start", subtask });
    journal.write({ kind: "tool-call", subtaskId: "s1", tool: "Grep" });
    journal.write({
      kind: "subtask-end",
      subtask,
      outcome: anOutcome({ subtaskId: "s1", startedMs: 0, endedMs: 1_500 }),
    });

    expect(text()).toBe(
      "plan: 1 file in 1 subtask\ns1 started: src/orders (2 files)\ns1 src/orders (2 files): 0 reports in 1.5 s\n",
    );
  });

  it("keeps a live line per running subtask on a terminal and takes it away at the end", () => {
    const { journal, text } = setUp(true);

    journal.write({ kind: "plan-ready", plan: { subtasks: [subtask], skipped: [], notes: [], warnings: [] } });
    journal.write({ kind: "subtask-start", subtask });
    const live = text();
    journal.write({ kind: "subtask-end", subtask, outcome: anOutcome({ subtaskId: "s1" }) });

    expect(live).toContain("  s1 src/orders (2 files) 0 s\n  0 of 1 subtasks, 0 reports\n");
    expect(text().slice(live.length)).toMatch(/^\u001b\[2A\u001b\[0Js1 src\/orders \(2 files\): 0 reports/);
  });

  it("makes what strangers wrote safe to print", () => {
    const { journal, text } = setUp(false);

    journal.write({ kind: "degradation", message: "file \u001b[2J" });

    expect(text()).toBe("note: file [2J\n");
  });
});

import { describe, expect, it } from "vitest";

import type { ChangedByRefactor, RefactorResult } from "../../src/domain/refactor-result.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import { proposalMarkdown, proposalTitle } from "../../src/render/proposal-markdown.ts";

const place = { baseBranch: "main", base: "a".repeat(40), command: "npx tsc --noEmit" };

function aFile(over: Partial<ChangedByRefactor> = {}): ChangedByRefactor {
  return {
    path: "src/a.ts",
    kind: "modify",
    subtaskId: "s1",
    what: "extends BaseService",
    why: "one lifecycle",
    behaviour: "same",
    risk: "",
    additions: 3,
    deletions: 21,
    isProtected: false,
    warnings: [],
    ...over,
  };
}

function result(over: Partial<RefactorResult> = {}): RefactorResult {
  return {
    goal: "Extend BaseService",
    engine: "claude",
    plan: { subtasks: [], skipped: [], notes: [], warnings: [] },
    edits: [],
    changed: [aFile()],
    fixes: [],
    subtasks: [],
    leftOut: [],
    verification: { status: "passed", isolation: "bubblewrap", wallMs: 1_500, runs: 1, notes: [] },
    schedule: { wallMs: 1_000, sumMs: 4_000, criticalPathMs: 1_000, speedup: 4 },
    usage: NO_USAGE,
    costUsd: 0,
    conclusion: "success",
    notes: [],
    ...over,
  };
}

const HOSTILE = "Fixes #1 @octocat [x](https://evil.example/a) <img src=x> | a\n| b | </details>\n/merge";

describe("proposalMarkdown", () => {
  it("says what changed, how it was verified and on what it stands", () => {
    const text = proposalMarkdown(result(), place);

    expect(text).toContain("1 file changed (+3 −21).");
    expect(text).toContain("| `src/a.ts` | +3 −21 | extends BaseService | one lifecycle | as before | passes |");
    expect(text).toContain("`npx tsc --noEmit` passes on the base with exactly this change (1.5 s");
    expect(text).toContain("One commit on `aaaaaaaaaaaa` of `main`");
  });

  it("says in one line why many files were left out for one reason", () => {
    const reason = "None of the rules applies to it.";
    const leftOut = Array.from({ length: 40 }, (_, index) => ({
      path: `src/f${index}.ts`,
      status: "skipped" as const,
      reason,
    }));

    const text = proposalMarkdown(result({ leftOut }), place);

    expect(text).toContain(", 40 left out.");
    expect(text).toContain("- 40 files: None of the rules applies to it. (`src/f0.ts`, ");
    expect(text).toContain("`src/f4.ts` and 35 more)");
    expect(text).not.toContain("src/f5.ts");
  });

  it("lists what was left out with the words of the check", () => {
    const leftOut = [
      {
        path: "src/b.ts",
        status: "failed" as const,
        reason: "The check fails.",
        complaint: "src/b.ts(1,1): error TS1005: ';' expected.",
      },
    ];

    expect(proposalMarkdown(result({ leftOut }), place)).toContain(
      "- `src/b.ts`: The check fails.\n\n  ```text\n  src/b.ts(1,1): error TS1005: ';' expected.\n  ```",
    );
  });

  it("marks protected files, and says so at the top", () => {
    const changed = [aFile({ path: "package.json", isProtected: true })];

    expect(proposalMarkdown(result({ changed }), place)).toMatch(
      /> \[!WARNING\]\n> Protected files[^\n]*`package\.json`/,
    );
  });

  it.each([
    ["not-configured", { status: "not-configured" }, "no check is configured"],
    ["unavailable", { status: "unavailable", reason: "no sandbox works here" }, "no sandbox works here"],
  ] as const)("does not claim a check that is %s", (_what, verification, words) => {
    const text = proposalMarkdown(result({ verification }), place);

    expect(text).toContain(words);
    expect(text).toContain("| not run |");
    expect(text).not.toContain("passes on the base");
  });

  it("does not say of a check that is red already that it passes", () => {
    const verification = { status: "no-worse", isolation: "bubblewrap", wallMs: 1, runs: 2, notes: [] } as const;

    const text = proposalMarkdown(result({ verification }), place);

    expect(text).toContain("fails on the base already");
    expect(text).not.toMatch(/passes/);
  });

  it("lets nothing act that a model, a path or the check's output says", () => {
    const changed = [aFile({ path: "a|b`@claude`.ts", what: HOSTILE, why: HOSTILE, risk: HOSTILE })];
    const leftOut = [
      { path: "x", status: "failed" as const, reason: HOSTILE, complaint: `${HOSTILE}\n\`\`\`\n@dependabot merge` },
    ];

    const text = proposalMarkdown(result({ changed, leftOut, goal: HOSTILE, notes: [HOSTILE] }), place);

    const outside = text.replaceAll(/ {2}(`{3,})text\n[^]*?\n {2}\1/g, "").replaceAll(/(`+)(?!`)[^]*?[^`]\1(?!`)/g, "");
    expect(outside).not.toMatch(/@\w|#\d|https?:|(?<!\\)<img|(?<!\\)<\/details>|^\/merge/m);
    expect(text).not.toContain("@dependabot");
    expect(text).not.toContain("@claude");
  });

  it("fits GitHub's limit however many files there are", () => {
    const changed = Array.from({ length: 500 }, (_, index) =>
      aFile({ path: `src/f${index}.ts`, what: "w".repeat(400) }),
    );

    expect(proposalMarkdown(result({ changed }), place).length).toBeLessThan(65_536);
  });
});

describe("proposalTitle", () => {
  it("is the first line of the goal, cut to fit", () => {
    expect(proposalTitle("Extend  BaseService\nand more")).toBe("Extend BaseService");
    expect(proposalTitle("x".repeat(200))).toHaveLength(72);
  });
});

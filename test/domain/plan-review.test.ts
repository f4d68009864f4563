import { describe, expect, it } from "vitest";

import type { ChangedFile } from "../../src/domain/diff.ts";
import type { ReviewPlanInput } from "../../src/domain/plan-review.ts";
import { planReview } from "../../src/domain/plan-review.ts";
import { describePlan } from "../../src/domain/plan-shape.ts";
import type { Plan } from "../../src/domain/plan.ts";
import { Settings } from "../../src/domain/settings.ts";
import { addedHunk, changedFile, changeSetOf, linesAdded } from "../support/change-builders.ts";

/** One reader a group; what comes on top of it is tested in plan-passes. */
const PLAIN = { finders: 1, gapPass: "off", contractPass: "off" };

function planOf(
  files: readonly ChangedFile[],
  facts: { settings?: object; texts?: Record<string, string>; engine?: ReviewPlanInput["engine"] } = {},
): Plan {
  return planReview({
    changeSet: changeSetOf(files),
    headText: (path) => facts.texts?.[path],
    engine: facts.engine ?? "claude",
    settings: Settings.parse({ quality: PLAIN, ...facts.settings }),
  });
}

const pathsOf = (plan: Plan): readonly string[] =>
  plan.subtasks.map(({ files }) => files.map(({ path }) => path).join(" "));

describe("how much parallelism a change is worth", () => {
  it("gives a change of up to 100 lines to one subagent, whatever it touches", () => {
    const plan = planOf([linesAdded("src/a.ts", 40), linesAdded("docs/b.md", 20), linesAdded("src/auth/c.ts", 30)]);

    expect(plan.subtasks).toHaveLength(1);
    expect(plan.subtasks[0]).toMatchObject({ id: "s1", risk: "deep", wave: 0, dependsOn: [] });
  });

  it("runs twelve unrelated files of 25 lines side by side, two or so to a subagent", () => {
    const names = "cart catalog customer coupon delivery gift order price return review stock tax".split(" ");

    const plan = planOf(names.map((name) => linesAdded(`src/controllers/${name}.ts`, 25)));

    expect(plan.subtasks).toHaveLength(6);
  });

  it("gives files of more than the floor a subagent each", () => {
    const plan = planOf(["a", "b", "c", "d"].map((name) => linesAdded(`src/${name}.ts`, 300)));

    expect(pathsOf(plan)).toEqual(["src/a.ts", "src/b.ts", "src/c.ts", "src/d.ts"]);
  });

  it("packs neighbours of the same top folder before it crosses folders", () => {
    const files = ["api/a.ts", "api/b.ts", "web/c.ts", "web/d.ts", "web/e.ts"].map((path) => linesAdded(path, 50));

    const plan = planOf([...files, linesAdded("z/large.ts", 1_000)]);

    expect(pathsOf(plan)).toEqual(["z/large.ts", "web/c.ts web/d.ts web/e.ts", "api/a.ts api/b.ts"]);
  });

  it("never puts more than ten files together", () => {
    const plan = planOf(Array.from({ length: 45 }, (_, index) => linesAdded(`src/f${index}.ts`, 1)));

    expect(plan.subtasks.map(({ files }) => files.length)).toEqual([10, 10, 10, 10, 5]);
  });

  it("says that there is nothing to do when nothing can be read", () => {
    const plan = planOf([changedFile("a.ts", { status: "removed" }), changedFile("package-lock.json")]);

    expect(plan.subtasks).toEqual([]);
    expect(plan.skipped.map(({ path }) => path)).toEqual(["a.ts", "package-lock.json"]);
    expect(plan.notes[0]).toMatch(/^Nothing to review/);
    expect(describePlan(plan)).toMatchObject({ subtasks: 0, waves: 0, criticalPath: 0, files: 0, skipped: 2 });
  });
});

describe("what is read together", () => {
  it("keeps a test with its subject even beyond the size that imports may reach", () => {
    const plan = planOf([linesAdded("src/a.ts", 400), linesAdded("test/a.test.ts", 400), linesAdded("src/b.ts", 400)]);

    expect(pathsOf(plan)).toEqual(["src/a.ts test/a.test.ts", "src/b.ts"]);
    expect(plan.subtasks[0]?.why).toContain("test/a.test.ts tests src/a.ts");
  });

  it("joins a handler with the service it imports", () => {
    const files = [linesAdded("src/handler.ts", 120), linesAdded("src/store.ts", 120), linesAdded("src/alone.ts", 120)];

    const plan = planOf(files, { texts: { "src/handler.ts": 'import { s } from "./store.js";' } });

    expect(pathsOf(plan)).toEqual(["src/handler.ts src/store.ts", "src/alone.ts"]);
    expect(plan.subtasks[0]?.description).toBe("src (2 files)");
  });

  it("does not tie ten controllers together through the one module that all import", () => {
    const controllers = Array.from({ length: 10 }, (_, index) => `src/controllers/c${index}.ts`);
    const texts = Object.fromEntries(controllers.map((path) => [path, 'import { db } from "../db.js";']));

    const plan = planOf(
      [...controllers, "src/db.ts"].map((path) => linesAdded(path, 110)),
      { texts },
    );

    expect(plan.subtasks).toHaveLength(11);
  });

  it("reads an import cycle as one", () => {
    const names = ["a", "b", "c", "d"];
    const texts = Object.fromEntries(
      names.map((name, index) => [`src/${name}.ts`, `import "./${names[(index + 1) % 4]}.js";`]),
    );

    const plan = planOf(
      names.map((name) => linesAdded(`src/${name}.ts`, 150)),
      { texts },
    );

    expect(pathsOf(plan)).toEqual(["src/a.ts src/b.ts src/c.ts src/d.ts"]);
  });

  it("does not call a cycle one thing that no subagent could hold whole", () => {
    const names = Array.from({ length: 14 }, (_, index) => `src/m${String(index).padStart(2, "0")}.ts`);
    const texts = Object.fromEntries(
      names.map((name, index) => [name, `import "./${names[(index + 7) % 14]?.slice(4, -3)}.js";\nimport "./m00.js";`]),
    );
    texts[names[0] ?? ""] = names.map((name) => `import "./${name.slice(4, -3)}.js";`).join("\n");

    const plan = planOf(
      names.map((name) => linesAdded(name, 110)),
      { texts },
    );

    const why = plan.subtasks.map((subtask) => subtask.why).join("\n");
    expect(why).not.toContain("cycle");
    expect(why).toContain("src/m01.ts imports src/m08.ts");
  });

  it("keeps translations of one text together", () => {
    const locales = ["locales/de/shop.json", "locales/en/shop.json", "locales/fr/shop.json"];

    const plan = planOf([...locales.map((path) => linesAdded(path, 90)), linesAdded("src/a.ts", 500)]);

    expect(pathsOf(plan)).toContain(locales.join(" "));
  });
});

describe("how deep and with what", () => {
  it("grants every reader the same tools, so that all share one cached prompt prefix", () => {
    const plan = planOf([linesAdded("src/a.ts", 200), linesAdded("docs/a.md", 200), linesAdded("src/auth.ts", 200)]);

    expect(plan.subtasks.map(({ risk, tools }) => [risk, tools.join()])).toEqual([
      ["deep", "Read,Glob,Grep,report_findings"],
      ["normal", "Read,Glob,Grep,report_findings"],
      ["light", "Read,Glob,Grep,report_findings"],
    ]);
    const [deep, normal, light] = plan.subtasks.map(({ budget }) => budget.turns);
    expect([deep! > normal!, normal! > light!]).toEqual([true, true]);
  });

  it("looks lightly at a small change of tests alone", () => {
    const plan = planOf([linesAdded("test/a.test.ts", 30), linesAdded("src/b.ts", 300)]);

    expect(plan.subtasks.map(({ risk }) => risk)).toEqual(["normal", "light"]);
  });

  it("lets the first matching profile decide, with one subtask for each of its lenses", () => {
    const profiles = [
      { paths: ["src/core/**"], depth: "deep", lenses: ["security", "concurrency"] },
      { paths: ["src/**"], depth: "light" },
    ];

    const plan = planOf([linesAdded("src/core/a.ts", 120), linesAdded("src/auth/b.ts", 120)], {
      settings: { profiles },
    });

    expect(plan.subtasks.map(({ description, lens, risk }) => [description, lens, risk])).toEqual([
      ["src/core/a.ts, security", "security", "deep"],
      ["src/core/a.ts, concurrency", "concurrency", "deep"],
      ["src/auth/b.ts", "correctness", "light"],
    ]);
  });

  it("keeps related files apart that the settings want read differently", () => {
    const profiles = [{ paths: ["src/core/**"], depth: "normal", lenses: ["security"] }];

    const plan = planOf([linesAdded("src/core/a.ts", 120), linesAdded("test/core/a.test.ts", 120)], {
      settings: { profiles },
    });

    expect(plan.subtasks.map(({ lens, files }) => [lens, files.length])).toEqual([
      ["security", 1],
      ["correctness", 1],
    ]);
  });

  it("grants nothing and splits nothing where detectors do the reading", () => {
    const huge = changedFile("src/a.ts", { hunks: [addedHunk(1, ["x".repeat(5_000_000)])] });

    const plan = planOf([huge], { engine: "rules" });

    expect(plan.subtasks).toMatchObject([{ tools: [], budget: { turns: 0, tokens: 0, outputTokens: 0 } }]);
  });
});

describe("large changes", () => {
  it("splits a file above the ceiling into parts that all stand alone", () => {
    const hunks = Array.from({ length: 50 }, (_, index) => addedHunk(index * 10 + 1, ["y".repeat(9_000)], `f${index}`));

    const plan = planOf([changedFile("src/big.ts", { hunks }), linesAdded("src/big.test.ts", 200)]);

    expect(plan.subtasks.map(({ description }) => description)).toEqual([
      "src/big.ts (part 1 of 4)",
      "src/big.ts (part 2 of 4)",
      "src/big.ts (part 3 of 4)",
      "src/big.ts (part 4 of 4)",
      "src/big.test.ts",
    ]);
  });

  it("reads what surrounds a line of 5 MB and says that the line itself is not read", () => {
    const hunks = [addedHunk(1, ["a"]), addedHunk(10, ["x".repeat(5_000_000)]), addedHunk(20, ["b"])];

    const plan = planOf([changedFile("src/a.ts", { hunks })]);

    expect(plan.subtasks).toMatchObject([{ description: "src/a.ts (in part)", files: [{ hunks: [0, 2] }] }]);
    expect(plan.warnings).toContain("src/a.ts is read in part: 1 block of it is too large for one subagent.");
  });

  it("reads the riskiest files up to caps.files and lists the others", () => {
    const files = [
      linesAdded("a.ts", 10),
      linesAdded("b.ts", 500),
      linesAdded("z/auth.ts", 5),
      linesAdded("c.md", 900),
    ];

    const plan = planOf(files, { settings: { caps: { files: 2 } } });

    expect(pathsOf(plan)).toEqual(["z/auth.ts", "b.ts"]);
    expect(plan.skipped.map(({ path }) => path)).toEqual(["a.ts", "c.md"]);
    expect(plan.warnings).toContain("2 files not reviewed: caps.files is 2.");
  });
});

describe("what the reader must know", () => {
  it("says that a change of the review's own configuration is not obeyed", () => {
    const plan = planOf([changedFile(".github/parallel-review.yml"), changedFile("packages/a/AGENTS.md")]);

    expect(plan.skipped).toEqual([]);
    expect(plan.warnings.join("\n")).toContain(
      "alters how reviews are done (.github/parallel-review.yml, packages/a/AGENTS.md); it is reviewed as text and not applied",
    );
  });

  it("tells of links out of the repository, unlisted files and files that call themselves generated", () => {
    const files = [
      changedFile("link", { kind: "symlink", hunks: [addedHunk(1, ["/etc/passwd"])] }),
      changedFile("src/a.ts", { hunks: [addedHunk(1, ["// @generated"])] }),
    ];

    const notes = planReview({
      changeSet: changeSetOf(files, { unlistedFiles: 7 }),
      settings: Settings.parse({}),
      headText: () => undefined,
      engine: "claude",
    }).warnings.join("\n");

    expect(notes).toContain('link links out of the repository, to "/etc/passwd"');
    expect(notes).toContain("src/a.ts declares itself generated in this very change");
    expect(notes).toContain("7 changed files could not be listed");
  });
});

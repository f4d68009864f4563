import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { coverageOf } from "../../src/domain/coverage-ledger.ts";
import type { ChangedFile } from "../../src/domain/diff.ts";
import { phaseOf } from "../../src/domain/phase.ts";
import type { PlanLimits } from "../../src/domain/plan-limits.ts";
import { REVIEW_LIMITS } from "../../src/domain/plan-limits.ts";
import { planReview } from "../../src/domain/plan-review.ts";
import type { Plan } from "../../src/domain/plan.ts";
import { Settings } from "../../src/domain/settings.ts";
import type { Outcome } from "../../src/domain/subtask.ts";
import { fileTokens, partTokens } from "../../src/domain/token-estimate.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import { addedHunk, changedFile, changeSetOf } from "../support/change-builders.ts";

/** Small enough that generated changes reach every limit. */
const LIMITS: PlanLimits = { ...REVIEW_LIMITS, ceilingTokens: 4_000 };

const paths = fc.constantFrom(
  ...["src", "src/auth", "test", "docs", "api/v1", "vendor/x", "locales"].flatMap((folder) =>
    [
      "a.ts",
      "a.test.ts",
      "b.ts",
      "b.py",
      "test_b.py",
      "c.go",
      "c_test.go",
      "d.md",
      "e.json",
      "yarn.lock",
      "f.min.js",
    ].map((name) => `${folder}/${name}`),
  ),
);
const hunks = fc.array(fc.record({ length: fc.nat({ max: 80 }), width: fc.constantFrom(20, 60, 900) }), {
  maxLength: 12,
});
const files = fc.uniqueArray(
  fc.record({
    path: paths,
    hunks,
    status: fc.constantFrom<ChangedFile["status"]>("modified", "added", "modified", "removed", "renamed"),
    kind: fc.constantFrom<ChangedFile["kind"]>("file", "file", "file", "file", "symlink", "submodule"),
    imports: fc.array(fc.constantFrom("./a.js", "./b.js", "../auth/a.js", "./missing.js"), { maxLength: 3 }),
  }),
  { selector: ({ path }) => path, maxLength: 40 },
);
const settings = fc.constantFrom(
  Settings.parse({}),
  Settings.parse({ caps: { files: 7 }, quality: { finders: 1, gapPass: "off", contractPass: "off" } }),
  Settings.parse({ profiles: [{ paths: ["src/**"], depth: "deep", lenses: ["security", "general"] }] }),
);

type Case = { readonly changed: readonly ChangedFile[]; readonly text: (path: string) => string };
const cases = files.map((made): Case => {
  const texts = new Map(made.map(({ path, imports }) => [path, imports.map((name) => `import "${name}";\n`).join("")]));
  return {
    text: (path) => texts.get(path) ?? "",
    changed: made.map(({ path, status, kind, hunks: sizes }) => {
      let start = 1;
      const built = sizes.map(({ length, width }, index) => {
        const hunk = addedHunk(
          start,
          Array.from({ length }, () => "z".repeat(width)),
          `f${Math.floor(index / 2)}`,
        );
        start += length + 5;
        return hunk;
      });
      return changedFile(path, { status, kind, hunks: built });
    }),
  };
});

function plan({ changed, text }: Case, chosen: Settings): Plan {
  return planReview({
    changeSet: changeSetOf(changed),
    settings: chosen,
    headText: text,
    engine: "claude",
    limits: LIMITS,
  });
}

const doneAll = ({ subtasks }: Plan): Outcome[] =>
  subtasks.map(({ id }) => ({
    subtaskId: id,
    claims: [],
    usage: NO_USAGE,
    costUsd: 0,
    turns: 1,
    startedMs: 0,
    endedMs: 1,
    end: "done",
  }));

describe("laws of every plan", () => {
  it("holds every changed path in subtasks or in skipped, never in both", () => {
    fc.assert(
      fc.property(cases, settings, (made, chosen) => {
        const { subtasks, skipped } = plan(made, chosen);

        const read = new Set(subtasks.flatMap((subtask) => subtask.files.map(({ path }) => path)));
        expect([...read, ...skipped.map(({ path }) => path)].toSorted()).toEqual(
          made.changed.map(({ path }) => path).toSorted(),
        );
        expect(skipped.every(({ reason }) => /^[A-Z].*\.$/.test(reason))).toBe(true);
      }),
    );
  });

  it("gives every readable hunk of a read file to exactly one finder of each lens", () => {
    fc.assert(
      fc.property(cases, settings, (made, chosen) => {
        const { subtasks } = plan(made, chosen);

        for (const file of made.changed) {
          const readers = subtasks.filter((subtask) => phaseOf(subtask) === "finder");
          const mine = readers.filter((subtask) => subtask.files.some(({ path }) => path === file.path));
          for (const part of Map.groupBy(mine, ({ lens }) => lens).values()) {
            const given = part.flatMap((subtask) => subtask.files.filter(({ path }) => path === file.path));
            const all = file.hunks.map((_, index) => index);
            const indexes = given.flatMap((entry) => (entry.hunks === "all" ? all : entry.hunks));
            const readable = all.filter((index) => partTokens(file, file.hunks[index]!) <= LIMITS.ceilingTokens);
            const isWhole = given.some((entry) => entry.hunks === "all");
            expect(indexes.toSorted((a, b) => a - b)).toEqual(isWhole ? all : readable);
          }
        }
      }),
    );
  });

  it("keeps every subtask within the limits", () => {
    fc.assert(
      fc.property(cases, settings, (made, chosen) => {
        for (const subtask of plan(made, chosen).subtasks) {
          // The contract pass holds signatures and single lines, not the files.
          if (phaseOf(subtask) === "contract") continue;
          const sizes = subtask.files.map(({ path, hunks: given }) => {
            const file = made.changed.find((changed) => changed.path === path)!;
            if (given === "all") return fileTokens(file, made.text(path));
            return given.reduce((sum, index) => sum + partTokens(file, file.hunks[index]!), 0);
          });

          expect(subtask.files.length).toBeLessThanOrEqual(LIMITS.filesPerSubtask);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(LIMITS.ceilingTokens);
        }
      }),
    );
  });

  it("is the same, ids included, whatever the order of the files", () => {
    fc.assert(
      fc.property(
        cases.chain((made) =>
          fc.record({
            made: fc.constant(made),
            shuffled: fc.shuffledSubarray([...made.changed], { minLength: made.changed.length }),
          }),
        ),
        settings,
        ({ made, shuffled }, chosen) => {
          expect(plan({ ...made, changed: shuffled }, chosen)).toEqual(plan(made, chosen));
        },
      ),
    );
  });

  it("covers every changed path exactly once, and only plans with unread hunks are partial when all are done", () => {
    fc.assert(
      fc.property(cases, settings, (made, chosen) => {
        const planned = plan(made, chosen);

        const coverage = coverageOf(planned, changeSetOf(made.changed), doneAll(planned));

        expect(coverage.map(({ path }) => path)).toEqual(made.changed.map(({ path }) => path).toSorted());
        for (const { path, status } of coverage) {
          const file = made.changed.find((changed) => changed.path === path)!;
          const isSplit = fileTokens(file, made.text(path)) > LIMITS.ceilingTokens;
          const isTooLarge = isSplit && file.hunks.some((hunk) => partTokens(file, hunk) > LIMITS.ceilingTokens);
          expect(isTooLarge ? ["partial", "skipped"] : ["reviewed", "skipped"]).toContain(status);
        }
      }),
    );
  });

  it("reports coverage the same in whatever order subtasks end", () => {
    fc.assert(
      fc.property(cases, settings, (made, chosen) => {
        const planned = plan(made, chosen);
        const outcomes = doneAll(planned);

        expect(coverageOf(planned, changeSetOf(made.changed), outcomes.toReversed())).toEqual(
          coverageOf(planned, changeSetOf(made.changed), outcomes),
        );
      }),
    );
  });

  it("describes no two subtasks the same", () => {
    fc.assert(
      fc.property(cases, settings, (made, chosen) => {
        const descriptions = plan(made, chosen).subtasks.map(({ description }) => description);

        expect(new Set(descriptions).size).toBe(descriptions.length);
      }),
    );
  });

  it("numbers subtasks in plan order, each after those it waits for", () => {
    fc.assert(
      fc.property(cases, settings, (made, chosen) => {
        const { subtasks } = plan(made, chosen);

        expect(subtasks.map(({ id }) => id)).toEqual(subtasks.map((_, index) => `s${index + 1}`));
        for (const [index, { dependsOn, wave }] of subtasks.entries()) {
          const before = subtasks.slice(0, index).filter(({ id }) => dependsOn.includes(id));
          expect(before.map(({ id }) => id)).toEqual(dependsOn);
          expect(wave).toBe(Math.max(-1, ...before.map((other) => other.wave)) + 1);
        }
      }),
    );
  });

  it("has nobody wait but gap passes, and those for every finder of their files", () => {
    fc.assert(
      fc.property(cases, settings, (made, chosen) => {
        const { subtasks } = plan(made, chosen);

        for (const subtask of subtasks) {
          const finders = subtasks.filter(
            (other) => phaseOf(other) === "finder" && JSON.stringify(other.files) === JSON.stringify(subtask.files),
          );
          expect(subtask.dependsOn).toEqual(phaseOf(subtask) === "gap" ? finders.map(({ id }) => id) : []);
        }
      }),
    );
  });
});

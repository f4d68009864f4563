import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Candidate, settle, type Settled } from "../../../src/flow/refactor/settle.ts";
import type { Checker } from "../../../src/ports/checker.ts";
import { fakeChecker } from "../../support/fake-checker.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const never = new AbortController().signal;

function candidate(path: string, text: string): Candidate {
  return { id: path, edits: [{ kind: "modify", path, baseBlob: "", executable: false, text }] };
}

async function run(files: Record<string, string>, edits: Record<string, string>, checker: Checker = fakeChecker()) {
  const candidates = Object.entries(edits).map(([path, text]) => candidate(path, text));
  return settle(candidates, { base: memorySnapshot(files), checker }, never);
}

function ids(settled: Settled) {
  if (settled.status === "unavailable") throw new Error(settled.reason);
  return { kept: settled.kept.map(({ id }) => id), ejected: settled.ejected.map(({ id }) => id), runs: settled.runs };
}

describe("settle", () => {
  it("takes one check when all is well", async () => {
    const settled = await run({ "a.ts": "", "b.ts": "" }, { "a.ts": "x", "b.ts": "y" });

    expect(ids(settled)).toEqual({ kept: ["a.ts", "b.ts"], ejected: [], runs: 1 });
  });

  it("leaves out what the check names, with what it said", async () => {
    const settled = await run({ "a.ts": "", "b.ts": "" }, { "a.ts": "x", "b.ts": "broken" });

    expect(ids(settled)).toMatchObject({ kept: ["a.ts"], ejected: ["b.ts"] });
    expect(settled).toMatchObject({ ejected: [{ complaint: "b.ts(1,1): error TS1005: broken." }] });
  });

  it("takes back who was named for another's fault", async () => {
    const files = { "api.ts": "gives 1", "user.ts": 'import "./api.ts"; needs api.ts 1' };

    const settled = await run(files, { "api.ts": "gives 2", "user.ts": 'import "./api.ts"; needs api.ts 1 // tidier' });

    expect(ids(settled)).toMatchObject({ kept: ["user.ts"], ejected: ["api.ts"] });
  });

  it("finds the one that a file nobody edited depends on", async () => {
    const files = { "api.ts": "gives 1", "other.ts": "", "user.ts": 'import "./api.ts"; needs api.ts 1' };

    const settled = await run(files, { "api.ts": "gives 2", "other.ts": "x" });

    expect(ids(settled)).toMatchObject({ kept: ["other.ts"], ejected: ["api.ts"] });
    expect(settled).toMatchObject({ ejected: [{ complaint: "user.ts(2,1): error TS2345: needs 1." }] });
  });

  it("finds by bisection whom a check that names nobody turns red for", async () => {
    const silent: Checker = {
      async check(tree) {
        const isRed = tree.edits.some((edit) => edit.kind !== "delete" && edit.text === "bad");
        const record = { output: isRed ? "1 test failed" : "", isolation: "fake", notes: [], wallMs: 1 };
        return Promise.resolve(
          isRed ? { status: "failed", exitCode: 1, timedOut: false, ...record } : { status: "passed", ...record },
        );
      },
    };
    const paths = Array.from({ length: 20 }, (_, index) => `f${index}.ts`);
    const files = Object.fromEntries(paths.map((path) => [path, ""]));

    const settled = await run(
      files,
      Object.fromEntries(paths.map((path, index) => [path, index === 13 ? "bad" : "good"])),
      silent,
    );

    expect(ids(settled)).toMatchObject({ ejected: ["f13.ts"] });
    expect(ids(settled).runs).toBeLessThanOrEqual(8);
  });

  it("judges a base that is red already by what is new", async () => {
    const settled = await run({ "a.ts": "", "old.ts": "broken" }, { "a.ts": "fine" });

    expect(ids(settled)).toMatchObject({ kept: ["a.ts"], ejected: [] });
    expect(settled.status).toBe("no-worse");
  });

  it("says when the check cannot be run", async () => {
    const settled = await run(
      { "a.ts": "" },
      { "a.ts": "x" },
      {
        check: async () => Promise.resolve({ status: "unavailable", reason: "no sandbox" }),
      },
    );

    expect(settled).toEqual({ status: "unavailable", reason: "no sandbox" });
  });

  it("keeps exactly those without an error of their own, whoever is broken", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 14 }), async (broken) => {
        const paths = broken.map((_, index) => `src/f${String(index).padStart(2, "0")}.ts`);
        const files = Object.fromEntries(paths.map((path) => [path, ""]));
        const edits = Object.fromEntries(
          paths.map((path, index) => [path, broken[index] === true ? "broken" : "fine"]),
        );

        const settled = await run(files, edits);

        expect(ids(settled).kept).toEqual(paths.filter((_, index) => broken[index] === false));
        expect(ids(settled).kept.length + ids(settled).ejected.length).toBe(paths.length);
      }),
      { numRuns: 40 },
    );
  });
});

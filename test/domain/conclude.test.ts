import { describe, expect, it } from "vitest";

import { conclude } from "../../src/domain/conclude.ts";
import type { RunParts } from "../../src/domain/conclude.ts";
import { FAIL_ON } from "../../src/domain/severity.ts";

function parts(statuses: readonly RunParts["coverage"][number]["status"][], over: Partial<RunParts> = {}): RunParts {
  return {
    coverage: statuses.map((status) => ({ status })),
    subtasks: [],
    findings: [],
    unlistedFiles: 0,
    cancelled: false,
    ...over,
  };
}

const HIGH = { severity: "high", scope: "introduced", verdict: "unverified" } as const;

describe("conclude", () => {
  it("is a success when everything was reviewed, whatever was skipped on purpose", () => {
    expect(conclude(parts(["reviewed", "skipped"]), "high")).toEqual({
      conclusion: "success",
      fails: false,
      reason: "1 file of 1 reviewed",
    });
  });

  it.each(FAIL_ON)("never calls a run without a reviewed file a success (%s)", (failOn) => {
    expect(conclude(parts(["failed", "failed", "skipped"]), failOn)).toMatchObject({
      conclusion: "failure",
      fails: true,
    });
    expect(conclude(parts([], { unlistedFiles: 4 }), failOn)).toMatchObject({ conclusion: "failure", fails: true });
    expect(conclude(parts(["skipped"]), failOn)).toMatchObject({ conclusion: "nothing-to-do", fails: false });
  });

  it.each([
    ["a file was reviewed in part", parts(["reviewed", "partial"])],
    ["a file failed", parts(["reviewed", "failed"])],
    ["a subtask ran out of budget", parts(["reviewed"], { subtasks: [{ status: "out-of-budget" }] })],
    ["files could not be listed", parts(["reviewed"], { unlistedFiles: 1 })],
  ])("is partial when %s, and no gate passes on it", (_, run) => {
    expect(conclude(run, "never")).toMatchObject({ conclusion: "partial", fails: false });
    expect(conclude(run, "critical")).toMatchObject({ conclusion: "partial", fails: true });
    expect(conclude(run, "incomplete")).toMatchObject({ conclusion: "partial", fails: true });
  });

  it("fails from the named severity up, for findings of this change that were not refuted", () => {
    const run = parts(["reviewed"], { findings: [HIGH] });

    expect(conclude(run, "high")).toEqual({
      conclusion: "failure",
      fails: true,
      reason: "1 finding reaches the fail-on level (high)",
    });
    expect(conclude(run, "critical")).toMatchObject({ conclusion: "success", fails: false });
    expect(conclude(run, "incomplete")).toMatchObject({ conclusion: "success", fails: false });
    expect(conclude(parts(["reviewed"], { findings: [{ ...HIGH, scope: "pre-existing" }] }), "low")).toMatchObject({
      fails: false,
    });
    expect(conclude(parts(["reviewed"], { findings: [{ ...HIGH, verdict: "refuted" }] }), "low")).toMatchObject({
      fails: false,
    });
  });

  it("says so when it was cancelled", () => {
    expect(conclude(parts(["reviewed", "failed"], { cancelled: true }), "never")).toMatchObject({
      conclusion: "cancelled",
      fails: true,
    });
  });
});

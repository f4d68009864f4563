import type { ChangedFile, DiffLine, Hunk } from "../../src/domain/diff.ts";
import type { Claim, Finding } from "../../src/domain/finding.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Outcome, Subtask } from "../../src/domain/subtask.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";

/**
 * A hunk from diff lines as people write them: `" same"`, `"+new"`, `"-old"`. The numbers count from the given starts.
 */
export function aHunk(newStart: number, lines: readonly string[], oldStart = newStart): Hunk {
  let newLine = newStart;
  let oldLine = oldStart;
  const parsed = lines.map((line): DiffLine => {
    const text = line.slice(1);
    if (line.startsWith("+")) return { kind: "added", text, newLine: newLine++ };
    if (line.startsWith("-")) return { kind: "removed", text, oldLine: oldLine++ };
    return { kind: "context", text, oldLine: oldLine++, newLine: newLine++ };
  });
  return { oldStart, oldLines: oldLine - oldStart, newStart, newLines: newLine - newStart, section: "", lines: parsed };
}

export function aFile(path: string, hunks: readonly Hunk[], over: Partial<ChangedFile> = {}): ChangedFile {
  const count = (kind: DiffLine["kind"]): number =>
    hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.kind === kind).length, 0);
  return {
    path,
    status: "modified",
    kind: "file",
    binary: false,
    becameExecutable: false,
    hunks,
    additions: count("added"),
    deletions: count("removed"),
    ...over,
  };
}

export function aClaim(over: Partial<Claim> = {}): Claim {
  return {
    path: "src/orders.ts",
    startLine: 10,
    endLine: 10,
    side: "RIGHT",
    severity: "high",
    category: "query-in-loop",
    title: "One query for every order",
    detail: "Each turn of the loop asks the database for one customer.",
    failureScenario: "With 500 orders the page sends 501 queries.",
    quote: "const customer = await db.customer(order.customerId);",
    confidence: 0.9,
    source: "model",
    ...over,
  };
}

export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    ...aClaim(),
    id: "f1",
    scope: "introduced",
    lens: "correctness",
    agreement: { found: 1, of: 1 },
    verdict: "unverified",
    fingerprint: "0123456789abcdef",
    placement: "inline",
    ...over,
  };
}

export function aReport(over: Partial<Report> = {}): Report {
  return {
    schema: "parallel-review/findings@1",
    job: "review",
    target: { repository: "acme/shop", pullRequest: 7, base: "b".repeat(40), head: "a".repeat(40) },
    engine: "claude",
    coverage: [{ path: "src/orders.ts", status: "reviewed", subtasks: ["s1"] }],
    findings: [],
    subtasks: [aSubtaskRun()],
    usage: NO_USAGE,
    costUsd: 0,
    wallMs: 1_000,
    sumMs: 1_000,
    criticalPathMs: 1_000,
    speedup: 1,
    conclusion: "success",
    notes: [],
    ...over,
  };
}

export function aSubtaskRun(over: Partial<Report["subtasks"][number]> = {}): Report["subtasks"][number] {
  return {
    id: "s1",
    description: "src/orders.ts",
    wave: 0,
    dependsOn: [],
    paths: ["src/orders.ts"],
    tools: ["Read"],
    status: "done",
    startedMs: 0,
    endedMs: 1_000,
    turns: 1,
    usage: NO_USAGE,
    costUsd: 0,
    ...over,
  };
}

/** A subtask over one file, with a budget that ends nothing by accident. */
export function aSubtask(overrides: Partial<Subtask> = {}): Subtask {
  return {
    id: "s1",
    description: "src/a.ts",
    lens: "correctness",
    files: [{ path: "src/a.ts", hunks: "all" }],
    risk: "normal",
    tools: ["Read", "Glob", "Grep", "report_findings"],
    budget: { turns: 8, tokens: 1_000_000, outputTokens: 8_000 },
    dependsOn: [],
    wave: 0,
    why: "alone",
    ...overrides,
  };
}

/** An outcome that ended well and found nothing. */
export function anOutcome(overrides: Partial<Omit<Outcome, "end">> = {}): Outcome {
  return {
    subtaskId: "s1",
    claims: [],
    usage: NO_USAGE,
    costUsd: 0,
    turns: 1,
    startedMs: 0,
    endedMs: 0,
    ...overrides,
    end: "done",
  };
}

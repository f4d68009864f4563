import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { claudeModel } from "../../src/adapters/claude/claude-model.ts";
import { ExternalError } from "../../src/domain/errors.ts";
import type { Report } from "../../src/domain/report.ts";
import { SYSTEM_CLOCK } from "../../src/entry/system-clock.ts";
import { gatedModel } from "../../src/flow/scheduler/gated-model.ts";
import type { Model } from "../../src/ports/model.ts";
import {
  apiError,
  cutAt,
  type CutKind,
  errorEventAt,
  overloaded,
  rateLimited,
  stallAt,
} from "../../src/standin/claude/faults.ts";
import type { MessagesRequest } from "../../src/standin/claude/request.ts";
import type { Answer, RequestInfo } from "../../src/standin/claude/script.ts";
import { type ClaudeStandin, startClaude } from "../../src/standin/claude/server.ts";
import {
  brokenJsonTurn,
  cutToolTurn,
  emptyTurn,
  oddStopTurn,
  pauseTurn,
  refusalTurn,
  textTurn,
  toolTurn,
  type Turn,
  windowExceededTurn,
} from "../../src/standin/claude/turns.ts";
import { anthropicContract } from "../contract/anthropic/anthropic-contract.ts";
import {
  lonelyFiles,
  reportedFinding,
  reviewOnStage,
  type StageFile,
  type StageOptions,
} from "../support/review-stage.ts";

const { validate } = anthropicContract();
const report = (final: boolean, ...findings: unknown[]): Turn =>
  toolTurn([{ name: "report_findings", input: { findings, final } }], { pieceLength: 400 });

/** Its random numbers are all 0: what it waits before it sends a turn again is nothing. */
function modelOf(claude: ClaudeStandin, idleTimeoutMs = 60_000): Model {
  const model = claudeModel({ apiKey: "key", baseUrl: claude.url, idleTimeoutMs });
  return gatedModel(model, { clock: SYSTEM_CLOCK, random: () => 0, concurrency: 64 });
}

type Script = (subject: {
  readonly file: StageFile;
  readonly index: number;
  readonly turn: number;
  readonly attempt: number;
  readonly maxTokens: number;
  readonly finding: (title: string) => unknown;
}) => Answer;

/** Reviews `count` files; the script says what the model answers about each, and every request is held against the contract. */
async function review(
  count: number,
  script: Script,
  over: Partial<StageOptions> & { readonly idleTimeoutMs?: number } = {},
): Promise<{ report: Report; requests: number; violations: readonly string[] }> {
  await using claude = await startClaude({ validate });
  const files = over.files ?? lonelyFiles(count);
  claude.script((request: MessagesRequest, info: RequestInfo) => {
    const index = files.findIndex(({ path }) => request.firstUserText.includes(`# Your task: ${path}`));
    const file = files[index] ?? { path: "?", lines: [] };
    const finding = (title: string): unknown => reportedFinding(file.path, file.lines[5] ?? "", { title });
    return script({ file, index, turn: request.turn, attempt: info.attempt, maxTokens: request.maxTokens, finding });
  });
  const { report: made } = await reviewOnStage({
    model: modelOf(claude, over.idleTimeoutMs),
    files,
    clock: SYSTEM_CLOCK,
    ...over,
  });
  return { report: made, requests: claude.journal.messages.length, violations: claude.violations };
}

const titles = (made: Report): string[] => made.findings.map(({ title }) => title).toSorted();
const statuses = (made: Report): string[] => made.coverage.map(({ status }) => status);

const LANES = 50;

describe("a stream that is cut", () => {
  let claude: ClaudeStandin;
  const request = {
    model: "claude-sonnet-5-5",
    system: "system",
    prefix: "",
    tools: [],
    maxOutputTokens: 1_000,
    effort: undefined,
  };
  const whole = report(true, reportedFinding("a.ts", "const a = 1;"));
  const body = { model: request.model, max_tokens: 1_000, stream: true, messages: [{ role: "user", content: "0" }] };

  beforeAll(async () => {
    claude = await startClaude();
  });
  afterAll(async () => {
    await claude[Symbol.asyncDispose]();
  });

  const never = new AbortController().signal;
  const input = JSON.stringify(whole.parts.map((part) => "input" in part && part.input)[0]);

  it("at any byte is never taken for a turn that is not whole", async () => {
    const bytes = claude.recordedTurnBytes(whole, body).length;
    claude.script(({ firstUserText }) => cutAt(whole, Number(firstUserText)));
    const model = claudeModel({ apiKey: "key", baseUrl: claude.url, idleTimeoutMs: 60_000 });

    const endings: string[] = [];
    for (let at = 0; at < bytes; at += LANES) {
      const lanes = Array.from({ length: Math.min(LANES, bytes - at) }, async (_, lane) => {
        const turn = model.turn({ ...request, messages: [{ role: "user", text: String(at + lane) }] }, never);
        return turn.then(
          ({ stop, calls }) => `${stop} ${JSON.stringify(calls[0]?.input)}`,
          (error: unknown) => (error instanceof ExternalError && error.retryable ? "asks again" : String(error)),
        );
      });
      endings.push(...(await Promise.all(lanes)));
    }

    expect(bytes).toBeGreaterThan(1_000);
    expect(new Set(endings)).toEqual(new Set(["asks again"]));
  });

  it.each(["end", "close", "reset"] satisfies CutKind[])("(%s) is asked for again, and comes whole", async (how) => {
    const bytes = claude.recordedTurnBytes(whole, body).length;
    claude.script(({ firstUserText }, { attempt }) =>
      attempt === 1 ? cutAt(whole, Number(firstUserText.slice(how.length)), how) : whole,
    );
    const model = modelOf(claude);

    const turns = await Promise.all(
      Array.from({ length: Math.ceil(bytes / 31) }, (_, index) =>
        model.turn({ ...request, messages: [{ role: "user", text: `${how}${index * 31}` }] }, never),
      ),
    );

    expect(new Set(turns.map(({ calls }) => JSON.stringify(calls[0]?.input)))).toEqual(new Set([input]));
  });

  it.each([0, 300, 700, 900, 1_100])(
    "again and again (byte %i) loses the file, not what was reported before, and says so",
    async (at) => {
      const { report: made, requests } = await review(3, ({ index, turn, finding }) => {
        if (turn === 1) return report(index !== 1, finding(`first of ${index}`));
        return cutAt(report(true, finding("never whole")), at);
      });

      expect(titles(made)).toEqual(["first of 0", "first of 1", "first of 2"]);
      expect(statuses(made)).toEqual(["reviewed", "failed", "reviewed"]);
      expect(made.conclusion).toBe("partial");
      expect(made.coverage[1]?.reason).toMatch(/Claude/);
      expect(requests).toBe(3 + 4);
    },
  );
});

describe("a stream that is cut at every byte, in a whole run", () => {
  it("loses its file, never what was reported before, and posts nothing of the turn that was cut", async () => {
    const never = "never whole";
    await using claude = await startClaude();
    const body = { model: "claude-sonnet-5-5", max_tokens: 16_000, stream: true };
    const sample = report(true, reportedFinding("src/sample.ts", "const a = 1;", { title: never }));
    const bytes = claude.recordedTurnBytes(sample, { ...body, messages: [{ role: "user", content: "0" }] }).length;

    const runs: Report[] = [];
    for (let at = 0; at < bytes; at += LANES) {
      // The last file of each run is cut nowhere: the others do not take it with them.
      const { report: made } = await review(
        LANES + 1,
        ({ index, turn, finding }) => {
          if (turn === 1) return report(index === LANES, finding(`before ${index}`));
          return cutAt(report(true, finding(never)), Math.min(at + index, bytes - 1));
        },
        { concurrency: LANES, settings: { budgetUsd: 1_000 } },
      );
      runs.push(made);
    }

    const before = Array.from({ length: LANES + 1 }, (_, index) => `before ${index}`).toSorted();
    const ends = [...Array.from({ length: LANES }, () => "failed"), "reviewed"];
    expect(bytes).toBeGreaterThan(1_000);
    for (const made of runs) {
      expect(titles(made)).toEqual(before);
      expect(statuses(made).toSorted()).toEqual(ends);
      expect(made.coverage.every(({ status, reason = "" }) => status === "reviewed" || reason.includes("Claude"))).toBe(
        true,
      );
      expect(made.conclusion).toBe("partial");
    }
  }, 300_000);
});

describe("what a service does to a run", () => {
  const others: Script = ({ index, finding }) => report(true, finding(`of ${index}`));
  const KEPT = ["of 0", "of 2"];
  /** What the planner grants a subagent of normal depth. */
  const FIRST_OUTPUT = 16_000;

  const FAULTS: [string, Script, { requests: number; ends: string; findings: readonly string[] }][] = [
    [
      "an error event in the middle, once",
      (subject) => (subject.attempt === 1 ? errorEventAt(report(true, subject.finding("half")), 4) : others(subject)),
      { requests: 4, ends: "reviewed", findings: ["of 0", "of 1", "of 2"] },
    ],
    [
      "a short 429, once",
      (subject) => (subject.attempt === 1 ? rateLimited({ retryAfterMs: 20 }) : others(subject)),
      { requests: 4, ends: "reviewed", findings: ["of 0", "of 1", "of 2"] },
    ],
    ["a refusal", () => refusalTurn("cyber", "declined"), { requests: 3, ends: "failed", findings: KEPT }],
    [
      "output that is cut in a tool call, twice",
      ({ finding }) =>
        cutToolTurn({ name: "report_findings", input: { findings: [finding("cut")], final: true } }, 200),
      { requests: 4, ends: "partial", findings: KEPT },
    ],
    [
      "output that is cut in a tool call, once",
      (subject) =>
        subject.maxTokens === FIRST_OUTPUT
          ? cutToolTurn({ name: "report_findings", input: { findings: [subject.finding("cut")], final: true } }, 200)
          : others(subject),
      { requests: 4, ends: "reviewed", findings: ["of 0", "of 1", "of 2"] },
    ],
    [
      "tool input that is not JSON",
      () => brokenJsonTurn("report_findings", '{"findings": [oops'),
      { requests: 6, ends: "failed", findings: KEPT },
    ],
    ["nothing at all, twice", () => emptyTurn(), { requests: 4, ends: "failed", findings: KEPT }],
    ["prose, twice", () => textTurn("All fine!"), { requests: 4, ends: "failed", findings: KEPT }],
    [
      "a stop reason of tomorrow, twice",
      () => oddStopTurn("tired", "zzz"),
      { requests: 4, ends: "failed", findings: KEPT },
    ],
    ["a pause without end", () => pauseTurn("one moment"), { requests: 7, ends: "failed", findings: KEPT }],
    [
      "a full context that cannot be split",
      () => windowExceededTurn("so m"),
      { requests: 3, ends: "partial", findings: KEPT },
    ],
    [
      "a request that is too long and cannot be split",
      () => apiError("request_too_large", "prompt is too long"),
      { requests: 3, ends: "failed", findings: KEPT },
    ],
    [
      "a request it calls invalid",
      () => apiError("invalid_request_error", "no"),
      { requests: 3, ends: "failed", findings: KEPT },
    ],
    [
      "errors of its own, again and again",
      () => apiError("api_error"),
      { requests: 6, ends: "failed", findings: KEPT },
    ],
    ["529s, again and again", () => overloaded(), { requests: 9, ends: "failed", findings: KEPT }],
  ];

  it.each(FAULTS)("%s costs one file at most", async (_name, script, expected) => {
    const {
      report: made,
      requests,
      violations,
    } = await review(3, (subject) => (subject.index === 1 ? script(subject) : others(subject)));

    expect(violations).toEqual([]);
    expect(titles(made)).toEqual(expected.findings);
    expect(statuses(made)).toEqual(["reviewed", expected.ends, "reviewed"]);
    expect(requests).toBe(expected.requests);
    expect(made.conclusion).toBe(expected.ends === "reviewed" ? "success" : "partial");
  });

  it.each(FAULTS)("%s takes nothing back that was reported before", async (_name, script, { ends }) => {
    const { report: made, violations } = await review(3, (subject) => {
      if (subject.index !== 1) return others(subject);
      return subject.turn === 1 ? report(false, subject.finding("before")) : script(subject);
    });

    expect(violations).toEqual([]);
    expect(titles(made)).toEqual(expect.arrayContaining(["before", "of 0", "of 2"]));
    expect(titles(made).filter((title) => title === "cut" || title === "half")).toEqual([]);
    if (ends === "reviewed") expect(statuses(made)).toEqual(["reviewed", "reviewed", "reviewed"]);
    else if (statuses(made)[1] !== "reviewed") expect(made.coverage[1]?.reason).toBeTruthy();
  });

  it("outlasts a storm of 529s over all its subagents, and loses none", async () => {
    // Without waits between them, a storm by count could strike one subagent until it gives up.
    const struck = new Set<number>();
    const { report: made, requests } = await review(12, (subject) => {
      if (struck.size >= 10 || struck.has(subject.index)) return others(subject);
      struck.add(subject.index);
      return overloaded();
    });

    expect(statuses(made)).toEqual(Array.from({ length: 12 }, () => "reviewed"));
    expect(titles(made)).toHaveLength(12);
    expect(requests).toBe(22);
  });

  it("gives up a stream that falls silent each time, with what was reported before", async () => {
    const { report: made } = await review(
      2,
      (subject) => {
        if (subject.index === 0) return others(subject);
        return subject.turn === 1
          ? report(false, subject.finding("before"))
          : stallAt(report(true, subject.finding("half")), 700);
      },
      { idleTimeoutMs: 50 },
    );

    expect(titles(made)).toEqual(["before", "of 0"]);
    expect(statuses(made)).toEqual(["reviewed", "failed"]);
    expect(made.coverage[1]?.reason).toContain("sent nothing");
  });

  it("ends a stream that falls silent, and asks again", async () => {
    const { report: made, requests } = await review(
      2,
      (subject) =>
        subject.index === 1 && subject.attempt === 1
          ? stallAt(report(true, subject.finding("silent")), 700)
          : others(subject),
      // Longer than a busy machine takes between two events of a stream that goes on.
      { idleTimeoutMs: 2_000 },
    );

    expect(titles(made)).toEqual(["of 0", "of 1"]);
    expect(requests).toBe(3);
  });

  it("ends the run with one clear line when the key is refused, after few requests", async () => {
    const refused = review(30, () => apiError("authentication_error", "invalid x-api-key"));

    await expect(refused).rejects.toMatchObject({ fatal: true, message: expect.stringContaining("anthropic-api-key") });
  });

  it("delivers what was paid for when the account runs empty in the middle", async () => {
    const { report: made } = await review(
      4,
      (subject) =>
        subject.index < 2 ? others(subject) : apiError("invalid_request_error", "Your credit balance is too low"),
      { concurrency: 1 },
    );

    expect(titles(made)).toEqual(["of 0", "of 1"]);
    expect(statuses(made)).toEqual(["reviewed", "reviewed", "failed", "failed"]);
    expect(made.notes.join()).toMatch(/credit balance/);
    expect(made.conclusion).toBe("partial");
  });

  it("goes on without the service when it asks for a wait of ten minutes, with what there is", async () => {
    const { report: made, requests } = await review(
      6,
      (subject) => (subject.index < 2 ? others(subject) : rateLimited({ retryAfterSeconds: 600 })),
      { concurrency: 1 },
    );

    expect(titles(made)).toEqual(["of 0", "of 1"]);
    expect(statuses(made).filter((status) => status === "failed")).toHaveLength(4);
    expect(requests).toBe(3);
  });

  it("splits a file that overflows the context, and reviews it in halves", async () => {
    const [first] = lonelyFiles(1, 4_000);
    const { report: made } = await review(
      1,
      ({ turn, finding, file }) => {
        const isWhole = turn === 1 && !file.path.includes("half") && seen.push(1) === 1;
        return isWhole ? windowExceededTurn("too m") : report(true, finding(`half ${seen.length}`));
      },
      { files: first === undefined ? [] : [first] },
    );

    expect(made.subtasks.length).toBeGreaterThan(1);
    expect(statuses(made)).toEqual(["reviewed"]);
  });
  const seen: number[] = [];
});

describe("what a model does to a run", () => {
  it("answers 500 calls in one turn, and keeps the report among them", async () => {
    const { report: made, violations } = await review(1, ({ turn, finding, file }) => {
      if (turn > 1) return report(true);
      const reads = Array.from({ length: 499 }, (_, index) => ({
        name: "Read",
        input: { file_path: file.path },
        id: `toolu_${index}`,
      }));
      return toolTurn([...reads, { name: "report_findings", input: { findings: [finding("kept")], final: false } }]);
    });

    expect(violations).toEqual([]);
    expect(titles(made)).toEqual(["kept"]);
    expect(statuses(made)).toEqual(["reviewed"]);
  });

  it("places nothing in files that do not exist, and loses no claim about them silently", async () => {
    const { report: made } = await review(1, ({ finding, file }) =>
      report(
        true,
        finding("real"),
        reportedFinding("src/invented.ts", file.lines[3] ?? "", { title: "invented" }),
        reportedFinding("../../etc/passwd", "root", { title: "outside", category: "outside" }),
      ),
    );

    const inline = made.findings.filter(({ placement }) => placement === "inline");
    expect(inline.map(({ title }) => title)).toEqual(["real"]);
    expect(titles(made)).toEqual(["invented", "outside", "real"]);
  });

  it("cannot reach a prototype, an unknown tool or the wrong types", async () => {
    const { report: made, violations } = await review(1, ({ turn, finding }) =>
      turn === 1
        ? toolTurn([
            { name: "__proto__", input: {} },
            { name: "constructor", input: { prototype: 1 } },
            { name: "Read", input: JSON.parse('{"__proto__": {"file_path": "a"}}') as unknown },
            { name: "Grep", input: { pattern: 7 } },
            { name: "report_findings", input: { findings: "none", final: "yes" } },
          ])
        : report(true, finding("after all")),
    );

    expect(violations).toEqual([]);
    expect(titles(made)).toEqual(["after all"]);
    expect(statuses(made)).toEqual(["reviewed"]);
  });
});

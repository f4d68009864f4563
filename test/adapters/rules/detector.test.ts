import { beforeAll, describe, expect, it } from "vitest";

import { installedAssets } from "../../../src/adapters/rules/assets.ts";
import { rulesDetector } from "../../../src/adapters/rules/detector.ts";
import { loadRules } from "../../../src/adapters/rules/load-rules.ts";
import type { RuleSet } from "../../../src/adapters/rules/rule.ts";
import { Claim } from "../../../src/domain/finding.ts";
import type { Detection } from "../../../src/ports/detector.ts";

const assets = installedAssets();
const { signal } = new AbortController();
const faulty = new URL("fixtures/faulty-worker.ts", import.meta.url);
const broken = new URL("fixtures/broken-worker.ts", import.meta.url);
const nowhere = new URL("fixtures/there-is-no-such-worker.ts", import.meta.url);
/** Any TypeScript file takes the engine. */
const ANY_FILE: RuleSet = {
  syntax: [
    {
      id: "any",
      severity: "low",
      confidence: 1,
      category: "test",
      title: "",
      message: "",
      why: "",
      failureScenario: "",
      languages: ["typescript"],
      matcher: { rule: { kind: "program" } },
      needs: [],
      files: [],
      ignores: [],
      skipTests: false,
    },
  ],
  text: [],
};

let rules: RuleSet;
beforeAll(async () => {
  const text = `id: no-print
language: Python
severity: error
message: "Log \`$A\` instead of printing it."
note: Output is lost.
rule: { pattern: print($A) }
fix: log.info($A)
`;
  rules = await loadRules({ assets, repository: [{ path: "own.yml", text }], signal });
});

function outcomes(detections: readonly Detection[]): (string | undefined)[] {
  return detections.map(({ error, unfit, claims }) => error ?? unfit ?? `${claims.length} claims`);
}

describe("rulesDetector", () => {
  it("makes claims that follow the schema, anchored at quoted lines", async () => {
    const text = "def f():\n    if a:\n        print(total,\n              )\n        print(b)\n";

    await using detector = rulesDetector({ rules, assets });

    const [detection] = await detector.detect([{ path: "a.py", text }], signal);

    expect(detection?.claims.map((claim) => Claim.parse(claim))).toEqual(detection?.claims);
    expect(detection?.claims).toMatchObject([
      {
        startLine: 3,
        endLine: 4,
        quote: "        print(total,\n              )",
        suggestion: "        log.info(total)",
      },
      {
        path: "a.py",
        startLine: 5,
        endLine: 5,
        side: "RIGHT",
        severity: "high",
        title: "Log `b` instead of printing it",
        detail: "Log `b` instead of printing it.\n\nOutput is lost.",
        quote: "        print(b)",
        suggestion: "        log.info(b)",
        confidence: 1,
        source: "rule",
        ruleId: "no-print",
      },
    ]);
  });

  it("answers in the order of the files, the same with one worker and with four", async () => {
    const files = Array.from({ length: 12 }, (_, index) => ({
      path: `src/${index}.ts`,
      text: `${"// filler\n".repeat(index * 1_000)}export async function f${index}(xs) { xs.forEach(async (x) => { await g(x); }); }\n`,
    }));

    await using alone = rulesDetector({ rules, assets, workers: 1 });
    await using together = rulesDetector({ rules, assets, workers: 4 });

    const one = await alone.detect(files, signal);
    const four = await together.detect(files, signal);

    expect(four).toEqual(one);
    expect(one.map((detection) => detection.path)).toEqual(files.map((file) => file.path));
    expect(one.every((detection) => detection.claims.length === 1)).toBe(true);
  });

  it("starts no worker when there is nothing to read", async () => {
    await using detector = rulesDetector({ rules, assets, workerUrl: nowhere });

    expect(await detector.detect([], signal)).toEqual([]);
  });

  it("starts no worker for files in which only text rules can match, and says of them the same as an engine", async () => {
    const secret = ["AKIA", "QYLPMN5HFIQR7XYA"].join("");
    const small = { path: "src/keys.ts", text: `export const key = "${secret}";\n` };
    const large = { ...small, text: `${"// nothing here\n".repeat(2_000)}${small.text}` };

    await using detector = rulesDetector({ rules, assets, workerUrl: nowhere });
    await using engine = rulesDetector({ rules, assets, workers: 1 });

    const [inPlace] = await detector.detect([small], signal);
    const [byWorker] = await engine.detect([large], signal);

    expect(outcomes(await detector.detect([large], signal))).toEqual([expect.stringContaining("does not start")]);
    expect(inPlace?.claims.map(({ ruleId, startLine }) => [ruleId, startLine])).toEqual([["secret-in-source", 1]]);
    expect(byWorker?.claims).toEqual(inPlace?.claims.map((claim) => ({ ...claim, startLine: 2_001, endLine: 2_001 })));
  });

  it("gives files of unknown languages no claims and no error", async () => {
    const files = [
      { path: "App.vue", text: "<template><b/></template>" },
      { path: "LICENSE", text: "Free." },
    ];

    await using detector = rulesDetector({ rules, assets });

    expect(await detector.detect(files, signal)).toEqual([
      { path: "App.vue", claims: [] },
      { path: "LICENSE", claims: [] },
    ]);
  });

  it("leaves out what is too large or minified, and says so for code only; only what is too large is an error", async () => {
    const files = [
      { path: "a.js", text: "x();".repeat(5_000) },
      { path: "b.js", text: "x();\n".repeat(5_000) },
      { path: "c.txt", text: "x ".repeat(20_000) },
    ];

    await using detector = rulesDetector({ rules, assets, maxFileLength: 21_000 });

    const detections = await detector.detect(files, signal);

    expect(outcomes(detections)).toEqual([
      expect.stringMatching(/^Minified/),
      expect.stringContaining("too large"),
      "0 claims",
    ]);
    expect(detections.map(({ error }) => error !== undefined)).toEqual([false, true, false]);
  });

  it("loses only the file that hangs, crashes or fails, and goes on with a new worker", async () => {
    const files = ["fine", "hang", "fine", "crash", "fail", "fine"].map((text, index) => ({
      path: `${index}.ts`,
      text,
    }));

    await using detector = rulesDetector({ rules: ANY_FILE, assets, workers: 1, fileLimitMs: 300, workerUrl: faulty });

    expect(outcomes(await detector.detect(files, signal))).toEqual([
      "0 claims",
      "rules: took longer than 0.3 s",
      "0 claims",
      "rules: out of memory",
      "rules: no such kind",
      "0 claims",
    ]);
  });

  it("survives code that is nested too deeply for the engine", async () => {
    const deep = `db.query("SELECT a FROM b WHERE c=" ${"+ x\n".repeat(20_000)});`;
    const files = [
      { path: "deep.ts", text: deep },
      { path: "next.ts", text: "eval(input);\n" },
    ];

    await using detector = rulesDetector({ rules, assets, workers: 1 });

    const detections = await detector.detect(files, signal);

    expect(outcomes(detections)).toEqual([expect.stringMatching(/^rules: /), "1 claims"]);
  });

  it("tells of every file when no worker can start", async () => {
    await using detector = rulesDetector({ rules: ANY_FILE, assets, workerUrl: broken });

    const detections = await detector.detect(
      [
        { path: "a.ts", text: "a" },
        { path: "b.ts", text: "b" },
      ],
      signal,
    );

    expect(outcomes(detections)).toEqual([
      "rules: the engine does not start: wasm file is damaged",
      "rules: the engine does not start: wasm file is damaged",
    ]);
  });

  it("stops at once when aborted, even in the middle of a file", async () => {
    const controller = new AbortController();
    await using detector = rulesDetector({ rules: ANY_FILE, assets, fileLimitMs: 60_000, workerUrl: faulty });
    const running = detector.detect([{ path: "a.ts", text: "hang" }], controller.signal);

    controller.abort(new Error("enough"));

    await expect(running).rejects.toThrow("enough");
  });

  it("leaves lines alone that carry ast-grep's own ignore comment", async () => {
    const text =
      "# ast-grep-ignore: no-print\nprint(a)\nprint(b)  # ast-grep-ignore\nprint(c)  # ast-grep-ignore: other\n";

    await using detector = rulesDetector({ rules, assets });

    const [detection] = await detector.detect([{ path: "a.py", text }], signal);

    expect(detection?.claims.map((claim) => claim.startLine)).toEqual([4]);
  });
});

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { openRunFolder } from "../../../src/adapters/journal/run-folder.ts";
import { readTranscript } from "../../../src/adapters/journal/transcript.ts";
import { ExternalError } from "../../../src/domain/errors.ts";
import { secretMasker } from "../../../src/domain/redact.ts";
import { NO_USAGE } from "../../../src/domain/usage.ts";
import { storedError } from "../../../src/flow/checkpoint/run-memory.ts";
import type { RunHeader, TranscriptEntry, TurnEntry } from "../../../src/ports/run-store.ts";
import { aClaim, anOutcome, aReport } from "../../support/builders.ts";

const root = mkdtempSync(join(tmpdir(), "run-folder-"));
afterAll(() => {
  rmSync(root, { recursive: true });
});

const SECRET = "sk-ant-secret-0123456789abcdef";
let folders = 0;
function freshFolder(): string {
  folders += 1;
  return join(root, `run-${folders}`);
}
const open = (folder: string, keepBytes = 0, problems: string[] = []): ReturnType<typeof openRunFolder> =>
  openRunFolder({
    folder,
    keepBytes,
    mask: secretMasker([SECRET]),
    clean: (text) => text.replaceAll("ghs_", "***_"),
    onFailure: (problem) => problems.push(problem),
  });

const header: RunHeader = {
  kind: "run",
  schema: "parallel-review/transcript@1",
  version: "1.0.0",
  startedMs: 1,
  repository: "acme/shop",
  base: "b".repeat(40),
  head: "a".repeat(40),
  planHash: "p",
  request: { run: "", engine: "claude", model: "m" },
};
const asked = {
  asker: "s1",
  turn: 1,
  hash: "h",
  parts: { model: "1", system: "2", prefix: "3", tools: "4", limits: "5", messages: ["6"] },
  startedMs: 2,
  endedMs: 3,
};
const aTurn = (text: string): TurnEntry => ({
  kind: "turn",
  ...asked,
  usage: NO_USAGE,
  costUsd: 0.5,
  answer: { text, calls: [{ id: "c", name: "Read", input: { a: [1] } }], stop: "tools", replay: [{ type: "text" }] },
});

describe("a run folder", () => {
  it("gives back every kind of line as it was written", () => {
    const error = new ExternalError("Claude", "broke off", { retryable: true, fault: "broken", usage: NO_USAGE });
    const entries: TranscriptEntry[] = [
      header,
      aTurn("a\u2028b\nc"),
      { kind: "failure", ...asked, isBroken: true, costUsd: 0, error: storedError(error) },
      {
        kind: "outcome",
        outcome: { ...anOutcome({ claims: [aClaim()] }), end: "done" },
        unanalysed: [{ path: "x", reason: "y" }],
      },
      {
        kind: "outcome",
        outcome: { ...anOutcome(), end: "failed", error: storedError(new Error("bug")) },
        unanalysed: [],
      },
      { kind: "resume", version: "1.0.0", atMs: 9 },
      { kind: "end", endedMs: 10, stopped: "received SIGTERM", timeUp: false },
    ];
    const folder = freshFolder();
    using store = open(folder);

    for (const entry of entries) store.append(entry);

    expect(readTranscript(join(folder, "transcript.jsonl")).entries).toEqual(entries);
  });

  it("leaves out a line that was being written, and goes on in its place", () => {
    const folder = freshFolder();
    const file = join(folder, "transcript.jsonl");
    open(folder).append(header);
    appendFileSync(file, '{"kind":"turn","as');

    const { entries, wholeBytes } = readTranscript(file);
    open(folder, wholeBytes).append({ kind: "resume", version: "1.0.0", atMs: 5 });

    expect(entries).toEqual([header]);
    expect(readTranscript(file).entries).toMatchObject([{ kind: "run" }, { kind: "resume" }]);
  });

  it("masks our own secrets, and nothing that only looks like one, so that the line stays JSON and can be replayed", () => {
    const folder = freshFolder();
    using store = open(folder);
    const text = `key ${SECRET} and -----BEGIN RSA PRIVATE KEY-----\nMIIE`;

    store.append(header);
    store.append(aTurn(text));

    const [, entry] = readTranscript(join(folder, "transcript.jsonl")).entries;
    expect(entry).toMatchObject({ answer: { text: text.replace(SECRET, "[redacted]") } });
  });

  it("keeps of an answer that is too long everything but the answer", () => {
    const folder = freshFolder();
    using store = open(folder);

    store.append(header);
    store.append(aTurn("x".repeat(5_000_000)));

    const [, entry] = readTranscript(join(folder, "transcript.jsonl")).entries;
    expect(entry).toMatchObject({ kind: "turn", costUsd: 0.5 });
    expect(entry).not.toHaveProperty("answer");
  });

  it("replaces the report whole, with clean texts, and leaves nothing else behind", () => {
    const folder = freshFolder();
    using store = open(folder);

    store.saveReport(aReport({ notes: ["first"] }));
    store.saveReport(aReport({ notes: ["ghs_token"] }));

    expect(readdirSync(folder).toSorted()).toEqual(["findings.json", "transcript.jsonl"]);
    expect(JSON.parse(readFileSync(join(folder, "findings.json"), "utf8"))).toMatchObject({ notes: ["***_token"] });
  });

  it("says once that it cannot be written any more, and lets the run go on", () => {
    const folder = freshFolder();
    const problems: string[] = [];
    using store = open(folder, 0, problems);
    rmSync(folder, { recursive: true });

    store.saveReport(aReport());
    store.saveReport(aReport());
    store.append(header);

    expect(problems).toEqual([expect.stringContaining(`can no longer be resumed from ${folder}`)]);
  });

  it("refuses a folder that cannot be made, and a file that is no transcript", () => {
    const file = join(root, "a-file");
    writeFileSync(file, '{"kind":"other"}\n');
    const empty = join(root, "empty");
    writeFileSync(empty, "");

    expect(() => open(file)).toThrow("cannot be written");
    expect(() => readTranscript(file)).toThrow(`${file}:1 is no line of a transcript`);
    expect(() => readTranscript(empty)).toThrow("does not begin as a transcript does");
    expect(() => readTranscript(join(root, "none"))).toThrow("cannot be read");
  });
});

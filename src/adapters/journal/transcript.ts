import { readFileSync } from "node:fs";

import { z } from "zod";

import { EFFORTS } from "../../domain/effort.ts";
import { ConfigurationError, errorMessage, EXTERNAL_FAULTS } from "../../domain/errors.ts";
import { Claim } from "../../domain/finding.ts";
import { mapStrings } from "../../domain/map-strings.ts";
import { FAIL_ON } from "../../domain/severity.ts";
import type { Subtask } from "../../domain/subtask.ts";
import { type OutcomeEntry, TRANSCRIPT_SCHEMA, type TranscriptEntry } from "../../ports/run-store.ts";

/** Longest line, in UTF-16 code units: an answer beyond it is left out, and asked for again by whoever resumes. */
const MAX_LINE = 2_000_000;

const Usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
});
const StoredError = z.object({
  message: z.string(),
  retryable: z.boolean(),
  fatal: z.boolean(),
  fault: z.enum(EXTERNAL_FAULTS).exactOptional(),
  usage: Usage.exactOptional(),
});
const Asked = {
  asker: z.string(),
  turn: z.int().positive(),
  hash: z.string(),
  parts: z.object({
    model: z.string(),
    system: z.string(),
    prefix: z.string(),
    tools: z.string(),
    limits: z.string(),
    messages: z.array(z.string()),
  }),
  startedMs: z.number(),
  endedMs: z.number(),
};
const Answer = z.object({
  text: z.string(),
  calls: z.array(z.object({ id: z.string(), name: z.string(), input: z.unknown() })),
  stop: z.enum(["end", "tools", "length", "refusal", "pause", "context-full", "unknown"]),
  replay: z.unknown(),
  refusal: z.string().exactOptional(),
});
/** As much of an outcome as everything that reads it relies on; what else stands in it is this version's own, as the header says. */
const EndedSubtask = z.looseObject({
  subtaskId: z.string(),
  end: z.string(),
  claims: z.array(Claim),
  usage: Usage,
  costUsd: z.number(),
  turns: z.number(),
  startedMs: z.number(),
  endedMs: z.number(),
});
const Outcome = z.custom<OutcomeEntry["outcome"]>(
  (value) => EndedSubtask.safeParse(value).success,
  "is no outcome of a subtask",
);
const Planned = z.custom<Subtask>(
  (value) =>
    z.looseObject({ id: z.string(), files: z.array(z.looseObject({ path: z.string() })) }).safeParse(value).success,
  "is no subtask",
);
const Request = z.object({
  run: z.string(),
  engine: z.enum(["claude", "rules"]),
  model: z.string().exactOptional(),
  verifierModel: z.string().exactOptional(),
  effort: z.enum(EFFORTS).exactOptional(),
  isRegional: z.literal(true).exactOptional(),
  paths: z.string().exactOptional(),
  lenses: z.array(z.string()).exactOptional(),
  failOn: z.enum(FAIL_ON).exactOptional(),
  baseRef: z.string().exactOptional(),
  headRef: z.string().exactOptional(),
});
const Entry = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("run"),
    schema: z.literal(TRANSCRIPT_SCHEMA),
    version: z.string(),
    startedMs: z.number(),
    repository: z.string(),
    base: z.string(),
    head: z.string(),
    planHash: z.string(),
    budgetUsd: z.number().exactOptional(),
    request: Request,
  }),
  z.object({ kind: z.literal("turn"), ...Asked, usage: Usage, costUsd: z.number(), answer: Answer.exactOptional() }),
  z.object({
    kind: z.literal("failure"),
    ...Asked,
    isBroken: z.boolean(),
    costUsd: z.number(),
    error: StoredError,
  }),
  z.object({
    kind: z.literal("outcome"),
    outcome: Outcome,
    unanalysed: z.array(z.object({ path: z.string(), reason: z.string() })),
    leftOut: z.array(z.object({ path: z.string(), reason: z.string() })).exactOptional(),
    parts: z.array(z.object({ subtask: Planned, outcome: Outcome })).exactOptional(),
  }),
  z.object({ kind: z.literal("resume"), version: z.string(), atMs: z.number() }),
  z.object({ kind: z.literal("end"), endedMs: z.number(), stopped: z.string().exactOptional(), timeUp: z.boolean() }),
]);

/** What a transcript holds, and how many of its bytes are whole lines: what follows was being written when the run was killed. */
export type ReadTranscript = { readonly entries: readonly TranscriptEntry[]; readonly wholeBytes: number };

/** One line of a transcript, without its line end. An answer too long for a line is left out. */
export function transcriptLine(entry: TranscriptEntry, mask: (text: string) => string): string {
  const line = JSON.stringify(mapStrings(entry, mask));
  if (entry.kind !== "turn" || line.length <= MAX_LINE) return line;
  const { answer: _, ...rest } = entry;
  return JSON.stringify(mapStrings(rest, mask));
}

/**
 * Reads a transcript. A last line without its end is left out.
 * @throws {ConfigurationError} the file cannot be read, or is no transcript of this version; the text names file and line.
 */
export function readTranscript(path: string): ReadTranscript {
  const bytes = readBytes(path);
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, wholeBytes).toString("utf8").split("\n").slice(0, -1);
  const entries = lines.map((line, index) => {
    const entry = Entry.safeParse(parsed(line));
    if (entry.success) return entry.data;
    throw new ConfigurationError(
      `${path}:${index + 1} is no line of a transcript that this version reads (${TRANSCRIPT_SCHEMA}): ${z.prettifyError(entry.error)}`,
    );
  });
  if (entries[0]?.kind === "run") return { entries, wholeBytes };
  throw new ConfigurationError(`${path} does not begin as a transcript does; it is empty, or another file`);
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigurationError(`the transcript cannot be read: ${errorMessage(error)}`, { cause: error });
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

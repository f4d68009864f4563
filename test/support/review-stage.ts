import type { ChangedFile } from "../../src/domain/diff.ts";
import type { RunEvent } from "../../src/domain/event.ts";
import { type Settings, DEFAULT_SETTINGS } from "../../src/domain/settings.ts";
import { prepareReview } from "../../src/flow/prepare-review.ts";
import { type ReviewParts, type ReviewResult, runReview } from "../../src/flow/run-review.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Detector } from "../../src/ports/detector.ts";
import type { Journal } from "../../src/ports/journal.ts";
import type { Model } from "../../src/ports/model.ts";
import { type Purse, purseOf } from "../../src/subagent/purse.ts";
import { addedHunk, changedFile, changeSetOf } from "./change-builders.ts";
import { memorySnapshot } from "./memory-snapshot.ts";

const NO_RULES: Detector & AsyncDisposable = {
  detect: async (files) => files.map(({ path }) => ({ path, claims: [] })),
  [Symbol.asyncDispose]: async () => undefined,
};

/** One finder for each group of files and nothing else: what a test of the loop, the gate or the purse counts. */
const ONE_SUBAGENT_A_GROUP: Settings = {
  ...DEFAULT_SETTINGS,
  quality: { ...DEFAULT_SETTINGS.quality, finders: 1, gapPass: "off", contractPass: "off", verify: "off" },
};

export type StageFile = { readonly path: string; readonly lines: readonly string[] };

/** New files of `lines` lines each, too far apart and too long to be read together: one subtask for each. */
export function lonelyFiles(count: number, lines = 130): readonly StageFile[] {
  return Array.from({ length: count }, (_, index) => ({
    path: `${index}/m.ts`,
    lines: Array.from(
      { length: lines },
      (__, line) => `export const value${index}_${line} = compute${index}(${line});`,
    ),
  }));
}

export type StageOptions = {
  readonly model: Model;
  readonly files: readonly StageFile[];
  readonly clock: Clock;
  readonly concurrency?: number;
  readonly settings?: Partial<Settings>;
  readonly changed?: readonly ChangedFile[];
  /** Guidance of the repository: part of the shared prefix. */
  readonly guidance?: string;
  readonly purse?: Purse;
  readonly detector?: Detector & AsyncDisposable;
  readonly signal?: AbortSignal;
  readonly deadline?: AbortSignal;
};

/** A review of files that were added, through the real flow, from loading to the report; nothing is posted. */
export async function reviewOnStage(options: StageOptions): Promise<ReviewResult & { readonly events: RunEvent[] }> {
  const events: RunEvent[] = [];
  const journal: Journal = { write: (event) => void events.push(event) };
  const signal = options.signal ?? new AbortController().signal;
  const result = await runReview(
    stageParts(options, journal),
    signal,
    options.deadline ?? new AbortController().signal,
  );
  return { ...result, events };
}

function stageParts(options: StageOptions, journal: Journal): ReviewParts {
  const { files, concurrency = 64 } = options;
  const texts = Object.fromEntries(files.map(({ path, lines }) => [path, `${lines.join("\n")}\n`]));
  const changed =
    options.changed ??
    files.map(({ path, lines }) => changedFile(path, { status: "added", hunks: [addedHunk(1, lines)] }));
  const settings = { ...ONE_SUBAGENT_A_GROUP, ...options.settings };
  return {
    prepare: (signal) =>
      prepareReview(
        {
          source: {
            load: async () => ({
              changeSet: changeSetOf(changed),
              head: memorySnapshot(texts),
              guidance: memorySnapshot(options.guidance === undefined ? {} : { "REVIEW.md": options.guidance }),
            }),
          },
          readSettings: async () => settings,
        },
        { engine: "claude", concurrency, paths: undefined, lenses: undefined },
        signal,
      ),
    detectorFor: async () => options.detector ?? NO_RULES,
    claudeFor: () => ({
      model: options.model,
      modelId: "claude-sonnet-5-5",
      effort: undefined,
      purse: options.purse ?? purseOf(settings.budgetUsd),
    }),
    publisher: undefined,
    journal,
    clock: options.clock,
    failOn: undefined,
  };
}

/** A finding as the model reports it, at the line that `quote` stands on. */
export function reportedFinding(path: string, quote: string, over: Record<string, unknown> = {}): unknown {
  return {
    path,
    quote,
    line_hint: 0,
    severity: "high",
    category: "wrong-result",
    title: `Wrong result in ${path}`,
    detail: "It computes the wrong number.",
    failure_scenario: "Any input gives the wrong number.",
    suggestion: "",
    confidence: "certain",
    ...over,
  };
}

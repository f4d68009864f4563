import { existsSync } from "node:fs";
import { join } from "node:path";

import { openRunFolder, TRANSCRIPT_FILE } from "../adapters/journal/run-folder.ts";
import { readTranscript, type ReadTranscript } from "../adapters/journal/transcript.ts";
import { ConfigurationError, errorMessage } from "../domain/errors.ts";
import { secretMasker } from "../domain/redact.ts";
import { type Checkpoint, planHash } from "../flow/checkpoint/checkpoint.ts";
import { keepRun } from "../flow/checkpoint/keep-run.ts";
import { mismatch } from "../flow/checkpoint/mismatch.ts";
import { replayRun } from "../flow/checkpoint/replay-run.ts";
import { runMemory } from "../flow/checkpoint/run-memory.ts";
import type { PreparedReview } from "../flow/prepare-review.ts";
import { type RunHeader, type RunRequest, type RunStore, TRANSCRIPT_SCHEMA } from "../ports/run-store.ts";
import type { ReviewOrder } from "./compose-review.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { VERSION } from "./version.ts";

export type Keeping = {
  /** Where `findings.json` and `transcript.jsonl` go. */
  readonly folder: string;
  /** How the run was asked for, beside what the order says. */
  readonly asked: Pick<RunRequest, "run" | "baseRef" | "headRef">;
  /**
   * What to do with a transcript that lies there: begin anew, go on when it is of this same run, or go on and nothing else. With
   * `resume-if-same` keeping is a courtesy: a folder that cannot be written costs the checkpoint, not the run.
   */
  readonly earlier: "ignore" | "resume-if-same" | "resume";
  readonly secrets: readonly string[];
  readonly clean: (text: string) => string;
};

/** Keeps a review in a folder while it runs. Dispose it when the run is over. */
export function keepReview(
  order: ReviewOrder,
  keeping: Keeping,
): Disposable & { readonly checkpointFor: (prepared: PreparedReview) => Checkpoint | undefined } {
  const open = new DisposableStack();
  const say = (description: string): void => order.journal.write({ kind: "run-start", description });
  return {
    checkpointFor(prepared) {
      const header = headerOf(order, prepared, keeping.asked);
      const earlier = keeping.earlier === "ignore" ? undefined : earlierPart(keeping, header, say);
      const store = openStore(order, keeping, earlier?.wholeBytes ?? 0);
      if (store === undefined) return undefined;
      open.use(store);
      const memory = earlier === undefined ? undefined : runMemory(headerIn(earlier.entries), earlier.entries);
      return keepRun({ store, header, clock: SYSTEM_CLOCK, prices: prepared.settings.prices, memory });
    },
    [Symbol.dispose]: () => open.dispose(),
  };
}

function openStore(
  { journal }: ReviewOrder,
  { folder, earlier, secrets, clean }: Keeping,
  keepBytes: number,
): (RunStore & Disposable) | undefined {
  const onFailure = (message: string): void => journal.write({ kind: "degradation", message });
  try {
    return openRunFolder({ folder, keepBytes, mask: secretMasker(secrets), clean, onFailure });
  } catch (error) {
    if (earlier !== "resume-if-same" || !(error instanceof ConfigurationError)) throw error;
    journal.write({ kind: "run-start", description: `the run is not kept: ${error.message}` });
    return undefined;
  }
}

/**
 * Tells a kept review again.
 * @throws {ConfigurationError} the transcript is of another change, plan or version, or of a run that has not ended.
 */
export function replayReview(order: ReviewOrder, transcript: ReadTranscript): (prepared: PreparedReview) => Checkpoint {
  const then = headerIn(transcript.entries);
  const { run, baseRef, headRef } = then.request;
  return (prepared) => {
    const asked = { run, ...(baseRef === undefined ? {} : { baseRef }), ...(headRef === undefined ? {} : { headRef }) };
    const why = mismatch(then, headerOf(order, prepared, asked));
    if (why !== undefined) throw new ConfigurationError(`the transcript cannot be replayed here: ${why}`);
    return replayRun(runMemory(then, transcript.entries), prepared.plan);
  };
}

/** The first line of a transcript. */
export function headerIn(entries: ReadTranscript["entries"]): RunHeader {
  const [header] = entries;
  if (header?.kind !== "run") throw new Error("a transcript that was read begins with its header");
  return header;
}

function headerOf(order: ReviewOrder, prepared: PreparedReview, asked: Keeping["asked"]): RunHeader {
  const { changeSet, plan, settings } = prepared;
  const { claude, paths, lenses, failOn } = order;
  const verifierModel = order.verifierModel ?? settings.quality.verifierModel;
  return {
    kind: "run",
    schema: TRANSCRIPT_SCHEMA,
    version: VERSION,
    startedMs: SYSTEM_CLOCK.now(),
    repository: changeSet.repository,
    base: changeSet.base,
    head: changeSet.head,
    planHash: planHash(plan),
    budgetUsd: order.budgetUsd ?? settings.budgetUsd,
    request: {
      ...asked,
      engine: claude === undefined ? "rules" : "claude",
      ...(claude === undefined ? {} : { model: claude.modelId }),
      ...(claude === undefined || verifierModel === undefined ? {} : { verifierModel }),
      ...(claude?.effort === undefined ? {} : { effort: claude.effort }),
      ...(paths === undefined ? {} : { paths }),
      ...(lenses === undefined ? {} : { lenses }),
      ...(failOn === undefined ? {} : { failOn }),
    },
  };
}

/** What lies in the folder, when this run can go on from it. */
function earlierPart(
  { folder, earlier }: Keeping,
  now: RunHeader,
  say: (description: string) => void,
): ReadTranscript | undefined {
  const file = join(folder, TRANSCRIPT_FILE);
  if (earlier === "resume") {
    const transcript = readTranscript(file);
    const why = mismatch(headerIn(transcript.entries), now);
    if (why === undefined) return transcript;
    throw new ConfigurationError(`${file} cannot be resumed: ${why}. Start a new review instead`);
  }
  if (!existsSync(file)) return undefined;
  try {
    const transcript = readTranscript(file);
    const why = mismatch(headerIn(transcript.entries), now);
    say(why === undefined ? `going on with the run in ${folder}` : `the run in ${folder} is another one: ${why}`);
    return why === undefined ? transcript : undefined;
  } catch (error) {
    say(`the run in ${folder} cannot be used: ${errorMessage(error)}`);
    return undefined;
  }
}

import { readTranscript } from "../adapters/journal/transcript.ts";
import type { Model } from "../ports/model.ts";
import { purseOf } from "../subagent/purse.ts";
import { composeReview, type ReviewOrder } from "./compose-review.ts";
import { DEFAULT_MODEL, NOWHERE } from "./engine-choice.ts";
import type { ExitCode } from "./exit-code.ts";
import { replayReview } from "./keep-review.ts";
import { type CommandOptions, localOrder } from "./local-order.ts";
import { runLocally } from "./local-review.ts";
import { headerIn } from "./open-checkpoint.ts";
import { optionsThen } from "./options-then.ts";
import { stderrJournal } from "./stderr-journal.ts";

/** A replay asks nobody: every lane answers from the transcript. */
const NOBODY: Model = {
  turn: async () => {
    throw new Error("a replay has asked a model");
  },
};

/** `review --replay`: the same review again from its transcript, byte for byte, without a key or a network. */
export async function replayCommand(
  file: string,
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const transcript = readTranscript(file);
  const header = headerIn(transcript.entries);
  const then = optionsThen(header, options);
  // The rules engine needs no key; which engine the review is told with, the header says.
  await using local = localOrder({ ...then, engine: "rules" }, env, stderrJournal(options.quiet));
  const { engine, model: modelId = DEFAULT_MODEL, verifierModel: verifierModelId, effort, isRegional } = header.request;
  const claude =
    engine === "rules" ? undefined : { connection: NOWHERE, modelId, effort, isRegional: isRegional ?? false };
  const order: ReviewOrder = { ...local, claude };
  const parts = {
    ...composeReview(order),
    ...(claude === undefined
      ? {}
      : { claudeFor: () => ({ model: NOBODY, modelId, verifierModelId, effort, isRegional, purse: purseOf(0) }) }),
    checkpointFor: replayReview(order, transcript),
  };
  return await runLocally(parts, options, env, signal);
}

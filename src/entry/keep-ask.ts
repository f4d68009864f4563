import { join } from "node:path";

import { openRunFolder } from "../adapters/journal/run-folder.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { PriceOverride } from "../domain/price.ts";
import { redactor, secretMasker } from "../domain/redact.ts";
import type { Checkpoint } from "../flow/checkpoint/checkpoint.ts";
import { keepRun } from "../flow/checkpoint/keep-run.ts";
import { type RunStore, TRANSCRIPT_SCHEMA } from "../ports/run-store.ts";
import type { ClaudeAccess } from "./engine-choice.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { VERSION } from "./version.ts";

/** Folder, in the output directory, of a question's transcript: a review's lies in the directory itself. */
const ASK_FOLDER = "ask";

export type AskedOf = {
  /** The output directory. */
  readonly folder: string;
  readonly run: string;
  readonly repository: string;
  readonly head: string;
  readonly claude: ClaudeAccess;
  readonly budgetUsd: number;
  readonly prices: readonly PriceOverride[];
  readonly secrets: readonly string[];
  /** Whether somebody asked for it to be kept: then a folder that cannot be written is a mistake, and else it costs the transcript. */
  readonly isWanted: boolean;
  /** Told when nothing can be kept, or nothing more. */
  readonly onFailure: (problem: string) => void;
};

/**
 * Keeps what a coordinator and its subagents ask and are answered, as it happens. Dispose it when the answer is there.
 * @throws {ConfigurationError} the folder cannot be written to begin with.
 */
export function keepAsk(asked: AskedOf): (Disposable & Pick<Checkpoint, "lane">) | undefined {
  const { run, repository, head, claude, budgetUsd, prices } = asked;
  const store = openStore(asked);
  if (store === undefined) return undefined;
  const { modelId: model, effort } = claude;
  const checkpoint = keepRun({
    store,
    header: {
      kind: "run",
      schema: TRANSCRIPT_SCHEMA,
      version: VERSION,
      startedMs: SYSTEM_CLOCK.now(),
      repository,
      base: head,
      head,
      // There is no plan: the coordinator makes it up as it goes.
      planHash: "",
      budgetUsd,
      request: { run, engine: "claude", model, ...(effort === undefined ? {} : { effort }) },
    },
    clock: SYSTEM_CLOCK,
    prices,
    memory: undefined,
  });
  return {
    lane: (asker, lane) => checkpoint.lane(asker, lane),
    [Symbol.dispose]() {
      checkpoint.ending({ timeUp: false });
      store[Symbol.dispose]();
    },
  };
}

function openStore({ folder, secrets, isWanted, onFailure }: AskedOf): (RunStore & Disposable) | undefined {
  try {
    return openRunFolder({
      folder: join(folder, ASK_FOLDER),
      keepBytes: 0,
      mask: secretMasker(secrets),
      clean: redactor(secrets),
      onFailure,
    });
  } catch (error) {
    if (isWanted || !(error instanceof ConfigurationError)) throw error;
    onFailure(`the question is not kept: ${error.message}`);
    return undefined;
  }
}

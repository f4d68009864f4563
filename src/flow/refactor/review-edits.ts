import type { EditLog } from "../../domain/edit-log.ts";
import { errorMessage } from "../../domain/errors.ts";
import type { ChangeReview } from "../../domain/refactor-result.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../domain/settings.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Detector } from "../../ports/detector.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { BEHAVIOUR } from "../../subagent/lenses/behaviour.ts";
import type { ClaudeEngine } from "../claude-engine.ts";
import { conductReview } from "../conduct-review.ts";
import { investigateByClaude } from "../investigate-by-claude.ts";
import { investigateByRules } from "../investigate-by-rules.ts";
import { prepareReview } from "../prepare-review.ts";
import { verifyByClaude } from "../verify-findings.ts";
import { editsSource } from "./edits-source.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";

/** Has the whole change reviewed by who did not write it. Resolves for every ending but a cancelled run. */
export type ReviewEdits = (edits: EditLog, signal: AbortSignal, deadline: AbortSignal) => Promise<ChangeReview>;

/**
 * Fresh subagents, which see the goal and the combined diff and nothing that the writers said, report changes of behaviour; what they
 * call severe is put before a verifier each. Without an engine the static rules look at the changed lines. Paid from the engine's purse.
 */
export function reviewEdits(parts: {
  readonly prepared: Pick<PreparedRefactor, "base" | "recipe">;
  readonly guidance: Snapshot;
  readonly settings: Settings;
  /** Absent for the rules engine. */
  readonly engine: ClaudeEngine | undefined;
  readonly detector: Detector;
  readonly concurrency: number;
  readonly journal: Journal;
  readonly clock: Clock;
}): ReviewEdits {
  const { engine, detector, clock, concurrency, guidance } = parts;
  const { base, recipe } = parts.prepared;
  const journal = withoutEnd(parts.journal);
  const settings = forEdits(parts.settings);
  return async (edits, signal, deadline) => {
    const source = editsSource({
      base,
      guidance,
      edits,
      title: recipe.goal,
      body: `${recipe.goal}\n\n${recipe.instructions}`,
    });
    const request = {
      engine: engine === undefined ? "rules" : "claude",
      concurrency,
      paths: undefined,
      lenses: [BEHAVIOUR.name],
    } as const;
    try {
      const review = await prepareReview(
        { source, readSettings: async () => Promise.resolve(settings) },
        request,
        signal,
      );
      const investigate =
        engine === undefined
          ? investigateByRules(review, detector, clock)
          : investigateByClaude(review, engine, { detector, journal, clock });
      const verify = engine === undefined ? undefined : verifyByClaude(review, engine, { journal, clock });
      const conduct = { journal, clock, failOn: "never", verify } as const;
      const { report } = await conductReview(review, investigate, conduct, signal, deadline);
      return { status: "done", report };
    } catch (error) {
      signal.throwIfAborted();
      return { status: "failed", reason: errorMessage(error) };
    }
  };
}

/** Every file of the change is looked at, whatever reviews of this repository leave out; only what is severe is worth a second mind. */
function forEdits(settings: Settings): Settings {
  const { paths, profiles } = DEFAULT_SETTINGS;
  return { ...settings, paths, profiles, quality: { ...settings.quality, verifyMinimumSeverity: "high" } };
}

/** The end of the review is not that of the run. */
function withoutEnd(journal: Journal): Journal {
  return {
    write(event) {
      if (event.kind !== "run-end") journal.write(event);
    },
  };
}

import { ConfigurationError } from "../domain/errors.ts";
import { locateQuote } from "../domain/locate-quote.ts";
import { phaseOf } from "../domain/phase.ts";
import type { Subtask } from "../domain/subtask.ts";
import { urgencyOf } from "../domain/urgency.ts";
import { type BriefContext, sharedBrief, taskBrief } from "../subagent/brief.ts";
import { lensNamed } from "../subagent/lens-named.ts";
import { runSubagent } from "../subagent/loop.ts";
import { type ClaudeEngine, type ClaudeParts, subagentOptions } from "./claude-engine.ts";
import { investigateContracts } from "./contract-pass.ts";
import { type Detected, detectInSubtask } from "./detect-in-subtask.ts";
import { onRecord } from "./gap-pass.ts";
import type { Investigate, Investigation } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { splitOnOverflow } from "./split-on-overflow.ts";

/**
 * One fresh subagent per subtask, or several where one cannot hold it. What the static rules see in its files is in a finder's brief,
 * and stays on record whatever it says; a gap pass gets what its group's finders and rules reported; the contract pass has a brief of
 * its own.
 */
export function investigateByClaude(prepared: PreparedReview, engine: ClaudeEngine, parts: ClaudeParts): Investigate {
  const { plannedChange: changeSet, settings, headTexts, head } = prepared;
  const context: BriefContext = { changeSet, guidance: prepared.guidance, instructions: settings.instructions };
  const shared = sharedBrief(context);
  const urgency = urgencyOf(prepared.plan.subtasks);
  const detect = detectOnce(prepared, parts);
  const contracts = investigateContracts(prepared, engine, { ...parts, shared });

  const investigate = async (
    subtask: Subtask,
    { claims: evidence, unanalysed }: Pick<Detected, "claims" | "unanalysed">,
    signal: AbortSignal,
    before: readonly Investigation[],
  ): Promise<Investigation> => {
    const lens = lensNamed(subtask.lens, prepared.lenses);
    if (lens === undefined) throw new ConfigurationError(`there is no lens named ${subtask.lens}`);
    const task = taskBrief(context, subtask, {
      lens,
      headText: (path) => headTexts.get(path),
      evidence,
      ...(phaseOf(subtask) === "gap" ? { onRecord: onRecord(before) } : {}),
    });
    const outcome = await runSubagent(
      subtask,
      { ...shared, task },
      {
        ...subagentOptions(engine, subtask, head, parts, settings, lens),
        priority: urgency.get(subtask.id) ?? 0,
        findQuote: (path, quote, hint) => {
          const text = headTexts.get(path);
          return text === undefined ? undefined : locateQuote(text, quote, hint);
        },
      },
      signal,
    );
    return { outcome: { ...outcome, claims: [...evidence, ...outcome.claims] }, unanalysed };
  };
  const files = new Map(changeSet.files.map((file) => [file.path, file]));
  const find = splitOnOverflow(
    async (subtask, signal, before) => investigate(subtask, await detect(subtask, signal), signal, before),
    { files, headText: (path) => headTexts.get(path) },
  );

  return async (subtask, signal, before) => {
    switch (phaseOf(subtask)) {
      case "contract":
        return contracts(subtask, signal, before);
      case "gap":
        return investigate(subtask, { claims: [], unanalysed: [] }, signal, before);
      default:
        return find(subtask, signal, before);
    }
  };
}

/** Finders of the same files share one look by the rules. */
function detectOnce(
  prepared: PreparedReview,
  { detector }: Pick<ClaudeParts, "detector">,
): (subtask: Subtask, signal: AbortSignal) => Promise<Detected> {
  const { plannedChange, headTexts } = prepared;
  const files = new Map(plannedChange.files.map((file) => [file.path, file]));
  const looks = new Map<string, Promise<Detected>>();
  return async (subtask, signal) => {
    const key = JSON.stringify(subtask.files);
    const look = looks.get(key);
    if (look !== undefined) {
      // Somebody else's look may have been stopped with its subtask: then this one looks for itself.
      const detected = await look.catch(() => undefined);
      if (detected !== undefined) return detected;
    }
    const own = detectInSubtask(detector, subtask, { files, headTexts }, signal);
    looks.set(key, own);
    return own;
  };
}

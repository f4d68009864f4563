import { ExternalError } from "../../domain/errors.ts";
import type { Subtask } from "../../domain/subtask.ts";
import type { BatchAnswer } from "../../ports/batches.ts";
import type { Clock } from "../../ports/clock.ts";
import { withType } from "../audit-by-claude.ts";
import type { Investigation } from "../investigate.ts";
import type { PreparedAudit } from "../prepare-audit.ts";
import { readForAudit } from "../read-for-audit.ts";
import type { BatchParts, Running } from "./batch-engine.ts";
import type { OpenBatch } from "./open-batches.ts";
import { readAnswer, type SingleShot } from "./single-shot.ts";

/** An earlier run's batch with those of its subtasks that are this run's. */
export function resumedBatch(open: OpenBatch, { resumed: from, subtasks }: PreparedAudit, clock: Clock): Running {
  const own = subtasks.flatMap((subtask): [string, Subtask][] => {
    const request = from.get(subtask.id);
    return request?.batchKey === open.entry.key ? [[request.requestKey, subtask]] : [];
  });
  return { ...open, subtasks: new Map(own), startedMs: clock.now() };
}

/** Why the files of a batch that goes on are not read in this run. */
export function answeredLater(id: string): string {
  return `The batch ${id} is still being answered: the next run takes it up.`;
}

/** What the answer to one request of a batch comes to; no answer is a failure. */
export async function concludeRequest(
  prepared: PreparedAudit,
  subtask: Subtask,
  answer: BatchAnswer | undefined,
  { entry, startedMs }: Running,
  { engine, parts }: { readonly engine: SingleShot; readonly parts: Pick<BatchParts, "detector" | "clock"> },
  signal: AbortSignal,
): Promise<Investigation> {
  const read = await readForAudit(prepared, subtask, parts.detector, signal);
  const nothing = new ExternalError("Claude", `the batch ${entry.id} holds no answer to it`, { retryable: true });
  const given = answer ?? { kind: "failed", error: nothing };
  const outcome = await readAnswer(prepared, subtask, given, read, { ...engine, clock: parts.clock }, signal);
  const own = new Set(subtask.files.map(({ path }) => path));
  // A file of an earlier run's question that has changed since is another question.
  const said = outcome.claims.filter(({ path }) => own.has(path)).map((claim) => withType(prepared.recipe, claim));
  return {
    outcome: { ...outcome, startedMs, claims: [...read.claims, ...said] },
    unanalysed: [],
    leftOut: read.leftOut,
  };
}

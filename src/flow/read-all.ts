import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { fanOut } from "./fan-out.ts";
import { type Investigate, type Investigation, notInvestigated } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";

/** What reading all subtasks of a shard came to. */
type AllRead = {
  /** In plan order. */
  readonly investigations: readonly Investigation[];
  /** See `AuditSection`; absent where there are no batches. */
  readonly settledBatches?: readonly string[];
  readonly notes?: readonly string[];
};

/** Carries out every subtask of an audit. Resolves also when it is stopped, with what there is. */
export type ReadAll = (signal: AbortSignal) => Promise<AllRead>;

/** All at once, as many as the request allows. */
export function readInFanOut(
  { subtasks, request }: PreparedAudit,
  investigate: Investigate,
  parts: { readonly journal: Journal; readonly clock: Clock },
): ReadAll {
  return async (signal) => ({
    investigations: await fanOut(
      subtasks,
      investigate,
      notInvestigated,
      { ...parts, concurrency: request.concurrency },
      signal,
    ),
  });
}

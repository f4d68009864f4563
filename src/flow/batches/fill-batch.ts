import type { LedgerBatch } from "../../domain/ledger.ts";
import { worstCostUsd } from "../../domain/price.ts";
import type { Subtask } from "../../domain/subtask.ts";
import type { BatchRequest } from "../../ports/batches.ts";
import { promptBytes } from "../../subagent/pay-turn.ts";
import type { Reservation } from "../../subagent/purse.ts";
import type { Investigation } from "../investigate.ts";
import type { PreparedAudit } from "../prepare-audit.ts";
import { readForAudit } from "../read-for-audit.ts";
import { type BatchEngine, type BatchParts, without } from "./batch-engine.ts";
import { singleShotRequest } from "./single-shot.ts";

/** The API takes 100,000 requests or 256 MB; a batch is in memory while it is handed in. */
const MAX_REQUESTS = 2_000;
const MAX_BYTES = 64_000_000;
/** Sums of fractions of a cent are not exact. */
const ROUNDING_USD = 1e-6;

/** A batch that is ready to be handed in, and paid for. */
export type FilledBatch = {
  readonly entry: LedgerBatch;
  readonly requests: readonly BatchRequest[];
  /** By the key of the request. */
  readonly subtasks: ReadonlyMap<string, Subtask>;
  readonly money: Reservation;
};

/**
 * Takes subtasks from the head of `todo` while there is room and money for the worst that they can cost; undefined when none is taken.
 * With `mustTake`, when nothing is out there whose end could bring money back, one that cannot be paid for is given up instead.
 */
export async function fillBatch(
  prepared: PreparedAudit,
  todo: Subtask[],
  engine: BatchEngine,
  parts: BatchParts,
  filling: {
    readonly freeUsd: number;
    readonly mustTake: boolean;
    readonly end: (subtask: Subtask, investigation: Investigation) => void;
  },
  signal: AbortSignal,
): Promise<FilledBatch | undefined> {
  const { mustTake, end } = filling;
  const handedInMs = parts.clock.now();
  const blobs = new Map(prepared.files.map(({ path, blob }) => [path, blob]));
  const requests: BatchRequest[] = [];
  const subtasks = new Map<string, Subtask>();
  const entries: LedgerBatch["requests"] = [];
  let worstUsd = 0;
  let bytes = 0;
  for (let next = todo[0]; next !== undefined && requests.length < MAX_REQUESTS; next = todo[0]) {
    // oxlint-disable-next-line no-await-in-loop -- the texts of one subtask at a time are in memory
    const read = await readForAudit(prepared, next, parts.detector, signal);
    if (read.texts.size === 0) {
      todo.shift();
      end(next, { ...without(next, { end: "done" }, parts.clock), leftOut: read.leftOut });
      continue;
    }
    const request = singleShotRequest(prepared, next, read, engine);
    const size = promptBytes(request);
    const worst = worstCostUsd(engine.price, size, request.maxOutputTokens);
    if (bytes + size > MAX_BYTES && requests.length > 0) break;
    if (worstUsd + worst > filling.freeUsd - ROUNDING_USD) {
      if (!mustTake || requests.length > 0) break;
      todo.shift();
      end(next, without(next, { end: "out-of-budget", limit: "money" }, parts.clock));
      continue;
    }
    todo.shift();
    const key = `${next.id}-${handedInMs.toString(36)}`;
    requests.push({ key, request });
    subtasks.set(key, next);
    entries.push({ key, files: next.files.map(({ path }) => ({ path, blob: blobs.get(path) ?? "" })) });
    worstUsd += worst;
    bytes += size;
  }
  if (requests.length === 0) return undefined;
  const money = await engine.purse.reserve(worstUsd, signal);
  if (money === undefined) throw new Error("the purse has less than it said");
  const { recipe, version } = prepared;
  const key = `${requests[0]?.key ?? ""}-${requests.length}`;
  const entry = { kind: "batch" as const, recipe: recipe.name, version, key, handedInMs, worstUsd, requests: entries };
  return { entry, requests, subtasks, money };
}

import { z } from "zod";

import { stopReason } from "../../domain/stop.ts";
import type { WorkOptions } from "../../ports/job-queue.ts";
import type { Database } from "./database.ts";
import { StoredJob } from "./job-row.ts";

/** How often the stops are looked at even though no notice came. */
const LOOK_EVERY_MS = 5_000;
/** Who does not know by then which head is the newest takes it to be the one that was told last. */
const HEAD_MS = 10_000;

const Stopped = z.array(
  z.object({ id: z.coerce.string(), stop_kind: z.enum(["stop-command", "newer-head"]), stop_text: z.string() }),
);
const Doubted = z.array(z.object({ head: z.string().nullable(), job: StoredJob }));

type HeadOf = WorkOptions["headOf"];
type Watched = { readonly stop: AbortController; readonly headOf: HeadOf };

/** The jobs that this process carries out, each with what stops it. */
export class RunningJobs implements Disposable {
  readonly #database: Database;
  readonly #running = new Map<string, Watched>();
  readonly #timer: NodeJS.Timeout;

  constructor(database: Database) {
    this.#database = database;
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** A signal that is aborted when somebody stops the job; it is watched until it is disposed. */
  watch(id: string, headOf: HeadOf): Disposable & { readonly signal: AbortSignal } {
    const watched = { stop: new AbortController(), headOf };
    this.#running.set(id, watched);
    return {
      signal: watched.stop.signal,
      [Symbol.dispose]: () => {
        if (this.#running.get(id) === watched) this.#running.delete(id);
      },
    };
  }

  /** Passes on the stops that were asked for. A look that fails is followed by others. */
  async look(): Promise<void> {
    if (this.#running.size === 0) return;
    const rows = await this.#database
      .query(
        "SELECT id, stop_kind, stop_text FROM parallel_review.job WHERE stop_kind IS NOT NULL AND id = ANY($1::bigint[])",
        [[...this.#running.keys()]],
      )
      .catch(() => []);
    for (const { id, stop_kind: kind, stop_text: text } of Stopped.parse(rows)) {
      const watched = this.#running.get(id);
      if (watched === undefined) continue;
      const stop = (): void => watched.stop.abort(stopReason(kind, text));
      if (kind === "newer-head" && watched.headOf !== undefined) void this.#unlessNewest(id, watched.headOf, stop);
      else stop();
    }
  }

  /** Stops a run that a push came for, unless GitHub says that the run's head is the newest: an old push may be told of late. */
  async #unlessNewest(id: string, headOf: NonNullable<HeadOf>, stop: () => void): Promise<void> {
    // Taken down before GitHub is asked: a push that comes meanwhile puts it up again.
    const rows = await this.#database
      .query(
        `UPDATE parallel_review.job SET stop_kind = NULL, stop_text = NULL
         WHERE id = $1 AND stop_kind = 'newer-head' AND status = 'running' RETURNING head, job`,
        [id],
      )
      .catch(() => []);
    const [doubted] = Doubted.parse(rows);
    if (doubted === undefined) return;
    const newest = await headOf(doubted.job, AbortSignal.timeout(HEAD_MS)).catch(() => undefined);
    if (newest !== doubted.head) stop();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

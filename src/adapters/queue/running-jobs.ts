import { z } from "zod";

import { stopReason } from "../../domain/stop.ts";
import type { Database } from "./database.ts";

/** How often the stops are looked at even though no notice came. */
const LOOK_EVERY_MS = 5_000;

const Stopped = z.array(
  z.object({ id: z.coerce.string(), stop_kind: z.enum(["stop-command", "newer-head"]), stop_text: z.string() }),
);

/** The jobs that this process carries out, each with what stops it. */
export class RunningJobs implements Disposable {
  readonly #database: Database;
  readonly #running = new Map<string, AbortController>();
  readonly #timer: NodeJS.Timeout;

  constructor(database: Database) {
    this.#database = database;
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** A signal that is aborted when somebody stops the job; it is watched until it is disposed. */
  watch(id: string): Disposable & { readonly signal: AbortSignal } {
    const stop = new AbortController();
    this.#running.set(id, stop);
    return {
      signal: stop.signal,
      [Symbol.dispose]: () => {
        if (this.#running.get(id) === stop) this.#running.delete(id);
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
      this.#running.get(id)?.abort(stopReason(kind, text));
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

import type { PgBoss } from "pg-boss";

import { errorMessage } from "../../domain/errors.ts";
import type { Database } from "./database.ts";
import { hasUnplaced, placeJobs } from "./place-jobs.ts";

/** How often jobs are looked for whose process ended before it placed them. */
const LOOK_EVERY_MS = 1_000;

/** Gives jobs their places: at once those that this process took in, and soon those of a process that is gone. */
export class Placement implements AsyncDisposable {
  readonly #database: Database;
  readonly #boss: PgBoss;
  readonly #onProblem: (problem: string) => void;
  readonly #timer: NodeJS.Timeout;
  #isDue = false;
  #placing: Promise<void> | undefined;

  constructor(database: Database, boss: PgBoss, onProblem: (problem: string) => void) {
    this.#database = database;
    this.#boss = boss;
    this.#onProblem = onProblem;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Places what has come in. Many calls while it is at work are one more round. */
  wake(): void {
    this.#isDue = true;
    this.#placing ??= this.#place();
  }

  async #place(): Promise<void> {
    try {
      while (this.#isDue) {
        this.#isDue = false;
        // oxlint-disable-next-line no-await-in-loop -- a round takes what came during the one before it
        if (await placeJobs(this.#database, this.#boss)) this.#isDue = true;
      }
    } catch (error) {
      // The next look finds them.
      this.#onProblem(`jobs could not be put in line: ${errorMessage(error)}`);
    } finally {
      // In the same step as the last look at what is due, so that no call is lost between the two.
      this.#placing = undefined;
    }
  }

  async #look(): Promise<void> {
    if (await hasUnplaced(this.#database).catch(() => false)) this.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#placing;
  }
}

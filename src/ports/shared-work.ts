import type { OutcomeEntry } from "./run-store.ts";

/**
 * The subtasks of one run, shared by several processes that all do the same run: each takes what nobody has, and sees what became of the
 * rest. What a process held when it died is free again.
 */
export interface SharedWork {
  /**
   * How many processes the run is shared by, this one among them; 1 when it is not. The process that leads the run asks for as many as
   * its size is worth; they come when they are free, if they come.
   */
  gather(subtasks: number, concurrency: number, signal: AbortSignal): Promise<number>;
  /** As far as this process knows. An outcome is that of another process. */
  look(subtaskId: string): OutcomeEntry | "free" | "held";
  /** True when the subtask is this process's from now on; `look` is up to date when it is not. */
  take(subtaskId: string): Promise<boolean>;
  /** Resolves when `look` or `reserve` may answer otherwise than before. */
  news(signal: AbortSignal): Promise<void>;
  /**
   * Sets money of the run aside, so that all its processes together spend no more than `mostUsd`. `later`: some is held that may come back;
   * `never`: nothing is, and there is not enough.
   */
  reserve(usd: number, mostUsd: number): Promise<HeldMoney | "later" | "never">;
}

/** Money that one process has set aside for one call. */
type HeldMoney = {
  /** The call is over, and what it cost has been given to the run's store. */
  giveBack(): void;
};

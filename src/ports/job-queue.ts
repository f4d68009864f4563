import type { AppJob } from "../domain/app-job.ts";

/** One try at a job. */
export type Attempt = {
  /** The job's id in the archive: pages and links name a run by it. */
  readonly runId: string;
  /** Tells this try from every other one of the job. */
  readonly lease: number;
  /** From 1. A try that was cut off by a crash counts. */
  readonly number: number;
  /**
   * True when every try before this one failed or crashed and none follows: the job must not be carried out again (it may be what crashes
   * us), only its end be told where it was asked for.
   */
  readonly givesUp: boolean;
  /** How the try before this one ended; absent for the first, and after a crash. */
  readonly lastError?: string;
  /** Why the installation's or the day's budget does not allow it at all, a sentence; then it must not be carried out either. */
  readonly overBudget?: string;
  /** The most that it may spend; absent without a limit. */
  readonly budgetUsd?: number;
};

/** How a try ended. Whatever it throws counts as `retry`. */
export type JobEnd =
  /** Carried out and answered. */
  | { readonly kind: "done" }
  /** Not carried out, and the asker was told why (over budget, not allowed). */
  | { readonly kind: "refused"; readonly reason: string }
  /** Somebody stopped it. */
  | { readonly kind: "stopped"; readonly reason: string }
  /** May succeed later: tried again after a pause that grows. */
  | { readonly kind: "retry"; readonly reason: string }
  /** Will not succeed by itself: a dead letter at once. */
  | { readonly kind: "failed"; readonly reason: string };

/** A job that was given up and waits for somebody to look at it. */
export type DeadLetter = {
  readonly id: string;
  readonly job: AppJob;
  readonly reason: string;
  readonly attempts: number;
  readonly diedMs: number;
};

/** What stands in line, for metrics and the page. */
type QueueCounts = {
  readonly queued: number;
  readonly running: number;
  readonly dead: number;
  /** How long the oldest job that could run has been waiting; 0 when none is. */
  readonly oldestWaitMs: number;
};

/** A job that comes back by the clock. */
export type ScheduledJob = {
  /** Unique in its repository, e.g. the recipe's name. */
  readonly name: string;
  /** Five fields, as in crontab. */
  readonly cron: string;
  /** IANA name, e.g. `Europe/Vienna`. */
  readonly timeZone: string;
  /** The job to submit; its key and delivery get the time of the occurrence. */
  readonly job: AppJob;
};

/** A repository that a job was ever submitted for. */
export type KnownRepository = Pick<AppJob, "installation" | "repository" | "repositoryId">;

/** Which jobs a stop is about: everything of a pull request, or one job. */
export type StopTarget = { readonly repositoryId: number; readonly pullRequest: number } | { readonly id: string };

export type WorkOptions = {
  /** Jobs carried out at once by this process. */
  readonly concurrency: number;
  /** How long running jobs may go on after `[Symbol.asyncDispose]` was called; then they are aborted and given to another worker. */
  readonly graceMs: number;
  /**
   * The head of the job's pull request as GitHub has it now. Pushes are told of in any order, so a run is stopped for one only when it is
   * not about that head. Without it, or where it rejects, what was told last counts as the newest.
   */
  readonly headOf?: (job: AppJob, signal: AbortSignal) => Promise<string>;
};

/**
 * Carries out one try. `signal` is aborted with a `stopReason` that says why; after `moved` (this process is ending, or another has the
 * job) the job goes on elsewhere, so nothing may be published any more, and how the try ends does not count unless it was done already.
 */
export type Carry = (job: AppJob, attempt: Attempt, signal: AbortSignal) => Promise<JobEnd>;

/**
 * Jobs of the App, kept until they have ended, whoever crashes meanwhile. At most one job of a lane (`laneOf`) runs at a time. Jobs of
 * different installations take turns: how many one of them has waiting does not hold up another's.
 */
export interface JobQueue {
  /**
   * Puts a job in line. `duplicate`: its delivery or its key is known; nothing was done. A pull-request job takes the place of those of the
   * same pull request that wait, and stops the run that is under way when that is no longer about the newest head.
   */
  submit(job: AppJob, signal: AbortSignal): Promise<"queued" | "duplicate">;
  /** Whether a job was ever submitted with that delivery. */
  seen(delivery: string, signal: AbortSignal): Promise<boolean>;
  /** Starts carrying out jobs; disposing it drains this process. */
  work(options: WorkOptions, carry: Carry): Promise<AsyncDisposable>;
  /** Ends waiting jobs and tells running ones to stop; `reason` is the sentence people read. How many were met. */
  stop(target: StopTarget, reason: string, signal: AbortSignal): Promise<number>;
  /** Puts an ended job in line again; it goes on from its checkpoint. False when it has not ended, or there is none of that id. */
  retry(id: string, signal: AbortSignal): Promise<boolean>;
  /** Newest first. */
  deadLetters(signal: AbortSignal): Promise<readonly DeadLetter[]>;
  /** Puts a dead letter in line again. False when there is none of that id. */
  replay(id: string, signal: AbortSignal): Promise<boolean>;
  counts(signal: AbortSignal): Promise<QueueCounts>;
  /** Every repository that a job was submitted for, by its newest name and installation. */
  repositories(signal: AbortSignal): Promise<readonly KnownRepository[]>;
  /** Makes these the schedules of the repository, in place of those it had. */
  setSchedules(repositoryId: number, schedules: readonly ScheduledJob[], signal: AbortSignal): Promise<void>;
}

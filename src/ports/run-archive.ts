import type { AppJob, JobKind } from "../domain/app-job.ts";
import type { RunEvent } from "../domain/event.ts";
import type { Report } from "../domain/report.ts";
import type { RunSubtask } from "../domain/run-progress.ts";
import type { RunStatus, RunSummary } from "../domain/run-summary.ts";
import type { Attempt } from "./job-queue.ts";
import type { RunStore, TranscriptEntry } from "./run-store.ts";
import type { SharedWork } from "./shared-work.ts";

/** One run, whole but for its transcript. */
export type RunRecord = {
  readonly summary: RunSummary;
  /** In plan order. */
  readonly subtasks: readonly RunSubtask[];
  /** The report so far; absent until there is one. */
  readonly report?: Report;
  /** Sentences about what went differently, in the order they came. */
  readonly notes: readonly string[];
  /** Where on GitHub what it came to is; addresses. */
  readonly published: readonly string[];
  /** Whose requests the transcript holds, in the order they first asked. */
  readonly askers: readonly string[];
};

/** Absent fields leave nothing out. */
export type RunFilter = {
  /** Only these; what a person may see is given here. An empty list matches nothing. */
  readonly repositoryIds?: readonly number[];
  readonly repository?: string;
  readonly pullRequest?: number;
  readonly kind?: JobKind;
  readonly status?: RunStatus;
  /** Received at this time or later. */
  readonly fromMs?: number;
  /** Received before this time. */
  readonly untilMs?: number;
};

/** One page of runs: newest first, those older than `before` (an id), at most `limit`. */
type RunPage = RunFilter & { readonly limit: number; readonly before?: string };

/** What one repository spent on one day (UTC, `2026-11-22`). */
export type DayCost = {
  readonly repository: string;
  readonly repositoryId: number;
  readonly installation: number;
  readonly day: string;
  readonly runs: number;
  readonly costUsd: number;
};

/** What changed: runs that differ from what they were at `since`. `version` is what to ask with next. */
export type Changes = { readonly version: number; readonly runIds: readonly string[] };

/** How texts are made fit to be kept: `mask` takes our own secrets out and nothing else, `clean` makes a text fit for anybody to read. */
export type Cleaning = { readonly mask: (text: string) => string; readonly clean: (text: string) => string };

/** What other jobs of the same pull request left of a run. */
export type RunElsewhere = {
  /** One of them carried it out to its end. */
  readonly isDone: boolean;
  /** Everything that the last of them kept. */
  entries(): Promise<readonly TranscriptEntry[]>;
  /** Makes those entries the beginning of this job's own; what they cost stays with whom it was paid for. */
  take(): void;
};

/**
 * Where one try leaves what it does. `append`, `saveReport` and `progress` give their data away at once and in order; `settled` waits until
 * everything given so far is safe from a crash. When the job has passed to another worker, nothing is written any more and `lost` is
 * aborted. A try that helps another run has that run's transcript: it
 * adds to it, and leaves the report and the progress to the one it helps; `lost` is aborted when that run is over.
 */
export interface ArchivedRun extends RunStore, AsyncDisposable {
  /** What earlier tries left, in order; empty for a first one. */
  readonly earlier: readonly TranscriptEntry[];
  readonly lost: AbortSignal;
  /** Its subtasks, where other processes may share them. */
  readonly shared?: SharedWork;
  progress(event: RunEvent): void;
  /** The run of that name, where another job of the pull request began it; undefined where none did. */
  elsewhere(run: string): Promise<RunElsewhere | undefined>;
  /** Begins the transcript anew; what was spent stays spent. */
  restart(): void;
  settled(): Promise<void>;
}

/** What is known of the App's runs: written while they run, read by pages and by whoever goes on with a run. */
export interface RunArchive {
  /** Opens the record of a job for one of its tries. */
  open(job: AppJob, attempt: Attempt, cleaning: Cleaning): Promise<ArchivedRun>;
  list(page: RunPage, signal: AbortSignal): Promise<readonly RunSummary[]>;
  read(id: string, signal: AbortSignal): Promise<RunRecord | undefined>;
  /** Everything that was said between the model and one asker of the run, in order. */
  transcript(id: string, asker: string, signal: AbortSignal): Promise<readonly TranscriptEntry[]>;
  /** Newest day first, then by cost. */
  costs(
    range: { readonly sinceMs: number; readonly repositoryIds?: readonly number[] },
    signal: AbortSignal,
  ): Promise<readonly DayCost[]>;
  /** Answers as soon as something differs from `since` (0: from the beginning), or after `waitMs` with nothing. */
  changes(since: number, waitMs: number, signal: AbortSignal): Promise<Changes>;
}

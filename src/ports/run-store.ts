import type { Effort } from "../domain/effort.ts";
import type { ExternalFault } from "../domain/errors.ts";
import type { Report } from "../domain/report.ts";
import type { FailOn } from "../domain/severity.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import type { Usage } from "../domain/usage.ts";
import type { Turn } from "./model.ts";

/** The `schema` of transcripts written by this version. */
export const TRANSCRIPT_SCHEMA = "parallel-review/transcript@1";

/** How a run was asked for, as far as it decides what the run does. Two runs with equal requests and plans ask the model the same. */
export type RunRequest = {
  /** Tells this request from others for the same head: the command's comment or the event; "" on the command line. */
  readonly run: string;
  readonly engine: "claude" | "rules";
  readonly model?: string;
  /** Who verifies, by the request or the settings; absent: the model that reviews. */
  readonly verifierModel?: string;
  readonly effort?: Effort;
  /** Whether the model was asked at a dearer address, of a region. */
  readonly isRegional?: true;
  readonly paths?: string;
  readonly lenses?: readonly string[];
  readonly failOn?: FailOn;
  /** The refs that the range was named by; absent on a pull request. */
  readonly baseRef?: string;
  readonly headRef?: string;
  /** Present when the run is an audit. */
  readonly audit?: AuditBasis;
};

/** What the plan of an audit comes from, beside its commit and the settings: whoever goes on with the audit plans from the same. */
export type AuditBasis = {
  readonly recipe: string;
  readonly globs: readonly string[];
  /** ISO date. */
  readonly today: string;
  /** What the plan may cost. */
  readonly plannedUsd: number;
  /** The version of the ledger that says what need not be read again; absent where nothing is remembered. */
  readonly ledger?: string;
};

/**
 * First line of a transcript: what was run, on what, by which version. Milliseconds are the clock's (epoch). The base of an audit is the
 * commit that its recipe and settings are read from.
 */
export type RunHeader = {
  readonly kind: "run";
  readonly schema: typeof TRANSCRIPT_SCHEMA;
  readonly version: string;
  readonly startedMs: number;
  readonly repository: string;
  readonly base: string;
  readonly head: string;
  readonly planHash: string;
  /** The most that the run may cost, all its parts together. */
  readonly budgetUsd?: number;
  readonly request: RunRequest;
};

/** Digests of the parts of a request, so that the first part that differs can be named. */
export type RequestParts = {
  readonly model: string;
  readonly system: string;
  readonly prefix: string;
  readonly tools: string;
  readonly limits: string;
  /** One for each message. */
  readonly messages: readonly string[];
};

/** One request to the model. `asker` is a subtask's id, or a name for what is none; `turn` counts its requests from 1. */
export type Asked = {
  readonly asker: string;
  readonly turn: number;
  /** Of the whole request, over all its parts. */
  readonly hash: string;
  readonly parts: RequestParts;
  readonly startedMs: number;
  readonly endedMs: number;
};

/** A request that was answered. `answer` is absent when it was too long to be kept. */
export type TurnEntry = Asked & {
  readonly kind: "turn";
  readonly usage: Usage;
  readonly costUsd: number;
  readonly answer?: Omit<Turn, "usage">;
};

export type StoredError = {
  readonly message: string;
  readonly retryable: boolean;
  readonly fatal: boolean;
  readonly fault?: ExternalFault;
  /** What the call was billed all the same; absent when nothing is known of that. */
  readonly usage?: Usage;
};

/** A request that failed for good, or whose answer broke off (`isBroken`) and was asked for again. `costUsd` is 0 when nothing was billed. */
export type FailureEntry = Asked & {
  readonly kind: "failure";
  readonly isBroken: boolean;
  readonly costUsd: number;
  readonly error: StoredError;
};

type WithoutError<T> = T extends { readonly error: unknown } ? Omit<T, "error"> & { readonly error: StoredError } : T;

/** How a subtask ended, with its claims as they were before anything was merged. The last one for a subtask counts. */
export type OutcomeEntry = {
  readonly kind: "outcome";
  readonly outcome: WithoutError<Outcome>;
  readonly unanalysed: readonly { readonly path: string; readonly reason: string }[];
  /** Files that there was nothing to read in; absent for none. */
  readonly leftOut?: readonly { readonly path: string; readonly reason: string }[];
  /** What was carried out in its place, where it was split while it ran. */
  readonly parts?: readonly { readonly subtask: Subtask; readonly outcome: WithoutError<Outcome> }[];
};

/** The run goes on in another process. `atMs` is where its clock goes on: the pause does not count as time. */
type ResumeEntry = { readonly kind: "resume"; readonly version: string; readonly atMs: number };

/** How the subtasks' part of a run ended; an audit's is written down when its report is delivered. `stopped` is the reason when somebody stopped it, `timeUp` tells that its time ran out. */
export type RunEnding = { readonly stopped?: string; readonly timeUp: boolean };
export type EndEntry = RunEnding & { readonly kind: "end"; readonly endedMs: number };

export type TranscriptEntry = RunHeader | TurnEntry | FailureEntry | OutcomeEntry | ResumeEntry | EndEntry;

/**
 * What an earlier attempt at a run left, and where this attempt leaves its own. Entries that are read back have had our secrets taken
 * out and nothing else.
 */
export interface RunKeeper {
  /** Name of the place, for people. */
  readonly place: string;
  /**
   * All entries of the last attempt, in order, its header first; empty when there is none. Where a place holds several runs, it is the
   * one of that name. Whether they are of this very run is looked at by who asks. @throws {ConfigurationError} they cannot be read.
   */
  earlier(run: string, signal: AbortSignal): Promise<readonly TranscriptEntry[]>;
  /**
   * Opens the place: behind those entries when the run goes on from them, in place of them when it does not. Undefined when it cannot be
   * written and that costs no more than the checkpoint.
   */
  open(goesOn: boolean, signal: AbortSignal): Promise<(RunStore & AsyncDisposable) | undefined>;
}

/** Where a run leaves what it needs to be resumed. Nothing here throws: a full disk costs the checkpoint, never the run. */
export interface RunStore {
  /** One entry, on its way when this returns: a killed process loses at most what was not `settled`. */
  append(entry: TranscriptEntry): void;
  /** Replaces the report in one step: whoever reads it finds the old one or the new one, whole. */
  saveReport(report: Report): void;
  /** Resolves when everything that was given so far is safe from a crash; absent where it is as soon as it was given. */
  settled?(): Promise<void>;
}

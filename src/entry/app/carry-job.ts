import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { AppClient } from "../../adapters/github/app/app-client.ts";
import { type AppJob, describeJob } from "../../domain/app-job.ts";
import { ConfigurationError, errorMessage, ExternalError } from "../../domain/errors.ts";
import { redactor, secretMasker } from "../../domain/redact.ts";
import { stopKindOf } from "../../domain/stop.ts";
import { rateLedgers, type RateLedgers } from "../../flow/scheduler/rate-ledger.ts";
import type { Attempt, Carry, JobEnd, JobQueue } from "../../ports/job-queue.ts";
import type { ArchivedRun, RunArchive, RunElsewhere } from "../../ports/run-archive.ts";
import type { RunKeeper, RunStore } from "../../ports/run-store.ts";
import { inlineText } from "../../render/neutralize.ts";
import { answerComment } from "../answer-comment.ts";
import { carryOut } from "../carry-out.ts";
import { gitHubAccess } from "../github-access.ts";
import type { Inputs } from "../inputs.ts";
import type { EngineChoice } from "../option-values.ts";
import { secretsOf } from "../runner-log.ts";
import type { World } from "../world.ts";
import type { AppClaude } from "./app-claude.ts";
import { appHost } from "./app-host.ts";
import { appInputs } from "./app-inputs.ts";
import { type AppLog, errorKind } from "./app-log.ts";
import { type JobTokens, jobTokens } from "./installation-tokens.ts";
import { notRead, readSchedules, type SchedulesParts } from "./read-schedules.ts";
import type { Telemetry } from "./telemetry.ts";

export type CarryParts = {
  readonly client: AppClient;
  readonly archive: RunArchive;
  readonly queue: SchedulesParts["queue"] & Pick<JobQueue, "stop">;
  readonly telemetry: Telemetry;
  readonly log: AppLog;
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** Where the pages of runs are, without a slash at its end. */
  readonly publicUrl: string;
  readonly slug: string;
  readonly engine: EngineChoice;
  readonly anthropicKey: string;
  readonly claude: AppClaude;
  readonly anthropicBaseUrl: string | undefined;
  readonly model: string | undefined;
  readonly env: NodeJS.ProcessEnv;
};

type TryParts = CarryParts & { readonly inputsFor: ReturnType<typeof appInputs> };

/** How long the asker's answer may take when the job itself is over. */
const LAST_WORDS_MS = 20_000;
const MAX_REASON = 500;

/** Carries out one try of a job, with tokens of its own, and keeps it in the archive. */
export function carryJob(given: CarryParts): Carry {
  const parts = { ...given, inputsFor: appInputs() };
  const ledgers = rateLedgers();
  return async (job, attempt, signal) => {
    const { log, telemetry } = parts;
    const { kind, repository, pullRequest, head, delivery, receivedMs } = job;
    const facts = {
      run: attempt.runId,
      attempt: attempt.number,
      repository,
      pullRequest,
      title: describeJob(job).title,
    };
    log.info("job begins", facts);
    const watched = telemetry.job({
      kind,
      repository,
      pullRequest,
      head,
      delivery,
      receivedMs,
      attempt: attempt.number,
    });
    const end = await tryJob(parts, { job, attempt, watched, ledgers }, signal).catch((error: unknown) =>
      endOf(error, signal),
    );
    watched.end(end.kind, end.kind === "failed" || end.kind === "retry");
    log.info("job ended", { ...facts, end: end.kind });
    return end;
  };
}

type Try = {
  readonly job: AppJob;
  readonly attempt: Attempt;
  readonly watched: ReturnType<Telemetry["job"]>;
  readonly ledgers: RateLedgers;
};

async function tryJob(parts: TryParts, { job, attempt, watched, ledgers }: Try, signal: AbortSignal): Promise<JobEnd> {
  if (job.kind === "housekeeping") return keepHouse(parts, job, attempt, signal);
  await using stack = new AsyncDisposableStack();
  const tokens = stack.use(await jobTokens(parts.client, job, signal));
  const folder = await mkdtemp(join(tmpdir(), "parallel-review-job-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const inputs = parts.inputsFor({ ...parts, token: tokens.read, folder });
  const secrets = [...secretsOf({ inputs, env: parts.env }), tokens.write];
  const cleaning = { mask: secretMasker(secrets), clean: redactor(secrets) };
  const run = stack.use(await parts.archive.open(job, attempt, cleaning));
  const host = appHost({
    log: parts.log,
    runId: attempt.runId,
    runUrl: `${parts.publicUrl}/runs/${attempt.runId}`,
    identity: await parts.client.botId(parts.slug, tokens.read, signal),
    journal: {
      write(event) {
        run.progress(event);
        watched.journal.write(event);
      },
    },
    ledgers,
    keeper: keeperOf(run, watched.watch(run)),
    stopOthers: async (pullRequest, reason, last) => {
      await parts.queue.stop({ repositoryId: job.repositoryId, pullRequest }, reason, last);
    },
    wasDone: async (name) => (await run.elsewhere(name))?.isDone === true,
    sharedWork: run.shared,
    helps: job.helps !== undefined,
    identityToken: parts.claude.identityToken,
  });
  const world = worldOf(parts, { job, inputs, folder, tokens, host, mostUsd: attempt.budgetUsd });
  if (attempt.overBudget !== undefined) return await refuse(world, job, attempt.overBudget, signal);
  if (attempt.givesUp) {
    const why = attempt.lastError === undefined ? "" : ` (${inlineText(attempt.lastError, MAX_REASON)})`;
    const reason = `it was given up after ${attempt.number - 1} tries${why}`;
    await tell(world, job, `I could not do this: ${reason}. A person can start it again on its page: ${host.runUrl}`);
    return { kind: "failed", reason };
  }
  const aborted = AbortSignal.any([signal, run.lost]);
  if (job.helps !== undefined) return await help(world, job, run, aborted);
  await carryOut(world, job.trigger, aborted);
  await run.settled();
  if (signal.aborted) return endOf(signal.reason, signal);
  const undelivered = host.undelivered();
  return undelivered === undefined ? { kind: "done" } : { kind: "retry", reason: undelivered };
}

/** What nobody asked for by name is answered to nobody: the run's page says how it ended. */
async function keepHouse(parts: CarryParts, job: AppJob, attempt: Attempt, signal: AbortSignal): Promise<JobEnd> {
  if (attempt.givesUp) return { kind: "failed", reason: attempt.lastError ?? "its process ended each time" };
  try {
    await readSchedules(parts, job, signal);
    return { kind: "done" };
  } catch (error) {
    if (!signal.aborted) notRead(parts.log, job, error);
    throw error;
  }
}

/** Helps another process with its run, until that one is over: then there is nothing to help with any more. */
async function help(world: World, job: AppJob, run: ArchivedRun, signal: AbortSignal): Promise<JobEnd> {
  try {
    await carryOut(world, job.trigger, signal);
  } catch (error) {
    // What it could not do is done by the others.
    if (signal.aborted && !run.lost.aborted) throw error;
  }
  await run.settled();
  return { kind: "done" };
}

/** The archive's record of this try as the place where the run keeps itself. A run may have begun in another job: `resume` goes on with it. */
function keeperOf(run: ArchivedRun, store: RunStore): RunKeeper {
  let elsewhere: RunElsewhere | undefined;
  return {
    place: "the archive",
    async earlier(name) {
      if (run.earlier.length > 0) return run.earlier;
      elsewhere = await run.elsewhere(name);
      return (await elsewhere?.entries()) ?? [];
    },
    async open(goesOn) {
      if (goesOn) elsewhere?.take();
      else if (run.earlier.length > 0) run.restart();
      // The try ends the record, not the review.
      return { ...store, settled: () => run.settled(), [Symbol.asyncDispose]: () => run.settled() };
    },
  };
}

function worldOf(
  { apiUrl, serverUrl, slug, env }: CarryParts,
  own: {
    readonly job: AppJob;
    readonly inputs: Inputs;
    readonly folder: string;
    readonly tokens: JobTokens;
    readonly host: World["host"];
    readonly mostUsd: number | undefined;
  },
): World {
  const { job, inputs, folder, tokens, host, mostUsd } = own;
  const site = {
    repository: job.repository,
    apiUrl,
    tokenOf: "app",
    serverUrl,
    workflow: slug,
    temporaryFolder: folder,
  } as const;
  return { inputs, site, env, host, mostUsd, writeToken: tokens.write };
}

async function refuse(world: World, job: AppJob, reason: string, signal: AbortSignal): Promise<JobEnd> {
  signal.throwIfAborted();
  await tell(world, job, `I did not do this: ${inlineText(reason, MAX_REASON)}`);
  return { kind: "refused", reason };
}

/** Answers whoever asked by a comment; a push asked for nothing, and is told by its check, if at all. */
async function tell(world: World, job: AppJob, text: string): Promise<void> {
  const { trigger } = job;
  const isAsked = trigger.kind === "comment" || trigger.kind === "mistake";
  if (!isAsked || job.helps !== undefined) return;
  const { inputs, site, writeToken } = world;
  const github = gitHubAccess(site, inputs["github-token"], trigger.pullRequest, writeToken);
  const reply = { text, reaction: "confused", isExcuse: true } as const;
  await answerComment(world, github, trigger, reply, AbortSignal.timeout(LAST_WORDS_MS));
}

/** What a try that threw means for the job. */
function endOf(error: unknown, signal: AbortSignal): JobEnd {
  if (signal.aborted) {
    // Not by a stop: this process is ending, or another has the job; it goes on elsewhere.
    const reason = errorMessage(signal.reason);
    return stopKindOf(signal) === "interrupted" ? { kind: "retry", reason } : { kind: "stopped", reason };
  }
  if (error instanceof ConfigurationError) return { kind: "refused", reason: error.message };
  if (error instanceof ExternalError) {
    return { kind: error.fatal ? "failed" : "retry", reason: error.message };
  }
  return { kind: "retry", reason: `a bug: ${errorKind(error)}: ${errorMessage(error)}` };
}

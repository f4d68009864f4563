import { openApiSnapshot } from "../../adapters/github/api-snapshot.ts";
import type { AppClient } from "../../adapters/github/app/app-client.ts";
import { readRepositoryFacts } from "../../adapters/github/repository-facts.ts";
import type { AuditSchedule } from "../../domain/audit-schedule.ts";
import type { JobQueue, KnownRepository, ScheduledJob } from "../../ports/job-queue.ts";
import type { Rounds } from "../../ports/rounds.ts";
import { SETTINGS_PATH, settingsIn } from "../compose-review.ts";
import { readingAccess } from "../github-access.ts";
import { type AppLog, errorKind } from "./app-log.ts";
import { keepRounds } from "./keep-rounds.ts";

export type SchedulesParts = {
  readonly client: AppClient;
  readonly queue: Pick<JobQueue, "repositories" | "setSchedules">;
  readonly apiUrl: string;
  readonly log: AppLog;
};

/**
 * Makes the schedules in the settings of the repository's default branch those that the clock goes by. Where that fails, it goes on by the
 * ones before. @throws {ConfigurationError | ExternalError} the settings are not right, or cannot be read.
 */
export async function readSchedules(
  { client, queue, apiUrl, log }: SchedulesParts,
  place: KnownRepository,
  signal: AbortSignal,
): Promise<void> {
  const { installation, repository, repositoryId } = place;
  const permissions = { contents: "read", metadata: "read" } as const;
  await using token = await client.issueToken({ installation, repositoryId, permissions }, signal);
  const github = readingAccess({ repository, apiUrl }, token.value);
  const { tip } = await readRepositoryFacts(github, signal);
  const { schedules } = await settingsIn(await openApiSnapshot(github, tip, signal), SETTINGS_PATH, signal);
  await queue.setSchedules(
    repositoryId,
    schedules.map((schedule) => scheduledJob(place, schedule)),
    signal,
  );
  log.info("schedules read", { repository, schedules: schedules.length });
}

function scheduledJob(place: KnownRepository, { cron, timeZone, ...audit }: AuditSchedule): ScheduledJob {
  const { installation, repository, repositoryId } = place;
  const name = `${audit.recipe} ${cron} ${timeZone}`;
  return {
    name,
    cron,
    timeZone,
    job: {
      key: `${repository}/audit-${audit.recipe}`,
      installation,
      repository,
      repositoryId,
      kind: "audit",
      trigger: { kind: "audit", ...audit },
      delivery: `schedule-${repositoryId}`,
      receivedMs: 0,
    },
  };
}

/** Reads the schedules of all repositories now, and then every hour, until it is disposed of; of several processes one does. */
export function keepSchedules(parts: SchedulesParts & { readonly rounds: Rounds }): AsyncDisposable {
  const { rounds, log } = parts;
  return keepRounds({ rounds, name: "schedules", log, look: (_, signal) => readAllSchedules(parts, signal) });
}

/** Reads the schedules of every repository that a job was submitted for: an event may have been missed. */
export async function readAllSchedules(parts: SchedulesParts, signal: AbortSignal): Promise<void> {
  const { queue, log } = parts;
  for (const place of await queue.repositories(signal)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other: nobody waits for this
      await readSchedules(parts, place, signal);
    } catch (error) {
      signal.throwIfAborted();
      notRead(log, place, error);
    }
  }
}

/** Says that the schedules stay as they are. What is wrong is said to people, and not in the log: it may quote the settings. */
export function notRead(log: AppLog, { repository }: Pick<KnownRepository, "repository">, error: unknown): void {
  log.warn("schedules could not be read: those before stay", { repository, reason: errorKind(error) });
}

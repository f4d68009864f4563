import type { Trigger } from "./trigger.ts";

/** What a job is about. `housekeeping` is the App's own (reading schedules anew) and belongs to no pull request. */
export type JobKind = "command" | "pull-request" | "audit" | "housekeeping";

/** One wish that came in, as it waits in the queue. Plain JSON. */
export type AppJob = {
  /** The same wish has the same key however often it is delivered: `acme/shop#7/comment-123`, `acme/shop#7/head-<sha>`. */
  readonly key: string;
  /** The App's installation that the wish came through; it is who pays, and whose turn it is. */
  readonly installation: number;
  /** `owner/name`, for people; what identifies the repository is `repositoryId`. */
  readonly repository: string;
  readonly repositoryId: number;
  readonly pullRequest?: number;
  /** The head that the event named; the run reads the newest one itself. */
  readonly head?: string;
  readonly kind: JobKind;
  readonly trigger: Trigger;
  /** `X-GitHub-Delivery` of the event, or a name of our own for what no event asked for. */
  readonly delivery: string;
  readonly receivedMs: number;
  /** Present when it only helps with another run: which, and how many processes share that one. */
  readonly helps?: { readonly runId: string; readonly sharers: number };
};

/** Commands that are over in a moment and must not wait behind a run of the same pull request, or that are about that run. */
const QUICK_VERBS: ReadonlySet<string> = new Set(["help", "status", "stop", "pause", "config", "explain", "ignore"]);

/** Commands that a push does not stop: what they come to holds for the commit that they began with. */
export const OUTLASTING_VERBS: readonly string[] = ["audit", "fix", "refactor"];

/** Whether the job is to be carried out as soon as it comes, whatever else runs. */
export function isAtOnce({ kind, trigger }: AppJob): boolean {
  if (kind === "housekeeping" || trigger.kind === "mistake" || trigger.kind === "stop") return true;
  return trigger.kind === "comment" && QUICK_VERBS.has(trigger.command.verb);
}

/** Whether the job may ask the model. What is done at once does not, but for an explanation. */
export function isPaid(job: AppJob): boolean {
  const { trigger } = job;
  return !isAtOnce(job) || (trigger.kind === "comment" && trigger.command.verb === "explain");
}

/** What only one job at a time may hold: the runs of one pull request, or of one repository's audit; what is done at once holds its own. */
export function laneOf(job: AppJob): string {
  if (isAtOnce(job) || job.helps !== undefined) return `job ${job.key}`;
  return job.pullRequest === undefined
    ? `${job.kind} ${job.repositoryId}`
    : `pull-request ${job.repositoryId} ${job.pullRequest}`;
}

/** What was asked for, in a word or two, and by whom. */
export function describeJob({ kind, trigger }: AppJob): { readonly title: string; readonly askedBy?: string } {
  switch (trigger.kind) {
    case "comment": {
      const { command, commenter } = trigger;
      const title = command.verb === "audit" ? `audit ${command.recipe}` : command.verb;
      return { title, askedBy: commenter.login };
    }
    case "mistake":
      return { title: "help", askedBy: trigger.commenter.login };
    case "pull-request":
      return { title: "push", ...(trigger.requester === undefined ? {} : { askedBy: trigger.requester.login }) };
    case "audit":
      return { title: `audit ${trigger.recipe}` };
    case "stop":
      return { title: "stop" };
    case "nothing":
      return { title: kind };
    default:
      return trigger satisfies never;
  }
}

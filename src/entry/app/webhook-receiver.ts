import { Probot } from "probot";

import { APP_EVENTS } from "../../adapters/github/app/manifest.ts";
import type { JobQueue } from "../../ports/job-queue.ts";
import type { AppLog } from "./app-log.ts";
import { leftRepositories } from "./left-repositories.ts";
import type { WebhookEvent, WebhookOutcome } from "./webhook-door.ts";
import { wishOf } from "./wish-of.ts";

export type WebhookReceiverParts = {
  readonly appId: number;
  readonly privateKey: string;
  readonly apiUrl: string;
  readonly secret: string;
  /** The App's name in addresses. */
  readonly slug: string;
  readonly queue: JobQueue;
  readonly now: () => number;
  readonly log: AppLog;
};

type ProbotEvent = Parameters<Probot["receive"]>[0];

/**
 * Hands an event whose signature has been checked to its handler and says what became of it. Handlers only put jobs in line: the work is
 * done by whoever takes them from there.
 */
export async function webhookReceiver(
  parts: WebhookReceiverParts,
): Promise<(event: WebhookEvent, signal: AbortSignal) => Promise<WebhookOutcome>> {
  const { appId, privateKey, apiUrl, secret, slug, queue, now, log } = parts;
  // Probot logs the whole payload with an error, so it logs nothing, and no handler of ours throws into it.
  const probot = new Probot({ appId, privateKey, secret, baseUrl: apiUrl, logLevel: "fatal" });
  const outcomes = new WeakMap<object, Promise<WebhookOutcome>>();

  const take = async (event: WebhookEvent): Promise<WebhookOutcome> => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const wish = wishOf(event, now(), `${slug}[bot]`);
    switch (wish.kind) {
      case "job":
        return { kind: await queue.submit(wish.job, signal) };
      case "stop": {
        const { repositoryId, pullRequest, reason } = wish;
        const met = await queue.stop({ repositoryId, pullRequest }, reason, signal);
        return { kind: "nothing", reason: `${reason}: ${met} jobs were told to stop` };
      }
      case "nothing":
      case "unreadable":
        return wish;
      default:
        return wish satisfies never;
    }
  };
  /** Schedules end with the right to work there: else each of them would fail whenever its time has come. */
  const leave = async (payload: unknown): Promise<void> => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    // oxlint-disable-next-line no-await-in-loop -- one database
    for (const id of leftRepositories(payload)) await queue.setSchedules(id, [], signal);
  };
  await probot.load(
    (app) => {
      app.on([...APP_EVENTS], (context) => {
        const { id, name, payload } = context;
        const outcome = take({ name, delivery: id, payload });
        // Whoever waits for it gets the error; here it must not count as one that nobody handles.
        outcome.catch(() => undefined);
        outcomes.set(payload, outcome);
      });
      app.on(["installation", "installation_repositories"], ({ payload }) => {
        const { action, installation } = payload;
        log.info("installation", { action, installation: installation.id });
        const outcome = leave(payload).then(() => ({ kind: "nothing", reason: `installation ${action}` }) as const);
        outcome.catch(() => undefined);
        outcomes.set(payload, outcome);
      });
    },
    { cwd: "", addHandler: () => undefined },
  );

  return async ({ name, delivery, payload }) => {
    if (typeof payload !== "object" || payload === null)
      return { kind: "unreadable", reason: "the event is no object" };
    const event = { id: delivery, name, payload };
    if (!isProbotEvent(event)) return { kind: "nothing", reason: "no event of ours" };
    await probot.receive(event);
    return outcomes.get(payload) ?? { kind: "nothing", reason: "no event of ours" };
  };
}

/** GitHub waits ten seconds for an answer. */
const ANSWER_MS = 8_000;

/** Probot's types know the payload of each event; ours are read by a schema, so that the name is all it has to know. */
function isProbotEvent(event: {
  readonly id: string;
  readonly name: string;
  readonly payload: object;
}): event is ProbotEvent {
  return /^[a-z0-9_]+$/.test(event.name);
}

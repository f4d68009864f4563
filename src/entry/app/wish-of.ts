import { z } from "zod";

import type { AppJob } from "../../domain/app-job.ts";
import { commentRun, type Trigger } from "../../domain/trigger.ts";
import { readTrigger } from "../github-event.ts";
import { schedulesWish } from "./schedules-wish.ts";
import type { WebhookEvent } from "./webhook-door.ts";

/** What an event asks of the App. */
export type Wish =
  | { readonly kind: "job"; readonly job: AppJob }
  | { readonly kind: "stop"; readonly repositoryId: number; readonly pullRequest: number; readonly reason: string }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "unreadable"; readonly reason: string };

const Account = z.object({ login: z.string(), id: z.number(), type: z.string() }).nullish();
const Home = z.object({ id: z.int() }).nullish();

/** All we take from an event beside the trigger. Addresses in it are never followed: ours are made of ids and the configuration. */
const Envelope = z.object({
  action: z.string().default(""),
  installation: z.object({ id: z.int().positive() }).nullish(),
  repository: z.object({ id: z.int().positive(), full_name: z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/) }),
  pull_request: z.object({ user: Account, head: z.object({ sha: Sha(), repo: Home }).optional() }).nullish(),
  sender: Account,
  check_run: z.object({ head_sha: Sha() }).nullish(),
});

function Sha(): z.ZodType<string> {
  return z.string().regex(/^[0-9a-f]{40}$/);
}

/** Other actions on the same head are wishes of their own: a review that a closing stopped is wanted again after reopening. */
const ONCE_A_HEAD: ReadonlySet<string> = new Set(["opened", "synchronize", "ready_for_review"]);

/**
 * Reads an event; never throws, whatever it holds.
 * @param own login of the App's account
 */
export function wishOf(event: WebhookEvent, receivedMs: number, own: string): Wish {
  const envelope = Envelope.safeParse(event.payload);
  if (!envelope.success) return unreadable(envelope.error);
  const { action, installation, repository, pull_request: pull, check_run: check } = envelope.data;
  if (installation === null || installation === undefined) {
    return { kind: "nothing", reason: "the event came through no installation of the App" };
  }
  if (event.name === "push") {
    const { id: repositoryId, full_name: name } = repository;
    const { delivery } = event;
    return pushWish(event.payload, {
      installation: installation.id,
      repository: name,
      repositoryId,
      delivery,
      receivedMs,
    });
  }
  const read = triggerOf(event);
  if (read instanceof Error) return unreadable(read);
  const trigger = read.kind === "pull-request" ? automatic(read, envelope.data, own) : read;
  switch (trigger.kind) {
    case "nothing":
      return { kind: "nothing", reason: trigger.reason };
    case "audit":
      return { kind: "nothing", reason: "audits come by the clock" };
    case "stop":
      return { ...trigger, repositoryId: repository.id };
    case "comment":
    case "mistake":
    case "pull-request":
      break;
    default:
      return trigger satisfies never;
  }
  const { pullRequest } = trigger;
  const head = pull?.head?.sha ?? check?.head_sha;
  const what = wishName(trigger, { action, head: head ?? "", delivery: event.delivery });
  return {
    kind: "job",
    job: {
      key: `${repository.full_name}#${pullRequest}/${what}`,
      installation: installation.id,
      repository: repository.full_name,
      repositoryId: repository.id,
      pullRequest,
      ...(head === undefined ? {} : { head }),
      kind: trigger.kind === "pull-request" ? "pull-request" : "command",
      trigger,
      delivery: event.delivery,
      receivedMs,
    },
  };
}

/**
 * What nobody asked for by name costs money all the same: what the App proposed itself has been read by it, and a fork's branch is whoever's,
 * so there whoever pushed has to be somebody who may start a run.
 */
function automatic(
  trigger: Extract<Trigger, { readonly kind: "pull-request" }>,
  { pull_request: pull, repository, sender }: z.infer<typeof Envelope>,
  own: string,
): Trigger {
  if (trigger.run !== "head" || trigger.requester !== undefined) return trigger;
  if (pull?.user?.type === "Bot" && pull.user.login === own) {
    return { kind: "nothing", reason: "the App opened this pull request itself; a comment has it reviewed" };
  }
  if (pull?.head?.repo?.id === repository.id) return trigger;
  if (sender === null || sender === undefined)
    return { kind: "nothing", reason: "nobody knows who pushed to this fork" };
  return { ...trigger, pusher: sender };
}

/** The same for every delivery of one wish, and for no other wish of the pull request. */
function wishName(
  trigger: Extract<Trigger, { readonly kind: "comment" | "mistake" | "pull-request" }>,
  event: { readonly action: string; readonly head: string; readonly delivery: string },
): string {
  if (trigger.kind !== "pull-request") return commentRun(trigger);
  if (trigger.run !== "head") return trigger.run;
  const head = `head-${event.head}`;
  return ONCE_A_HEAD.has(event.action) ? head : `${head}-${event.delivery}`;
}

function pushWish(...given: Parameters<typeof schedulesWish>): Wish {
  try {
    const job = schedulesWish(...given);
    return job === undefined ? { kind: "nothing", reason: "the push changes no settings" } : { kind: "job", job };
  } catch (error) {
    return unreadable(error instanceof Error ? error : new Error(String(error)));
  }
}

function triggerOf({ name, payload, delivery }: WebhookEvent): Trigger | Error {
  try {
    return readTrigger({ name, payload, runId: delivery }, undefined);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Says which field it was, and nothing of what stood there. */
function unreadable(error: Error): Wish {
  const path = error instanceof z.ZodError ? error.issues[0]?.path.map(String).join(".") : undefined;
  const reason = path === undefined ? "the event is none of ours" : `the field ${path} is not as GitHub sends it`;
  return { kind: "unreadable", reason };
}

import { setTimeout as wait } from "node:timers/promises";

import { errorMessage } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Published, ReviewPublisher } from "../../ports/review-publisher.ts";
import { NO_STATUS, statusAfter } from "../../render/run-status.ts";
import { createCheckRun } from "./check-run.ts";
import { ACTIONS_BOT_ID, readConversation } from "./conversation.ts";
import type { Conversation } from "./conversation.ts";
import { deliverReview } from "./deliver-review.ts";
import type { Marker } from "./marker.ts";
import type { GitHub } from "./octokit.ts";
import { isSame } from "./post-review.ts";
import type { Posting } from "./post-review.ts";
import { CHECK_CONCLUSIONS } from "./review-render.ts";
import type { ReviewRender, RunEnd } from "./review-render.ts";
import { createStatusComment } from "./status-comment.ts";
import type { StatusComment } from "./status-comment.ts";
import { errorOf } from "./translate-error.ts";

export type ReviewPublisherOptions = {
  /** Two clients of the same account: one that only reads, one that may write to this pull request. */
  readonly read: GitHub;
  readonly write: GitHub;
  readonly pullRequest: number;
  /** The pinned commit: the review is posted on it whatever was pushed meanwhile. */
  readonly head: string;
  /** One status comment for each. */
  readonly workflow: string;
  /** One review for each head and run: the id of the command's comment, or of the event. */
  readonly run: string;
  readonly render: ReviewRender;
  readonly clock: Clock;
  readonly maxInline: number;
  readonly checkName: string;
  readonly detailsUrl?: string;
  /** Account id of the token; unless given, that of the token every job gets. */
  readonly identity?: number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** First pause between two edits of the status comment while the run goes on; each pause is twice the one before. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** Before it is believed that an earlier attempt posted no review: lists lag behind writes. */
const SECOND_LOOK_MS = 2_000;

/** Posts a review on a pull request: one review, one status comment, one check, however often it is killed and run again. */
export function createReviewPublisher(options: ReviewPublisherOptions): ReviewPublisher {
  const { read, write, pullRequest: number, head, render, clock } = options;
  const identity = options.identity ?? ACTIONS_BOT_ID;
  const sleep = options.sleep ?? (async (ms, signal) => wait(ms, undefined, { signal }));
  const posting: Posting = { read, write, number, identity, sleep };
  const marker: Marker = { kind: "review", workflow: options.workflow, run: options.run, head, part: "1/1" };
  const statusMarker: Marker = { ...marker, kind: "status" };
  const check = createCheckRun(posting, {
    name: options.checkName,
    head,
    externalId: `${options.workflow}/${options.run}`,
    ...(options.detailsUrl === undefined ? {} : { detailsUrl: options.detailsUrl }),
  });
  const degradations = new Set<string>();
  let status = NO_STATUS;
  let comment: StatusComment | undefined;
  let isRetry = false;
  let runSignal: AbortSignal | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  let nextEditMs = 0;
  let isEditing = false;
  let isOver = false;
  let begun: Promise<void> = Promise.resolve();

  const note = (problem: string | undefined): void => {
    if (problem !== undefined) degradations.add(problem);
  };

  /** Finds the workflow's status comment, once. Without knowing it none is written: it might be the second. */
  const openStatus = (conversation: Conversation): StatusComment => {
    const existing = conversation.comments.find(
      ({ marker: found }) => found.kind === "status" && found.workflow === options.workflow,
    );
    isRetry = existing !== undefined && isSame(existing.marker, statusMarker);
    return createStatusComment(posting, statusMarker, existing);
  };

  const attempt = async (what: string, signal: AbortSignal, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      if (!signal.aborted) note(`Could not ${what}: ${errorMessage(error)}`);
    }
  };

  const readNow = async (signal: AbortSignal): Promise<Conversation> => {
    const answer = await readConversation(read, number, identity, signal);
    if (answer.ok) return answer.data;
    throw errorOf(answer.failure, { what: `read pull request #${number}`, permission: "pull-requests: read" });
  };

  const close = async (conversation: Conversation | undefined, end: RunEnd, signal: AbortSignal): Promise<void> => {
    if (conversation !== undefined) comment ??= openStatus(conversation);
    note(await comment?.show(render.statusComment(status, end), signal));
  };

  return {
    async begin(signal) {
      runSignal = signal;
      begun = attempt("announce the run", signal, async () => {
        comment = openStatus(await readNow(signal));
        note(await comment.show(render.statusComment(status, {}), signal));
        note(await check.begin(isRetry || comment.url === undefined, signal));
      });
      await begun;
      nextEditMs = clock.now() + pauseMs;
    },

    progress(event) {
      status = statusAfter(status, event);
      const mayEdit = comment !== undefined && !isEditing && !isOver && clock.now() >= nextEditMs;
      if (!mayEdit || runSignal === undefined) return;
      isEditing = true;
      const signal = runSignal;
      void attempt("update the status comment", signal, async () => {
        note(await comment?.show(render.statusComment(status, {}), signal));
      }).finally(() => {
        isEditing = false;
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
        nextEditMs = clock.now() + pauseMs;
      });
    },

    async publish(report, changeSet, signal): Promise<Published> {
      isOver = true;
      // Writes are seconds apart, so callers may leave begin to itself; a short run ends before it does.
      await begun;
      let conversation = await readNow(signal);
      if (isRetry && !conversation.reviews.some((review) => review.marker && isSame(review.marker, marker))) {
        await sleep(SECOND_LOOK_MS, signal);
        conversation = await readNow(signal);
      }
      const told = { ...report, notes: [...report.notes, ...notesOn(conversation, head)] };
      const delivery = await deliverReview(
        { posting, render, marker, maxInline: options.maxInline },
        told,
        changeSet,
        conversation,
        signal,
      );
      for (const problem of delivery.degradations) note(problem);
      const { url, report: posted } = delivery;
      await attempt("complete the status comment", signal, async () => {
        status = { ...status, report: posted };
        await close(conversation, url === undefined ? {} : { reviewUrl: url }, signal);
      });
      await attempt("complete the check run", signal, async () => {
        note(await check.complete(CHECK_CONCLUSIONS[posted.conclusion], render.checkOutput(posted), signal));
      });
      return {
        ...(url === undefined ? {} : { reviewUrl: url }),
        ...(comment?.url === undefined ? {} : { statusUrl: comment.url }),
        ...(check.url === undefined ? {} : { checkUrl: check.url }),
        alreadyPublished: delivery.alreadyPublished,
        degradations: [...degradations],
      };
    },

    async abandon(reason, signal) {
      isOver = true;
      await begun;
      await attempt("say that the run has ended", signal, async () => {
        // A comment without an address may have been made all the same, when the run was stopped in the middle of it.
        const conversation = comment?.url === undefined ? await readNow(signal) : undefined;
        if (conversation !== undefined) comment = openStatus(conversation);
        await close(undefined, { abandoned: reason }, signal);
      });
      await attempt("complete the check run", signal, async () => {
        note(await check.complete("failure", { title: "No review", summary: reason, batches: [] }, signal));
      });
    },
  };
}

/** What changed on the pull request while the run went on. */
function notesOn(conversation: Conversation, head: string): readonly string[] {
  const { state } = conversation;
  return [
    ...(conversation.head === head
      ? []
      : [`This is a review of ${head}; the branch has moved to ${conversation.head}, so comments may be outdated.`]),
    ...(state === "open" ? [] : [`The pull request was ${state} while the review ran.`]),
    ...(conversation.draft ? ["The pull request is a draft."] : []),
  ];
}

import type { AuditSchedule } from "./audit-schedule.ts";
import type { CommentCommand } from "./comment-command.ts";

/** Somebody who asks for something, as the event names them; their permission is asked from GitHub. */
export type Requester = {
  readonly login: string;
  /** Absent where only the login is known, as of who ran a workflow again. */
  readonly id?: number;
  /** `User`, `Bot`, `Organization`, ...; absent when not known. */
  readonly type?: string;
  /** True when an app acted in the user's name. */
  readonly viaApp?: boolean;
};

/** Where a command was written, and by whom. */
export type Written = {
  readonly pullRequest: number;
  readonly commentId: number;
  /** Present when it stands under lines of the diff: the id of the comment that its thread begins with. */
  readonly threadId?: number;
  readonly commenter: Requester;
};

/**
 * What an event asks for. `run` tells repeated deliveries of the same wish from new ones. Plain JSON: it may wait in a queue, and is
 * then carried out as if the event had just come.
 */
export type Trigger =
  | { readonly kind: "nothing"; readonly reason: string }
  | (Written & { readonly kind: "comment"; readonly command: CommentCommand; readonly run: string })
  /** A comment that was meant for us and is not understood: it is answered with help. */
  | (Written & { readonly kind: "mistake"; readonly message: string })
  | {
      readonly kind: "pull-request";
      readonly pullRequest: number;
      /** `head`: once for each head of the pull request, and not while its automatic reviews are paused. */
      readonly run: string;
      /** Who asked for it, where a person did by a button or a label. */
      readonly requester?: Requester;
      /** Who pushed, where that takes somebody who may start a run: nobody else's branch may cost money by itself. */
      readonly pusher?: Requester;
    }
  /** An audit of the default branch that the repository's settings ask for by the clock. */
  | ({ readonly kind: "audit" } & Readonly<Pick<AuditSchedule, "recipe" | "publishTo" | "reportPath" | "budgetUsd">>)
  /** Whatever runs for the pull request is to end. A run that is on its own finds out by itself. */
  | { readonly kind: "stop"; readonly pullRequest: number; readonly reason: string };

/** The run of a command: the same however often its event is delivered. Ids of comments on lines and of others overlap. */
export function commentRun({ commentId, threadId }: Pick<Written, "commentId" | "threadId">): string {
  return `${threadId === undefined ? "comment" : "reply"}-${commentId}`;
}

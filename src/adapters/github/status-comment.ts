import type { OwnComment } from "./conversation.ts";
import { createComment, editComment } from "./issue-comment.ts";
import type { Marker } from "./marker.ts";
import type { Posting } from "./post-review.ts";
import { forbidden } from "./translate-error.ts";

/** The one comment of a workflow on a pull request, edited in place from run to run. */
export type StatusComment = {
  /** Shows the text; edits follow one another in the order of the calls. A sentence when it could not be shown. */
  show(text: string, signal: AbortSignal): Promise<string | undefined>;
  readonly url: string | undefined;
};

const WHAT = { what: "write the status comment", permission: "pull-requests: write" } as const;

/** `existing` is the workflow's comment on this pull request, if there is one: it is taken over. */
export function createStatusComment(posting: Posting, marker: Marker, existing: OwnComment | undefined): StatusComment {
  let comment: { readonly id: number; readonly url: string } | undefined = existing;
  let shown: string | undefined;
  let isRefused = false;
  let last: Promise<unknown> = Promise.resolve();

  const write = async (text: string, signal: AbortSignal): Promise<string | undefined> => {
    if (isRefused || text === shown) return undefined;
    let answer = comment === undefined ? undefined : await editComment(posting, comment.id, text, marker, signal);
    // Somebody deleted it: one new one.
    if (
      answer === undefined ||
      (!answer.ok && (answer.failure.kind === "not-found" || answer.failure.kind === "gone"))
    ) {
      answer = await createComment(posting, text, marker, signal);
    }
    if (answer.ok) {
      comment = answer.data;
      shown = text;
      return undefined;
    }
    const { failure } = answer;
    isRefused = failure.kind === "forbidden" || failure.kind === "not-found";
    return isRefused ? forbidden(failure, WHAT) : `GitHub did not ${WHAT.what} (${failure.status ?? "no connection"})`;
  };

  return {
    async show(text, signal) {
      const mine = last.then(() => write(text, signal));
      last = mine.catch(() => undefined);
      return mine;
    },
    get url() {
      return comment?.url;
    },
  };
}

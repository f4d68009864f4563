import { hideThread } from "../../adapters/github/hide-thread.ts";
import { codeSpan } from "../../render/fence.ts";
import { inlineText } from "../../render/neutralize.ts";
import { printDecision } from "../../render/small-marks.ts";
import type { Reply } from "../answer-comment.ts";
import { type CommentOrder, memoryOf } from "./comment-order.ts";
import { namedFinding } from "./named-finding.ts";

const MAX_REASON = 500;

/** `ignore`: the finding is remembered by its fingerprint, and put away where it stands. The answer is the memory. */
export async function ignoreFinding(
  order: CommentOrder,
  command: { readonly id?: string; readonly reason: string },
  signal: AbortSignal,
): Promise<Reply> {
  const { asked, github, inputs } = order;
  const named = namedFinding(command.id, await memoryOf(order, signal), order);
  if (typeof named === "string") return { text: named, reaction: "confused" };
  const { finding, thread } = named;
  const reason = command.reason.slice(0, MAX_REASON).toWellFormed();
  const by = asked.commenter.login;
  const hidden = thread === undefined || inputs["dry-run"] ? undefined : await hideThread(github.write, thread, signal);
  const where = {
    resolved: " Its thread is resolved.",
    minimized: " Its comment is folded: resolving threads takes `contents: write`, which a review does not have.",
    "not-hidden": " Its comment stays as it is: GitHub let us neither resolve nor fold it.",
  };
  const text = [
    `${codeSpan(finding.id)} **${inlineText(finding.title)}** is ignored on this pull request, as ${inlineText(by)} decided${reason === "" ? "" : `: ${inlineText(reason, MAX_REASON)}`}`,
    `The next reviews list it as ignored, do not post it and do not fail for it, also when its lines move.${hidden === undefined ? "" : where[hidden]} Deleting this comment takes the decision back.`,
  ].join("\n\n");
  const decision = { kind: "ignore", fingerprint: finding.fingerprint, by, reason } as const;
  return { text: `${text}\n\n${printDecision(decision)}`, reaction: "rocket" };
}

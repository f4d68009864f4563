import { readBranchHead } from "../../adapters/github/branch-head.ts";
import type { Finding } from "../../domain/finding.ts";
import { FIX_RECIPE } from "../../domain/fix-order.ts";
import type { Proposed } from "../../ports/proposer.ts";
import { codeSpan } from "../../render/fence.ts";
import { counted } from "../../render/figures.ts";
import { neutralizeCode } from "../../render/neutralize-code.ts";
import { inlineText } from "../../render/neutralize.ts";
import type { Reply } from "../answer-comment.ts";
import { carryOutRefactor, type RefactorAssignment, type RefactorEnd } from "../carry-out-refactor.ts";
import { PLAIN_RECIPE } from "../compose-refactor.ts";
import { proposingAccess } from "../github-access.ts";
import { type CommentOrder, memoryOf } from "./comment-order.ts";
import { namedFinding } from "./named-finding.ts";

const MAX_LISTED = 20;

/** `refactor`: many files changed by a goal, offered as a pull request into this one's branch, or into its base where that is a fork's. */
export async function proposeRefactor(
  order: CommentOrder,
  { goal, globs }: { readonly goal: string; readonly globs: readonly string[] },
  signal: AbortSignal,
): Promise<Reply> {
  const { pull, github } = order;
  const { fromFork, baseBranch, headBranch } = pull;
  const head = fromFork ? await readBranchHead(github.read, baseBranch, signal) : pull.head;
  const note = fromFork
    ? " The head of this pull request is in a fork, where we cannot push: so it is made from the base branch, and has none of the changes here."
    : "";
  const target = fromFork ? baseBranch : headBranch;
  const assignment = { recipe: PLAIN_RECIPE, goal, files: globs, findings: undefined, head, baseBranch: target };
  return propose(order, assignment, note, signal);
}

/** `fix`: findings of the last review, fixed in one change that is offered to this pull request's branch. */
export async function proposeFixes(order: CommentOrder, ids: readonly string[], signal: AbortSignal): Promise<Reply> {
  const { pull } = order;
  if (pull.fromFork) {
    const text =
      "The head of this pull request is in a fork, where we cannot push, and the base branch does not have the code that the findings are about.";
    return { text, reaction: "confused" };
  }
  const memory = await memoryOf(order, signal);
  const findings: Finding[] = [];
  for (const id of ids.length === 0 ? [undefined] : new Set(ids)) {
    const named = namedFinding(id, memory, order);
    if (typeof named === "string") return { text: named, reaction: "confused" };
    findings.push(named.finding);
  }
  const assignment = {
    recipe: FIX_RECIPE,
    goal: undefined,
    files: [],
    findings,
    head: pull.head,
    baseBranch: pull.headBranch,
  };
  return propose(order, assignment, "", signal);
}

async function propose(
  order: CommentOrder,
  wanted: Omit<RefactorAssignment, "guidanceHead" | "identity" | "options">,
  note: string,
  signal: AbortSignal,
): Promise<Reply> {
  const { pull, options, site, inputs, github } = order;
  const access = proposingAccess(site, order.writeToken ?? inputs["github-token"]);
  const guidanceHead = await readBranchHead(github.read, pull.defaultBranch, signal);
  const identity = [wanted.recipe, wanted.baseBranch, `#${pull.number}`, ...wanted.files];
  const { run } = order;
  const end = await carryOutRefactor(order, access, { ...wanted, guidanceHead, identity, run, options }, signal);
  for (const part of end.proposed) if ("url" in part) order.host.output("pull-request-url", part.url ?? "");
  const { reaction, text } = outcomeText(end, wanted.baseBranch);
  return { text: `${text}${note}`, reaction };
}

function outcomeText({ result, proposed }: RefactorEnd, branch: string): Reply {
  const { changed, leftOut, fixes } = result;
  const open = fixes
    .filter((each) => !each.fixed)
    .map(({ finding, reason }) => `- ${codeSpan(finding.id)} is not fixed: ${inlineText(reason)}`);
  if (proposed.length === 0) {
    const reasons = leftOut.map(({ path, reason }) => `- ${codeSpan(neutralizeCode(path))}: ${inlineText(reason)}`);
    const list = (open.length > 0 ? open : reasons).slice(0, MAX_LISTED).join("\n");
    const text = `Nothing was changed, so nothing is proposed.${list === "" ? "" : `\n\n${list}`}`;
    return { text, reaction: "confused" };
  }
  const fixed = fixes.filter((each) => each.fixed).map(({ finding }) => codeSpan(finding.id));
  const files = `${counted(changed.length, "file")} changed${leftOut.length === 0 ? "" : `, ${leftOut.length} left out and named there`}`;
  const what = fixed.length === 0 ? files : `${fixed.join(", ")} fixed, ${files}`;
  const places = proposed.map((each) => where(each, branch));
  // Parts of a large change stand in their order.
  const lead =
    places.length === 1
      ? `${places[0] ?? ""} ${what}.`
      : `${what}.\n\n${places.map((place) => `1. ${place}`).join("\n")}`;
  const isDone = proposed.every(({ kind }) => kind !== "left-alone");
  return {
    text: [lead, ...(open.length === 0 ? [] : [open.slice(0, MAX_LISTED).join("\n")])].join("\n\n"),
    reaction: isDone ? "rocket" : "confused",
  };
}

function where(proposed: Proposed, branch: string): string {
  switch (proposed.kind) {
    case "opened":
    case "updated":
    case "unchanged": {
      const state = { opened: "is open", updated: "is updated", unchanged: "has this very change already" }[
        proposed.kind
      ];
      return `[#${proposed.number}](${proposed.url}) into ${codeSpan(neutralizeCode(branch))} ${state}.`;
    }
    case "branch-only":
      return `The change is on ${codeSpan(neutralizeCode(proposed.branch))} and has no pull request. ${inlineText(proposed.reason, 1_000)} [Open it by hand](${proposed.compareUrl}).`;
    case "left-alone":
      return `Nothing was proposed: ${inlineText(proposed.reason, 1_000)}.`;
    default:
      return proposed satisfies never;
  }
}

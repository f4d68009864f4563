import { type Proposal, proposalBranch } from "../../domain/proposal.ts";
import { type RefactorResult, severeFindings } from "../../domain/refactor-result.ts";
import { proposalMarkdown, type ProposalPlace, proposalTitle } from "../../render/proposal-markdown.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";

/** How the proposal is to be made, beside what is in the result. */
export type ProposalWish = ProposalPlace & {
  /** In place of the name made from the goal. */
  readonly branch: string | undefined;
  readonly draft: boolean;
  /** What makes this request this one and no other, beside its goal: recipe, globs, base branch. */
  readonly identity: readonly string[];
};

/** The result as a proposal; a draft as soon as anything is missing, was not checked, or was found severe by fresh eyes. */
export function proposalOf(prepared: PreparedRefactor, result: RefactorResult, wish: ProposalWish): Proposal {
  const title = proposalTitle(result.goal);
  const isWhole = result.conclusion === "success" && result.verification.status === "passed";
  const isSevere = severeFindings(result.review).length > 0;
  return {
    branch: wish.branch ?? proposalBranch(result.goal, wish.identity),
    baseBranch: wish.baseBranch,
    base: wish.base,
    edits: result.edits,
    named: prepared.named,
    title,
    body: proposalMarkdown(result, wish),
    commitMessage: `${title}\n\n${result.changed.map(({ path, what }) => `${path}: ${oneLine(what)}`).join("\n")}`,
    draft: wish.draft || !isWhole || isSevere,
  };
}

/** One line that addresses nobody, closes no issue and skips no check: GitHub reads commit messages. */
function oneLine(text: string): string {
  const line = text
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ")
    .replaceAll("@", "(at)")
    .replaceAll(/#(?=\d)/g, "no. ")
    .replaceAll(/[[\]]/g, "|")
    .trim();
  return line.length <= 200 ? line : `${line.slice(0, 199).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

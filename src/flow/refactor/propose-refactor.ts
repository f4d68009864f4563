import type { Sha } from "../../domain/change-set.ts";
import { type Proposal, proposalBranch } from "../../domain/proposal.ts";
import { type ChangedByRefactor, type RefactorResult, severeFindings } from "../../domain/refactor-result.ts";
import { type StackLimits, stackParts } from "../../domain/stack.ts";
import { proposalMarkdown, type ProposalPlace, proposalTitle } from "../../render/proposal-markdown.ts";
import { stackMarkdown } from "../../render/stack-markdown.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";

/** How the proposal is to be made, beside what is in the result. */
export type ProposalWish = ProposalPlace & {
  /** Words for the name of the branch; undefined for those of the goal. */
  readonly words: string | undefined;
  readonly draft: boolean;
  /** What makes this request this one and no other, beside its goal: recipe, globs, base branch. */
  readonly identity: readonly string[];
  readonly limits: StackLimits;
};

/** One pull request of those that the change is offered in. */
export type StackPart = {
  readonly branch: string;
  readonly baseBranch: string;
  /** The proposal on the commit of the part before; `numbers` are those of all parts' pull requests, as far as they are known. */
  proposal(base: Sha, numbers: readonly (number | undefined)[]): Proposal;
};

/** The result as proposals, each on the one before; one where it is not too large. Drafts as soon as anything is missing, was not checked, or was found severe by fresh eyes. */
export function proposalsOf(
  prepared: PreparedRefactor,
  result: RefactorResult,
  wish: ProposalWish,
): readonly StackPart[] {
  const parts = stackParts(result.changed, prepared.plan.subtasks, wish.limits);
  const title = proposalTitle(result.goal);
  const isWhole = result.conclusion === "success" && result.verification.status === "passed";
  const draft = wish.draft || !isWhole || severeFindings(result.review).length > 0;
  const branches = parts.map((_, index) =>
    proposalBranch(wish.words ?? result.goal, index === 0 ? wish.identity : [...wish.identity, `part ${index + 1}`]),
  );
  return parts.map((files, index): StackPart => {
    const branch = branches[index] ?? "";
    const baseBranch = branches[index - 1] ?? wish.baseBranch;
    const own = new Set(files.map(({ path }) => path));
    const edits = result.edits.filter(({ path }) => own.has(path));
    const numbered = parts.length === 1 ? title : `${title} (${index + 1}/${parts.length})`;
    return {
      branch,
      baseBranch,
      proposal: (base, numbers) => {
        const place = { ...wish, baseBranch, base };
        const text = proposalMarkdown(partOf(result, files, index), place);
        const stack = branches.map((name, at) => ({
          branch: name,
          number: numbers[at],
          files: parts[at]?.length ?? 0,
        }));
        const body = parts.length === 1 ? text : `${stackMarkdown(stack, index)}\n\n${text}`;
        return {
          branch,
          baseBranch,
          base,
          edits,
          named: prepared.named,
          title: numbered,
          body,
          commitMessage: `${numbered}\n\n${files.map(({ path, what }) => `${path}: ${oneLine(what)}`).join("\n")}`,
          draft,
        };
      },
    };
  });
}

/** The first part tells of what the change as a whole left out and how it was looked at; all tell of their own files. */
function partOf(result: RefactorResult, files: readonly ChangedByRefactor[], index: number): RefactorResult {
  const own = new Set(files.map(({ path }) => path));
  const changed = result.changed.filter(({ path }) => own.has(path));
  if (index === 0) return { ...result, changed };
  const { review: _, ...rest } = result;
  return { ...rest, changed, leftOut: [], fixes: [], notes: [], plan: { ...result.plan, skipped: [] } };
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

import { createHash } from "node:crypto";

import type { Sha } from "./change-set.ts";
import { limitProblem } from "./edit-limits.ts";
import type { EditLog } from "./edit-log.ts";
import { isProtectedPath } from "./protected-path.ts";
import { parseRepoPath, type RepoPath } from "./repo-path.ts";

/** One change to a repository, as it is offered to its people. */
export type Proposal = {
  /** `parallel-review/<slug>-<id>`: the same request has the same branch, so a re-run finds what an earlier one made. */
  readonly branch: string;
  readonly baseBranch: string;
  /** The commit that the edits were made on; the parent of the proposal's one commit. */
  readonly base: Sha;
  readonly edits: EditLog;
  /** Protected and executable files that a person named in the request. */
  readonly named: ReadonlySet<RepoPath>;
  /** Files that this program writes itself, from many findings: they may be long. Absent for none. */
  readonly reports?: ReadonlySet<RepoPath>;
  readonly title: string;
  readonly body: string;
  /** First line and, after a blank one, the rest. */
  readonly commitMessage: string;
  /** Open it as a draft. */
  readonly draft: boolean;
};

const BRANCH_PREFIX = "parallel-review/";
const BRANCH = /^parallel-review\/[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{8}$/;
const MAX_SLUG = 40;
/** It is sent in one request. */
const MAX_REPORT_BYTES = 20_000_000;

/** The branch of a request: words of its goal for people, and an id made of everything that makes it this request. */
export function proposalBranch(goal: string, identity: readonly string[]): string {
  const words = goal
    .normalize("NFKD")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  let slug = "";
  for (const word of words) {
    const longer = slug === "" ? word.slice(0, MAX_SLUG) : `${slug}-${word}`;
    if (longer.length > MAX_SLUG) break;
    slug = longer;
  }
  const id = createHash("sha256")
    .update(JSON.stringify([goal, ...identity]))
    .digest("hex")
    .slice(0, 8);
  return `${BRANCH_PREFIX}${slug === "" ? "change" : slug}-${id}`;
}

/** Whether this is the name of a branch that this program may write: nobody else's fits by chance, and nothing in it acts. */
function isProposalBranch(branch: string): boolean {
  return BRANCH.test(branch);
}

/**
 * Why the proposal may not leave this program, or undefined. Everything that was forbidden to the writers is looked at again here,
 * because the edits may have come through a file that somebody else could change.
 */
export function proposalProblem(
  proposal: Pick<Proposal, "edits" | "named" | "reports" | "branch">,
): string | undefined {
  if (!isProposalBranch(proposal.branch)) return `${JSON.stringify(proposal.branch)} is not a branch of this program`;
  if (proposal.edits.length === 0) return "there is nothing to propose";
  const folded = new Set<string>();
  for (const edit of proposal.edits) {
    const shown = JSON.stringify(edit.path);
    if (parseRepoPath(edit.path) === undefined) return `${shown} is not a path of the repository`;
    const key = edit.path.normalize("NFKC").toLowerCase();
    if (folded.has(key)) return `${shown} is changed twice`;
    folded.add(key);
    const isExecutable = edit.kind === "modify" && edit.executable;
    if ((isProtectedPath(edit.path) || isExecutable) && !proposal.named.has(edit.path)) {
      return `${shown} is protected, and nobody named it in the request`;
    }
    const most = proposal.reports?.has(edit.path) === true ? MAX_REPORT_BYTES : undefined;
    const problem = edit.kind === "create" ? limitProblem(undefined, edit.text, most) : textProblem(edit);
    if (problem !== undefined) return `${shown}: ${problem.replace(/\.$/, "")}`;
  }
  return undefined;
}

function textProblem(edit: EditLog[number]): string | undefined {
  if (edit.kind === "delete") return undefined;
  if (!edit.text.isWellFormed()) return "the text holds half of a character";
  return edit.text.includes("\0") ? "the text holds a NUL character" : undefined;
}

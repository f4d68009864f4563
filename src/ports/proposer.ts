import type { Proposal } from "../domain/proposal.ts";

/** What became of a proposal. `notes` are sentences for whoever started the run. */
export type Proposed = { readonly branch: string; readonly notes: readonly string[] } & (
  | {
      readonly kind: "opened" | "updated" | "unchanged";
      readonly url: string;
      readonly number: number;
      readonly commit: string;
    }
  /** The branch is there, but the pull request could not be opened; `reason` names the setting or permission. */
  | { readonly kind: "branch-only"; readonly compareUrl: string; readonly commit: string; readonly reason: string }
  /** A person closed the earlier pull request, or pushed to its branch: nothing was done. */
  | { readonly kind: "left-alone"; readonly url: string | undefined; readonly reason: string }
);

/** Offers a change as one branch with one commit and one pull request. */
export interface Proposer {
  /** The number of the open pull request for these branches; undefined when there is none. */
  find(proposal: Pick<Proposal, "branch" | "baseBranch">, signal: AbortSignal): Promise<number | undefined>;
  /**
   * Idempotent by the proposal's branch: killed at any point and called again, there is one of each.
   * @throws {ConfigurationError} the token may not write contents at all, or the proposal is not one that may be made.
   * @throws {ExternalError} GitHub is not answering, or a rule of the repository refuses the branch.
   */
  propose(proposal: Proposal, signal: AbortSignal): Promise<Proposed>;
}

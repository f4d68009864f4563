import type { Sha } from "../../domain/change-set.ts";
import type { Proposal } from "../../domain/proposal.ts";
import type { Proposed, Proposer } from "../../ports/proposer.ts";
import type { StackPart } from "./propose-refactor.ts";

/** Times that the parts are gone through: the second time all of them have a number to be listed by. */
const MOST_PASSES = 2;

/**
 * Offers the parts, each on the commit of the one before, until all list all. Killed at any point and called again, there is one pull
 * request of each. Ends at a part that is left alone: what stands on it cannot be offered. One answer a part, in order.
 */
export async function proposeStack(
  proposer: Proposer,
  stack: readonly StackPart[],
  place: { readonly base: Sha; readonly clean: (text: string) => string },
  signal: AbortSignal,
): Promise<readonly Proposed[]> {
  const cleaned = (proposal: Proposal): Proposal => ({
    ...proposal,
    title: place.clean(proposal.title),
    body: place.clean(proposal.body),
    commitMessage: place.clean(proposal.commitMessage),
  });
  let numbers: readonly (number | undefined)[] =
    stack.length === 1 ? [undefined] : await Promise.all(stack.map(async (part) => proposer.find(part, signal)));
  let first: readonly Proposed[] = [];
  for (let pass = 1; ; pass += 1) {
    const ended: Proposed[] = [];
    let base = place.base;
    for (const part of stack) {
      // oxlint-disable-next-line no-await-in-loop -- each part stands on the commit of the one before
      const proposed = await proposer.propose(cleaned(part.proposal(base, numbers)), signal);
      ended.push(proposed);
      if (proposed.kind === "left-alone") break;
      base = proposed.commit;
    }
    if (pass === 1) first = ended;
    const known = stack.map((_, index) => numberOf(ended[index]));
    const isListed = stack.length === 1 || known.every((number, index) => number === numbers[index]);
    // What happened to a part is what the first pass did; the second only writes down the numbers.
    if (isListed || pass === MOST_PASSES) return first;
    numbers = known;
  }
}

function numberOf(proposed: Proposed | undefined): number | undefined {
  return proposed !== undefined && "number" in proposed ? proposed.number : undefined;
}

import type { ChangeSet } from "./change-set.ts";
import { changedContracts } from "./changed-contracts.ts";
import type { ReadingGroup } from "./reading-group.ts";
import { allowanceFor } from "./subtask-budget.ts";
import type { Subtask } from "./subtask.ts";

/** The lens of a gap pass. */
export const GAP_LENS = "gap";
const CONTRACTS_LENS = "contracts";

/**
 * Changed lines from which a group gets a gap pass. PostHog's ReviewHog measured its gain on chunks of about 100; what is smaller one
 * reader sees whole.
 */
const GAP_LINES = 100;

/** What a reader of signatures and single lines has in its brief. */
const CONTRACT_BRIEF_TOKENS = 12_000;

const SHOWN_NAMES = 3;

/** A group with its line in the checklist and the subtasks that find in it. */
export type FoundGroup = {
  readonly group: ReadingGroup;
  readonly description: string;
  readonly finders: readonly Subtask[];
};

/**
 * One subtask for each group of normal or deep risk that is large enough, after all its finders. What they found reaches it when it
 * starts. Ids count on from `firstNumber`.
 */
export function gapPasses(found: readonly FoundGroup[], firstNumber: number): readonly Subtask[] {
  return found
    .filter(({ group }) => group.risk !== "light" && group.lines >= GAP_LINES)
    .map(({ group, description, finders }, index) => ({
      id: `s${firstNumber + index}`,
      description: `${description}, gap pass`,
      lens: GAP_LENS,
      phase: "gap",
      files: group.files,
      risk: group.risk,
      ...allowanceFor("normal", group.tokens),
      dependsOn: finders.map(({ id }) => id),
      wave: 1,
      why: `Looks for what ${finders.length === 1 ? "its finder" : `all ${finders.length} finders`} missed, with what they found at hand.`,
    }));
}

/**
 * One subtask for the exported declarations that the change altered or removed, if there are any: it gets their signatures and the
 * unchanged code that names them. `readPaths` are the paths that subagents read.
 */
export function contractPass(changeSet: ChangeSet, readPaths: ReadonlySet<string>, number: number): readonly Subtask[] {
  const contracts = changedContracts(
    changeSet.files.filter((file) => file.status === "removed" || readPaths.has(file.path)),
  );
  if (contracts.length === 0) return [];
  const names = [...new Set(contracts.map(({ name }) => name))];
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : "";
  const paths = [...new Set(contracts.map(({ path }) => path))].filter((path) => readPaths.has(path));
  return [
    {
      id: `s${number}`,
      description: `callers of ${names.slice(0, SHOWN_NAMES).join(", ")}${more}`,
      lens: CONTRACTS_LENS,
      phase: "contract",
      files: paths.map((path) => ({ path, hunks: "all" })),
      risk: "normal",
      ...allowanceFor("normal", CONTRACT_BRIEF_TOKENS),
      dependsOn: [],
      wave: 0,
      why: `Exported declarations changed (${names.length}): looks for unchanged code that still relies on the old ones.`,
    },
  ];
}

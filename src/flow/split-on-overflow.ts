import type { ChangedFile } from "../domain/diff.ts";
import type { Plan } from "../domain/plan.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import { halveSubtask } from "../domain/split-subtask.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { addUsage } from "../domain/usage.ts";
import type { Investigate, Investigation } from "./investigate.ts";

/** A subtask is halved at most this often: an eighth of what the planner thought would fit overflows for another reason. */
const MAX_HALVINGS = 3;

/**
 * Carries out a subtask that turned out too big for the model's context as two halves, side by side, and those again. The
 * investigation carries what became of each `parts`; as a whole it ended as its worst part did.
 */
export function splitOnOverflow(
  investigate: Investigate,
  change: {
    readonly files: ReadonlyMap<RepoPath, ChangedFile>;
    readonly headText: (path: RepoPath) => string | undefined;
  },
): Investigate {
  const attempt = async (
    subtask: Subtask,
    halvings: number,
    signal: AbortSignal,
    before: readonly Investigation[],
  ): Promise<Investigation> => {
    const whole = await investigate(subtask, signal, before);
    if (!isOverflow(whole.outcome) || halvings === 0 || signal.aborted) return whole;
    const halves = halveSubtask(subtask, change.files, change.headText);
    if (halves === undefined) return whole;
    const [first, second] = await Promise.all(halves.map((half) => attempt(half, halvings - 1, signal, before)));
    if (first === undefined || second === undefined) return whole;
    return joined(subtask, whole, [partsOf(halves[0], first), partsOf(halves[1], second)].flat());
  };
  return (subtask, signal, before) => attempt(subtask, MAX_HALVINGS, signal, before);
}

/** One piece of a subtask that was split, and what became of it. */
type Part = { readonly subtask: Subtask; readonly outcome: Outcome };

function partsOf(subtask: Subtask, investigation: Investigation): readonly Part[] {
  return investigation.parts ?? [{ subtask, outcome: investigation.outcome }];
}

function isOverflow(outcome: Outcome): boolean {
  return outcome.end === "out-of-budget" && outcome.limit === "context";
}

/** What the first try had cost and had found is the first part's; the static rules are asked again for each part. */
function joined(subtask: Subtask, whole: Investigation, parts: readonly Part[]): Investigation {
  const found = whole.outcome.claims.filter(({ source }) => source === "model");
  const all = parts.map((part, index) => (index === 0 ? { ...part, outcome: withFirstTry(part, whole, found) } : part));
  const outcomes = all.map(({ outcome }) => outcome);
  const worst = outcomes.find(({ end }) => end !== "done") ?? outcomes[0] ?? whole.outcome;
  return {
    unanalysed: whole.unanalysed,
    parts: all,
    outcome: {
      ...worst,
      subtaskId: subtask.id,
      claims: outcomes.flatMap(({ claims }) => claims),
      usage: outcomes.map(({ usage }) => usage).reduce(addUsage),
      costUsd: outcomes.reduce((sum, { costUsd }) => sum + costUsd, 0),
      turns: outcomes.reduce((sum, { turns }) => sum + turns, 0),
      startedMs: Math.min(...outcomes.map(({ startedMs }) => startedMs)),
      endedMs: Math.max(...outcomes.map(({ endedMs }) => endedMs)),
    },
  };
}

function withFirstTry({ outcome }: Part, { outcome: first }: Investigation, found: Outcome["claims"]): Outcome {
  return {
    ...outcome,
    claims: [...found, ...outcome.claims],
    usage: addUsage(first.usage, outcome.usage),
    costUsd: first.costUsd + outcome.costUsd,
    turns: first.turns + outcome.turns,
    startedMs: first.startedMs,
  };
}

/**
 * The plan as it was carried out: parts stand in the place of the subtasks that were split, and who waited for one waited for all
 * its parts. `investigations` are in plan order; so are the outcomes of the answer.
 */
export function planAsCarriedOut(
  plan: Plan,
  investigations: readonly Investigation[],
): { readonly plan: Plan; readonly outcomes: readonly Outcome[] } {
  const pieces = plan.subtasks.map((subtask, index): readonly Partial<Part>[] => {
    const investigation = investigations[index];
    return (
      investigation?.parts ?? [{ subtask, ...(investigation === undefined ? {} : { outcome: investigation.outcome }) }]
    );
  });
  const ids = new Map(
    plan.subtasks.map(({ id }, index) => [id, (pieces[index] ?? []).flatMap((piece) => piece.subtask?.id ?? [])]),
  );
  return {
    plan: {
      ...plan,
      subtasks: pieces
        .flat()
        .flatMap(({ subtask }) =>
          subtask === undefined
            ? []
            : [{ ...subtask, dependsOn: subtask.dependsOn.flatMap((id) => ids.get(id) ?? [id]) }],
        ),
    },
    outcomes: pieces.flat().flatMap(({ outcome }) => outcome ?? []),
  };
}

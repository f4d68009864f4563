import { phaseOf } from "./phase.ts";
import type { ReadingGroup } from "./reading-group.ts";
import type { Subtask } from "./subtask.ts";

/** Sentences for whoever reads the plan: how many subtasks and waves there are, what is read together, in parts or twice. */
export function planNotes(groups: readonly ReadingGroup[], subtasks: readonly Subtask[]): readonly string[] {
  if (subtasks.length === 0) return ["Nothing to review: no changed file is left to read."];
  const count = (joined: ReadingGroup["joined"]): number => groups.filter((group) => group.joined === joined).length;
  const split = groups.flatMap(({ part, files }) => (part !== undefined && part.of > 1 ? [files[0]?.path] : []));
  return [
    orderNote(subtasks),
    ...passNotes(subtasks),
    ...sentence(
      count("related"),
      "holds files that belong together (tests, imports, names)",
      "hold files that belong together (tests, imports, names)",
    ),
    ...sentence(
      count("packed"),
      "packs small changes that are not worth a subagent each",
      "pack small changes that are not worth a subagent each",
    ),
    ...(split.length > 0
      ? [`Too large for one subagent and split: ${new Set(split).size} of the files, into ${split.length} parts.`]
      : []),
  ];
}

function orderNote(subtasks: readonly Subtask[]): string {
  if (subtasks.length === 1) return "One subtask: the change is small enough for one reader.";
  const late = subtasks.filter(({ wave }) => wave > 0).length;
  return late === 0
    ? `${subtasks.length} subtasks in one wave: a review only reads, so none waits for another.`
    : `${subtasks.length} subtasks in two waves: ${late} of them wait for what others find.`;
}

function passNotes(subtasks: readonly Subtask[]): readonly string[] {
  const readers = Map.groupBy(
    subtasks.filter((subtask) => phaseOf(subtask) === "finder"),
    ({ files }) => JSON.stringify(files),
  );
  const several = [...readers.values()].filter((finders) => finders.length > 1).length;
  return [
    ...sentence(
      several,
      "is read by several subagents, each with a lens of its own",
      "are read by several subagents each, with different lenses",
    ),
    ...sentence(
      subtasks.filter((subtask) => phaseOf(subtask) === "gap").length,
      "gets a second pass for what was missed",
      "get a second pass for what was missed",
    ),
    ...(subtasks.some((subtask) => phaseOf(subtask) === "contract")
      ? ["Exported interfaces changed: one subtask looks at the unchanged code that uses them."]
      : []),
  ];
}

function sentence(number: number, one: string, many: string): readonly string[] {
  if (number === 0) return [];
  return [number === 1 ? `One group ${one}.` : `${number} groups ${many}.`];
}

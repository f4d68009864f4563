import type { EditSubtask } from "./edit-subtask.ts";
import type { ChangedByRefactor } from "./refactor-result.ts";

/** How much one pull request may hold before the change becomes several, each on the one before. Lines are added plus removed. */
export type StackLimits = { readonly files: number; readonly lines: number };

/**
 * The change in parts, in plan order, so that a file comes with or after what it imports. What one writer made stays together, even where
 * it alone exceeds the limits. Every file is in exactly one part; one part when all fits.
 */
export function stackParts(
  changed: readonly ChangedByRefactor[],
  subtasks: readonly Pick<EditSubtask, "id">[],
  limits: StackLimits,
): readonly (readonly ChangedByRefactor[])[] {
  const byWriter = Map.groupBy(changed, ({ subtaskId }) => subtaskId);
  const parts: ChangedByRefactor[][] = [];
  let lines = 0;
  for (const { id } of subtasks) {
    const files = byWriter.get(id) ?? [];
    if (files.length === 0) continue;
    const size = files.reduce((sum, { additions, deletions }) => sum + additions + deletions, 0);
    const last = parts.at(-1);
    if (last === undefined || last.length + files.length > limits.files || lines + size > limits.lines) {
      parts.push([...files]);
      lines = size;
    } else {
      last.push(...files);
      lines += size;
    }
  }
  return parts;
}

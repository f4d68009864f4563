import type { EditLog } from "../../domain/edit-log.ts";
import type { FixedFinding, LeftOut } from "../../domain/refactor-result.ts";
import type { Draft } from "./draft.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";

/** What became of each finding that was to be fixed. Fixed is only what its writer says is fixed, in a file that is part of the change. */
export function fixedFindings(
  { fixes, plan }: Pick<PreparedRefactor, "fixes" | "plan">,
  drafts: readonly Draft[],
  { edits, leftOut }: { readonly edits: EditLog; readonly leftOut: readonly LeftOut[] },
): readonly FixedFinding[] {
  if (fixes === undefined) return [];
  const lost = new Map(fixes.lost.map(({ id, reason }) => [id, reason]));
  const told = new Map(drafts.flatMap(({ fates = [] }) => fates.map((fate) => [fate.id, fate])));
  const changed = new Set(edits.map(({ path }) => path));
  const whyNot = new Map([...plan.skipped, ...leftOut].map(({ path, reason }) => [path, reason]));
  return fixes.findings.map((finding): FixedFinding => {
    const { id, path } = finding;
    const fate = told.get(id);
    if (fate?.fixed === true && changed.has(path)) return { finding, fixed: true, reason: "" };
    const own = fate?.fixed === false ? fate.reason : "";
    const reason = lost.get(id) ?? (own === "" ? whyNot.get(path) : own) ?? "Its writer does not say that it is fixed.";
    return { finding, fixed: false, reason };
  });
}

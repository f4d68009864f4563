import { isProtectedPath } from "../../domain/protected-path.ts";
import { allowedBy } from "../../domain/write-scope.ts";
import type { Draft } from "./draft.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";

/**
 * The drafts without those that hold what their writer could not have written: outside its scope, or protected and named by nobody. The
 * writer's tools deny that already; here it is looked at once more, because everything after this trusts the edits. Such a draft has
 * failed as a whole.
 */
export function confineDrafts({ plan, named }: PreparedRefactor, drafts: readonly Draft[]): readonly Draft[] {
  const scopes = new Map(plan.subtasks.map(({ id, scope }) => [id, scope]));
  return drafts.map((draft) => {
    const scope = scopes.get(draft.outcome.subtaskId);
    const stray = draft.edits.find((edit) => {
      const allowed = scope === undefined ? "nothing" : allowedBy(scope, edit.path);
      const isInScope = allowed === "write" || (allowed === "create" && edit.kind === "create");
      const isProtected = isProtectedPath(edit.path) || (edit.kind === "modify" && edit.executable);
      return !isInScope || (isProtected && !named.has(edit.path));
    });
    if (stray === undefined) return draft;
    const error = new Error(`it changed ${JSON.stringify(stray.path)}, which it may not`);
    return { ...draft, edits: [], summaries: [], declined: [], outcome: { ...draft.outcome, end: "failed", error } };
  });
}

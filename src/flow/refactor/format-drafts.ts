import { editLog, type EditLog } from "../../domain/edit-log.ts";
import type { Formatter } from "../../ports/formatter.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import type { Draft } from "./draft.ts";

/** The drafts with their texts formatted, all at once on one tree; as they were, with the reason, where that fails. */
export async function formatDrafts(
  drafts: readonly Draft[],
  { formatter, base }: { readonly formatter: Formatter | undefined; readonly base: Snapshot },
  signal: AbortSignal,
): Promise<{ readonly drafts: readonly Draft[]; readonly problem?: string }> {
  const edits = editLog(drafts.flatMap((draft) => draft.edits));
  if (formatter === undefined || edits.length === 0) return { drafts };
  const result = await formatter.format({ base, edits }, signal);
  if (result.status === "failed") return { drafts, problem: `Nothing was formatted: ${result.reason}` };
  const formatted = new Map(result.edits.map((edit) => [edit.path, edit]));
  // Only what was edited can come back changed, whatever the formatter says.
  const own = (log: EditLog): EditLog => log.flatMap(({ path }) => formatted.get(path) ?? []);
  return { drafts: drafts.map((draft) => ({ ...draft, edits: own(draft.edits) })) };
}

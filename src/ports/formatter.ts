import type { EditLog } from "../domain/edit-log.ts";
import type { CheckedTree } from "./checker.ts";

/** `edits` are those of the tree with their texts as the formatter leaves them; one that is as the base again is gone. */
export type FormatResult =
  | { readonly status: "formatted"; readonly edits: EditLog }
  /** Nothing is formatted; the reason is for people. */
  | { readonly status: "failed"; readonly reason: string };

/** Runs the configured formatter on a copy of a tree, shut off from everything else. What it does to files that are not edited is forgotten. */
export interface Formatter {
  /** @throws the signal's reason on abort; nothing that was started is left then. */
  format(tree: CheckedTree, signal: AbortSignal): Promise<FormatResult>;
}

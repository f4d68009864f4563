import { issueTypeOf } from "../domain/audit-recipe.ts";
import type { Claim } from "../domain/finding.ts";
import { generatedReason } from "../domain/generated.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import { wholeFile } from "../domain/select-audit-files.ts";
import type { Subtask } from "../domain/subtask.ts";
import type { Detector } from "../ports/detector.ts";
import { detectInSubtask } from "./detect-in-subtask.ts";
import type { Investigation } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import { readTexts } from "./read-texts.ts";

/** The files of one subtask with what the static rules say about them. */
export type ReadForAudit = Pick<Investigation, "unanalysed"> & {
  /** Without those left out. */
  readonly texts: ReadonlyMap<RepoPath, string>;
  /** Of types that the recipe asks for. */
  readonly claims: readonly Claim[];
  readonly leftOut: readonly { readonly path: RepoPath; readonly reason: string }[];
  /** With a text, but nothing in it for the rules. */
  readonly unfit: readonly { readonly path: RepoPath; readonly reason: string }[];
};

/** Reads the texts of one subtask: the whole tree never is in memory. */
export async function readForAudit(
  prepared: PreparedAudit,
  subtask: Subtask,
  detector: Detector,
  signal: AbortSignal,
): Promise<ReadForAudit> {
  const paths = subtask.files.map(({ path }) => path);
  const texts = new Map(await readTexts(prepared.tree.head, paths, signal));
  const leftOut = paths.flatMap((path) => {
    const text = texts.get(path);
    const reason =
      text === undefined ? "Not a text file." : generatedReason(wholeFile(path), prepared.attributes.get(path), text);
    return reason === undefined ? [] : [{ path, reason }];
  });
  for (const { path } of leftOut) texts.delete(path);
  const files = new Map(paths.map((path) => [path, wholeFile(path)]));
  const { claims, unanalysed, unfit } = await detectInSubtask(detector, subtask, { files, headTexts: texts }, signal);
  const asked = claims.filter((claim) => issueTypeOf(prepared.recipe, claim) !== undefined);
  return { texts, claims: asked, unanalysed, leftOut, unfit };
}

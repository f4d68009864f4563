import type { Claim } from "../domain/finding.ts";
import type { RepoPath } from "../domain/repo-path.ts";

/**
 * What the static rules found in one file; `error` when that file could not be analysed (then `claims` may be incomplete). `unfit` says why the
 * rules do not read it at all: no person wrote it as it stands, so nothing is missing.
 */
export type Detection = {
  readonly path: RepoPath;
  readonly claims: readonly Claim[];
  readonly error?: string;
  readonly unfit?: string;
};

/** Deterministic detectors. The same files give the same claims in the same order, whatever the number of workers. */
export interface Detector {
  /** One Detection per file, in the order given. Files of unknown languages give no claims and no error. Never rejects but on abort. */
  detect(
    files: readonly { readonly path: RepoPath; readonly text: string }[],
    signal: AbortSignal,
  ): Promise<readonly Detection[]>;
}

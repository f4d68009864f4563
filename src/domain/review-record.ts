import { z } from "zod";

import { Finding } from "./finding.ts";

/** Why a finding is not to be shown any more, and who said so. Text of a person, as untrusted as any. */
export const Ignored = z.object({ by: z.string(), reason: z.string() });
export type Ignored = z.infer<typeof Ignored>;

/** As much of a finding as later commands need; long texts may be cut. */
export const FindingRecord = Finding.omit({ verification: true, placementReason: true });
export type FindingRecord = z.infer<typeof FindingRecord>;

/** What a review leaves behind for the runs and commands after it. */
export const ReviewRecord = z.object({
  findings: z.array(FindingRecord),
  /** Paths that were to be read and were not, or not in full. */
  missing: z.array(z.string()),
  /** False when there was no room for all of the findings or of the paths. */
  complete: z.boolean(),
});
export type ReviewRecord = z.infer<typeof ReviewRecord>;

/** What a person decided by a command, for the whole pull request. */
export const Decision = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ignore"), fingerprint: z.string(), ...Ignored.shape }),
  z.object({ kind: z.literal("pause"), by: z.string() }),
  z.object({ kind: z.literal("unpause"), by: z.string() }),
]);
export type Decision = z.infer<typeof Decision>;

/** How far a run is, as its status comment says to programs. */
export const RunMark = z.object({ state: z.enum(["running", "ended", "abandoned"]) });
export type RunMark = z.infer<typeof RunMark>;

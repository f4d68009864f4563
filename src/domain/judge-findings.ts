import type { ChangedFile } from "./diff.ts";
import type { Finding } from "./finding.ts";
import type { Judgement } from "./judgement.ts";
import { placeAll, type PlacementLimits } from "./place.ts";
import { compareFindings } from "./rank.ts";

/** From this many independent finders on, one refutation is a disagreement and not the end. */
const AGREED = 2;

/** Finding.verification holds no more (see `Finding`). */
const MAX_VERIFICATION = 8_000;

/**
 * The findings with their verdicts, ranked, numbered and placed anew; `judgements` is by fingerprint. Nothing is dropped: refuted
 * findings stay in the list, and one that several finders reported independently becomes plausible, with both arguments in it. Numbers
 * begin behind the first `numbersBefore`.
 */
export function judgeFindings(
  findings: readonly Finding[],
  judgements: ReadonlyMap<string, Judgement>,
  files: readonly ChangedFile[],
  limits: PlacementLimits,
  numbersBefore = 0,
): readonly Finding[] {
  const ranked = findings
    .map((finding) => judged(finding, judgements.get(finding.fingerprint)))
    .toSorted(compareFindings)
    .map((finding, index) => ({ ...finding, id: `f${numbersBefore + index + 1}` }));
  return placeAll(ranked, files, limits);
}

function judged(finding: Finding, judgement: Judgement | undefined): Finding {
  if (judgement === undefined) return finding;
  const { found, of } = finding.agreement;
  const isDisputed = judgement.verdict === "refuted" && found >= AGREED;
  const evidence = isDisputed
    ? `${found} of ${of} subagents report it independently; the verifier disagrees: ${judgement.evidence}`
    : judgement.evidence;
  const verification = evidence.slice(0, MAX_VERIFICATION).toWellFormed();
  return { ...finding, verdict: isDisputed ? "plausible" : judgement.verdict, verification };
}

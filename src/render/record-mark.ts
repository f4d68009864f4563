import type { Finding } from "../domain/finding.ts";
import { FindingRecord, ReviewRecord } from "../domain/review-record.ts";
import { parseMark, printMark } from "./hidden-mark.ts";

const NAME = "findings@2";

/** A longer line would be broken where a body falls into parts. */
const MAX_MARK = 16_000;
/** How much of each long text is kept; the first that fits is taken. */
const TEXTS = [1_500, 500, 150, 0] as const;

/** What the commands after a review need of it, hidden on one line of at most 16,000 code units. */
export function printRecord(findings: readonly Finding[], missing: readonly string[]): string {
  for (const limit of TEXTS) {
    const mark = print(findings, missing, limit, true);
    if (mark.length <= MAX_MARK) return mark;
  }
  let kept = findings;
  let paths = missing;
  for (;;) {
    const mark = print(kept, paths, 0, false);
    if (mark.length <= MAX_MARK) return mark;
    kept = kept.slice(0, Math.floor(kept.length * 0.9));
    paths = paths.slice(0, Math.floor(paths.length * 0.9));
  }
}

/** One finding without its long texts: for the comment that shows them. */
export function printIdentity(finding: Finding): string {
  return print([finding], [], 0, true);
}

/** The record in a comment or review of ours; undefined when there is none. */
export function parseRecord(body: string): ReviewRecord | undefined {
  return parseMark(body, NAME, ReviewRecord);
}

function print(findings: readonly Finding[], missing: readonly string[], limit: number, complete: boolean): string {
  const record: ReviewRecord = {
    findings: findings.map((finding) => shortened(FindingRecord.parse(finding), limit)),
    missing: [...missing],
    complete,
  };
  return printMark(NAME, record);
}

function shortened(record: FindingRecord, limit: number): FindingRecord {
  const cut = (text: string): string =>
    text.length <= limit ? text : limit === 0 ? "" : `${text.slice(0, limit - 1)}…`.toWellFormed();
  const { suggestion, ...rest } = record;
  return {
    ...rest,
    detail: cut(record.detail),
    failureScenario: cut(record.failureScenario),
    quote: cut(record.quote),
    // A part of a replacement is none.
    ...(suggestion === undefined || suggestion.length > limit ? {} : { suggestion }),
  };
}

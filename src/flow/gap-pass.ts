import type { Claim } from "../domain/finding.ts";
import type { Investigation } from "./investigate.ts";

/** More than this tells nobody what to look for; the rest is merged like any duplicate. */
const MAX_RECORD = 100;

/** What a gap pass is told: everything its group's finders and rules reported, each once, in the order of files and lines. */
export function onRecord(before: readonly Investigation[]): readonly Claim[] {
  const distinct = new Map(
    before
      .flatMap(({ outcome }) => outcome.claims)
      .map((claim) => [JSON.stringify([claim.path, claim.startLine, claim.category, claim.title]), claim]),
  );
  return [...distinct]
    .toSorted(([keyA, a], [keyB, b]) =>
      a.path < b.path ? -1 : a.path > b.path ? 1 : a.startLine - b.startLine || (keyA < keyB ? -1 : 1),
    )
    .map(([, claim]) => claim)
    .slice(0, MAX_RECORD);
}

import type { Claim } from "../../../domain/finding.ts";
import type { LineTable } from "../line-table.ts";
import { INVISIBLE_CHARACTERS } from "./invisible-characters.ts";
import { SECRETS } from "./secrets.ts";
import type { TextRule } from "./text-rule.ts";

/** Detectors that no grammar is needed for. */
export const TEXT_RULES: readonly TextRule[] = [INVISIBLE_CHARACTERS, SECRETS];

/** More claims of one rule in one file say nothing new: a data file, not a slip. */
const MAX_CLAIMS = 20;
const MAX_QUOTE = 1_000;
/** Enough to tell which credential it is, too little to use it. */
const SHOWN_OF_HIDDEN = 4;

/** What the switched-on text rules find in one file; one claim a line and rule. */
export function scanText(path: string, text: string, lines: LineTable, on: readonly string[]): readonly Claim[] {
  return TEXT_RULES.filter((rule) => on.includes(rule.id)).flatMap((rule) => {
    const seen = new Set<number>();
    return rule.find(path, text).flatMap((spot): Claim[] => {
      const startLine = lines.lineAt(spot.start);
      if (seen.has(startLine) || seen.size >= MAX_CLAIMS) return [];
      seen.add(startLine);
      const last = lines.lineAt(Math.max(spot.start, spot.end - 1));
      const { endLine, quote } = lines.quote(startLine, last, MAX_QUOTE);
      return [
        {
          path,
          startLine,
          endLine,
          side: "RIGHT",
          severity: spot.severity ?? rule.severity,
          category: rule.category,
          title: spot.title ?? rule.title,
          detail: `${spot.message ?? rule.message}\n\n${rule.why}`,
          failureScenario: rule.failureScenario,
          quote: rule.hidesMatch === true ? hidden(quote, text.slice(spot.start, spot.end)) : quote,
          confidence: 1,
          source: "rule",
          ruleId: rule.id,
        },
      ];
    });
  });
}

/** The quote without what was found in it, but for its first characters. */
function hidden(quote: string, match: string): string {
  const shown = `${match.slice(0, SHOWN_OF_HIDDEN)}…`;
  return quote.includes(match) ? quote.replace(match, () => shown) : shown;
}

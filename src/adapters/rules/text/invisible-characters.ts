import { isTestPath } from "../languages.ts";
import type { Spot, TextRule } from "./text-rule.ts";

/** Bidirectional controls (Trojan Source, CVE-2021-42574): they change the order in which code is shown. */
const BIDI = /[\u202A-\u202E\u2066-\u2069]/;

/** Everything that shows nothing, by Unicode's own list, and the interlinear annotations. */
const SUSPECT = /\p{Default_Ignorable_Code_Point}|[\uFFF9-\uFFFB]/gu;

/** Letters that nothing shows: whole sentences for a language model can be written in them. */
const TAG = /[\u{E0000}-\u{E007F}]/u;

const EMOJI_BEFORE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F#*0-9]$/u;
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u;
const TAG_SEQUENCE = /\u{1F3F4}[\u{E0020}-\u{E007E}]+\u{E007F}/gu;
/** Scripts that need joiners to be spelled, or marks to be laid out: Hebrew to Arabic Extended, Indic, Mongolian. */
const JOINING_SCRIPT = /[\u0590-\u08FF\u0900-\u0DFF\u0F00-\u109F\u1780-\u18AF\uFB1D-\uFDFF\uFE70-\uFEFE]/;
/** Prose in many languages lives here, where marks of direction are ordinary spelling. */
const PROSE =
  /\.(?:po|pot|arb|strings|xliff?|xlf|resx|properties|ftl|md|mdx|rst|txt|adoc|html?|srt|vtt|csv|tsv|svg|ipynb)$|(?:^|\/)(?:locales?|i18n|l10n|langs?|languages?|translations?|messages|values-[a-z]{2}[^/]*)\//i;

/** Marks that spell or lay out words of those scripts: joiners, marks of direction, Mongolian and Khmer signs. */
const SPELLING = new Set("\u200C\u200D\u200E\u200F\u061C\u180B\u180C\u180D\u180E\u180F\u034F\u17B4\u17B5");
/** What word processors leave in prose, and Hangul fillers, which Korean prose may hold. */
const IN_PROSE = new Set("\u00AD\u200B\u200C\u200D\u200E\u200F\u2060\u3164\u115F\u1160\uFFA0");
const VARIATION = /[\uFE00-\uFE0F]/;

const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE]/;

function lineAt(text: string, index: number): string {
  const end = text.indexOf("\n", index);
  return text.slice(text.lastIndexOf("\n", index) + 1, end === -1 ? text.length : end);
}

/** What is tolerated at one place, by what stands around it. */
function isOrdinary(character: string, index: number, text: string, path: string, prose: boolean): boolean {
  if (character === "\uFEFF") return index === 0;
  // Translations into languages that are written from the right embed words of others.
  if (BIDI.test(character))
    return prose && /\.(?:po|arb|strings|xliff?|xlf|resx|ftl)$/i.test(path) && RIGHT_TO_LEFT.test(lineAt(text, index));
  const before = text.slice(Math.max(0, index - 3), index);
  const after = text.slice(index + character.length, index + character.length + 3);
  if (VARIATION.test(character))
    return before !== "" && !/[\s\p{Cf}]$/u.test(before) && !VARIATION.test(after.slice(0, 1));
  if (character === "\u200D" && EMOJI_BEFORE.test(before) && EMOJI_AFTER.test(after)) return true;
  const joins = JOINING_SCRIPT.test(before) || JOINING_SCRIPT.test(after);
  return (joins && SPELLING.has(character)) || (prose && IN_PROSE.has(character));
}

/** What other programs have written, kept as input of tests: nobody reads it as code, and it holds every language there is. */
const RECORDED = /\.(?:json|xml|ya?ml|log|out|har|snap|nessus|sarif)$/i;

function find(path: string, text: string): readonly Spot[] {
  const inTests = isTestPath(path);
  const prose = PROSE.test(path) || (inTests && RECORDED.test(path));
  const flags = new Set(
    [...text.matchAll(TAG_SEQUENCE)].flatMap((flag) => range(flag.index + 2, flag.index + flag[0].length)),
  );
  return [...text.matchAll(SUSPECT)].flatMap((found): Spot[] => {
    const { index } = found;
    const [character] = found;
    if (flags.has(index)) return [];
    if (isOrdinary(character, index, text, path, prose)) return [];
    // Tests say what people may paste by holding it, and data holds whatever it was made of: there only what hides code or words counts.
    if ((inTests || RECORDED.test(path)) && !BIDI.test(character) && !TAG.test(character)) return [];
    const name = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    const isBidi = BIDI.test(character);
    return [
      {
        start: index,
        end: index + character.length,
        severity: isBidi && !prose ? "high" : "medium",
        title: isBidi ? `Bidirectional control character ${name}` : `Invisible character ${name}`,
        message: isBidi
          ? `${name} reorders what is displayed on this line, so the code that runs is not the code that is shown.`
          : `${name} shows nothing, so what a reader sees here is not what a program or a language model reads.`,
      },
    ];
  });
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, offset) => start + offset);
}

/** Trojan Source and smuggled text; emoji, flags, a leading byte order mark and languages that need joiners are left alone. */
export const INVISIBLE_CHARACTERS: TextRule = {
  id: "invisible-characters",
  severity: "medium",
  category: "security",
  title: "Invisible character",
  message: "This line holds a character that shows nothing.",
  why: "Invisible and bidirectional characters hide code from reviewers (Trojan Source, CVE-2021-42574), smuggle instructions to language models, and break string comparison. Write an escape such as `\\u200b` where one is meant.",
  failureScenario: "",
  url: "https://trojansource.codes/",
  find,
  examples: {
    invalid: [
      'const level = "user\u202E \u2066// admin\u2069";',
      "const na\u200Bme = 1;",
      "// hello \u{E0041}\u{E0042}",
      "call();\uFEFF",
      "const \u3164 = req.query;",
    ],
    valid: [
      "\uFEFFconst a = 1;",
      'const family = "👨\u200D👩\u200D👧 ❤\uFE0F";',
      'const scotland = "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}";',
      'title: "می\u200Cخواهم"',
      'const escaped = "\\u200b";',
    ],
  },
};

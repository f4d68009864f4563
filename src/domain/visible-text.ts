/**
 * Code points that a reader does not see, or that reorder what a reader sees: controls but tab and line ends, every format
 * character (bidirectional marks, zero-width characters, tags), private use, variation selectors, blank letters, and
 * separators that are not line ends to git. Unassigned ones too: what they will look like is anybody's guess.
 */
const INVISIBLE =
  /\p{Cc}|\p{Cf}|\p{Co}|\p{Cn}|\p{Cs}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u2028|\u2029|\u2800|\u3164|\uffa0|\p{Variation_Selector}/gu;

const KEPT = new Set(["\t", "\n", "\r"]);

/**
 * The text with every invisible, reordering or meaningless code point written out as `⟪U+202E⟫`; tab, CR and LF stay. Code
 * stays faithful otherwise: nothing is dropped or normalised, so a line keeps its place and its other characters. A byte
 * order mark at the very start of a file is written out as well.
 */
export function visibleText(text: string): string {
  return text.replaceAll(INVISIBLE, (character) =>
    KEPT.has(character)
      ? character
      : `⟪U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟫`,
  );
}

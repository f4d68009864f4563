/**
 * Code points that a reader cannot see but a model or a compiler can: controls (but not tab and line feed), format characters
 * (zero-width, bidirectional, tags), private use, unassigned, lone surrogates, line and paragraph separators, variation
 * selectors, fillers and blanks. A variation selector right after a pictograph is how emoji are spelled and stays.
 */
const INVISIBLE =
  /(?<!\p{Extended_Pictographic})\uFE0F(?!\u20E3)|(?!\uFE0F)[[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]--[\t\n]]/gv;

/** The text with every invisible code point written out as `⟪U+200B⟫`. A carriage return before a line feed goes. Idempotent. */
export function showInvisible(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(INVISIBLE, (char) => `⟪U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟫`);
}

/** Whether `showInvisible` would change anything but line ends. */
export function hasInvisible(text: string): boolean {
  return text.replaceAll("\r\n", "\n").search(INVISIBLE) !== -1;
}

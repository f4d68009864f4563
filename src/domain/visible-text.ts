/**
 * Code points that a reader cannot see but a model or a compiler can: controls (but not tab and line ends), format characters
 * (zero-width, bidirectional, tags), private use, unassigned, lone surrogates, line and paragraph separators, variation
 * selectors, fillers and blanks. A variation selector right after a pictograph is how emoji are spelled and stays.
 */
const INVISIBLE =
  /(?<!\p{Extended_Pictographic})\uFE0F(?!\u20E3)|(?!\uFE0F)[[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]--[\t\n\r]]/gv;

/**
 * The text with every invisible, reordering or meaningless code point written out as `⟪U+202E⟫`; tab, CR and LF stay. Nothing is
 * dropped or normalised, so a line of code keeps its place and its other characters. Idempotent.
 */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (char) => `⟪${codePointName(char)}⟫`);
}

/** As `visibleText`, for prose: line ends become LF, and a carriage return that is none is written out too. */
export function showInvisible(text: string): string {
  return visibleText(text.replaceAll("\r\n", "\n")).replaceAll("\r", "⟪U+000D⟫");
}

/** Whether `showInvisible` would change anything but line ends. */
export function hasInvisible(text: string): boolean {
  return text.replaceAll("\r\n", "\n").search(INVISIBLE) !== -1 || /\r(?!\n)/.test(text);
}

/** Every character that `visibleText` would write out, and every carriage return that is no line end, in order, as `U+202E`. */
export function invisibleIn(text: string): readonly string[] {
  const found = text.replaceAll("\r\n", "\n").matchAll(new RegExp(`${INVISIBLE.source}|\\r(?!\\n)`, "gv"));
  return Array.from(found, ([char]) => codePointName(char));
}

function codePointName(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Code that people write has short lines; minifiers write one. */
const MINIFIED_AVERAGE = 300;
const MINIFIED_LENGTH = 5_000;

/** Why the rules cannot read a file, in words for the coverage table; undefined when they can. */
export function tooLargeReason(text: string, maxLength: number): string | undefined {
  if (text.length <= maxLength) return undefined;
  return `rules: too large (${(text.length / 1e6).toFixed(1)} million characters, the limit is ${maxLength / 1e6})`;
}

/** Why there is nothing in a file for the rules to read; undefined when there is. */
export function minifiedReason(text: string): string | undefined {
  return text.length > MINIFIED_LENGTH && text.length / lineCount(text) > MINIFIED_AVERAGE
    ? "Minified: a program wrote it from code that people read."
    : undefined;
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

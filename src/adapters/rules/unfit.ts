/** Code that people write has short lines; minifiers write one. */
const MINIFIED_AVERAGE = 300;
const MINIFIED_LENGTH = 5_000;

/** Why the rules do not read a file, in words for the coverage table; undefined when they do. */
export function unfitReason(text: string, maxLength: number): string | undefined {
  if (text.length > maxLength) {
    return `rules: too large (${(text.length / 1e6).toFixed(1)} million characters, the limit is ${maxLength / 1e6})`;
  }
  if (text.length > MINIFIED_LENGTH && text.length / lineCount(text) > MINIFIED_AVERAGE) return "rules: minified";
  return undefined;
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

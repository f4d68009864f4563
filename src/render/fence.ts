/** Longest run of the character in the text. */
function longestRun(text: string, char: string): number {
  let longest = 0;
  let run = 0;
  for (const each of text) {
    run = each === char ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/**
 * A fenced code block around `code`, its fence longer than any inside, so that nothing in the code can end it.
 * `language` is what stands behind the fence; it must be a plain word.
 */
export function fence(code: string, language = ""): string {
  const marks = "`".repeat(Math.max(3, longestRun(code, "`") + 1));
  return `${marks}${language}\n${code === "" ? "" : `${code.replace(/\n$/, "")}\n`}${marks}`;
}

/** An inline code span around one line of text, whatever backticks are in it; "" for nothing. Line breaks become spaces. */
export function codeSpan(text: string): string {
  const line = text.replaceAll("\n", " ");
  if (line.trim() === "") return "";
  const marks = "`".repeat(line.includes("`") ? longestRun(line, "`") + 1 : 1);
  const pad = line.startsWith("`") || line.endsWith("`") || (line.startsWith(" ") && line.endsWith(" ")) ? " " : "";
  return `${marks}${pad}${line}${pad}${marks}`;
}

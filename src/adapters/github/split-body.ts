/** An opening or closing fence: up to three spaces, then the run of characters. */
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/**
 * The text in parts of at most `limit` UTF-16 code units. Cuts where paragraphs end; a code block that must be cut is closed
 * at the end of one part and opened again in the next. Joined with line feeds, parts without such additions give the text.
 */
export function splitBody(text: string, limit: number): readonly string[] {
  if (text.length <= limit) return [text];
  const parts: string[] = [];
  let part: string[] = [];
  let length = 0;
  let fence: string | undefined;
  let paragraphEnd = 0;
  const close = (lines: readonly string[], rest: readonly string[]): void => {
    parts.push(lines.join("\n"));
    part = [...rest];
    length = part.reduce((sum, line) => sum + line.length + 1, 0);
    paragraphEnd = 0;
  };
  for (const line of text.split("\n").flatMap((whole) => pieces(whole, Math.floor(limit / 3) - 1))) {
    const after = fenceAfter(line, fence);
    const reserve = after === undefined ? 0 : closing(after).length + 1;
    // Cutting at a paragraph's end may leave too much for the line that comes: then once more.
    while (length + line.length + 1 + reserve > limit && part.length > (fence === undefined ? 0 : 1)) {
      if (fence === undefined && paragraphEnd > 0) close(part.slice(0, paragraphEnd), part.slice(paragraphEnd));
      else if (fence === undefined) close(part, []);
      else close([...part, closing(fence)], [fence]);
    }
    part.push(line);
    length += line.length + 1;
    fence = after;
    if (fence === undefined && line === "") paragraphEnd = part.length;
  }
  parts.push(part.join("\n"));
  return parts;
}

/** The opening line of the code block that is open after `line`, undefined outside one. */
function fenceAfter(line: string, open: string | undefined): string | undefined {
  const [, run = "", rest = ""] = FENCE.exec(line) ?? [];
  if (run === "") return open;
  if (open === undefined) return run.startsWith("`") && rest.includes("`") ? undefined : line;
  const opened = closing(open);
  return run.startsWith(opened) && rest.trim() === "" ? undefined : open;
}

function closing(fence: string): string {
  return FENCE.exec(fence)?.[1] ?? "```";
}

/** A line longer than a part, cut between characters. */
function pieces(line: string, limit: number): readonly string[] {
  const cut: string[] = [];
  let rest = line;
  while (rest.length > limit) {
    const before = rest.charCodeAt(limit - 1);
    const end = before >= 0xd800 && before <= 0xdbff ? limit - 1 : limit;
    cut.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...cut, rest];
}

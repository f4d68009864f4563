/** One reading of a quote: its lines, and the line number that was copied along with the first one, when there was any. */
export type QuoteVariant = { readonly lines: readonly string[]; readonly near?: number };

const NUMBERED = /^[ \t]*[>*]?[ \t]*L?(\d{1,7})(?:[ \t]*[|:│→][ \t]?|\t| {1,2}(?=[+\-| ]|\S|$))(.*)$/;
const DIFF_LINE = /^[+\- ]/;
const FENCE = /^\s*(?:`{3,}|~{3,})/;

/** A line that stands for lines left out: three dots or an ellipsis, bare or in a comment. */
const ELISION = /^\s*(?:\/\/|\/\*|#|--|<!--|;|%)?\s*(?:\[?(?:\.{3,}|…)\]?)[^\w]*$/;

/**
 * The quote as it was written, then without what a model copies along from its brief: a code fence, line numbers, diff markers
 * (lines marked as removed go, unless all are). Every reading is trimmed of blank lines at both ends; none is empty.
 */
export function quoteVariants(quote: string): readonly QuoteVariant[] {
  const lines = withoutFence(trimBlank(quote.replaceAll("\r\n", "\n").split("\n")));
  const numbered = withoutNumbers(lines);
  const readings: QuoteVariant[] = numbered ? [{ lines }, numbered] : [{ lines }];
  const unmarked = readings.flatMap((reading) => {
    const plain = withoutMarkers(reading.lines);
    return plain ? [{ ...reading, lines: plain }] : [];
  });
  return [...readings, ...unmarked].flatMap((reading) => {
    const trimmed = trimBlank(reading.lines);
    return trimmed.length > 0 ? [{ ...reading, lines: trimmed }] : [];
  });
}

/** The parts of a quote between its elisions, in order; one part when nothing was left out. */
export function splitAtElisions(lines: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (ELISION.test(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((part) => trimBlank(part)).filter((part) => part.length > 0);
}

function trimBlank(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return first === -1 ? [] : lines.slice(first, last + 1);
}

function withoutFence(lines: readonly string[]): readonly string[] {
  if (!FENCE.test(lines[0] ?? "")) return lines;
  return trimBlank(lines.slice(1, FENCE.test(lines.at(-1) ?? "") ? -1 : undefined));
}

function withoutNumbers(lines: readonly string[]): QuoteVariant | undefined {
  const stripped: string[] = [];
  let near: number | undefined;
  for (const line of lines) {
    const match = NUMBERED.exec(line);
    if (match === null && line.trim() !== "" && !ELISION.test(line)) return undefined;
    near ??= match === null ? undefined : Number(match[1]);
    stripped.push(match?.[2] ?? line);
  }
  return near === undefined ? undefined : { lines: stripped, near };
}

function withoutMarkers(lines: readonly string[]): readonly string[] | undefined {
  const written = lines.filter((line) => line.trim() !== "" && !ELISION.test(line));
  if (!written.every((line) => DIFF_LINE.test(line)) || !written.some((line) => /^[+-]/.test(line))) return undefined;
  const kept = lines.filter((line) => !line.startsWith("-"));
  return (kept.some((line) => line.trim() !== "") ? kept : lines).map((line) =>
    ELISION.test(line) ? line : line.slice(1),
  );
}

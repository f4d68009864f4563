/** Lines longer than this are generated; nobody quotes them from memory. */
const MAX_LINE = 2_000;
const MAX_QUOTE_LINES = 200;

/** The longest lines of the quote say most about its place; only these are looked for, the rest is compared at the spot. */
const PROBES = 3;
const MAX_SPOTS = 200;

/** Similarity (0..1) below which a line is another line, and a place another place. */
const LINE_SIMILAR = 0.6;
const PLACE_SIMILAR = 0.8;

/** Places this close to the best are equally good. */
const TIE = 0.03;

/** Fewer characters than this, white space aside, resemble too much. */
const MIN_QUOTE = 12;

const BUCKETS = 4_096;

/**
 * Places where the lines resemble the quote without being equal to it, best ones only (several when they tie), sorted.
 * Both are given without white space, blank lines still in their place as "". Work is bounded: a few passes over the lines.
 */
export function fuzzyMatches(
  lines: readonly string[],
  part: readonly string[],
): readonly { readonly first: number; readonly last: number }[] {
  const quote = part.filter((line) => line !== "");
  const length = quote.reduce((sum, line) => sum + line.length, 0);
  if (length < MIN_QUOTE || quote.length > MAX_QUOTE_LINES || quote.some((line) => line.length > MAX_LINE)) return [];
  const written = lines.flatMap((line, index) => (line === "" ? [] : [index]));
  const at = (index: number): string => lines[written[index] ?? -1] ?? "";
  const likeness = quote.map(likenessTo);
  const spots = new Map<number, number>();
  for (const first of likelyStarts(written.length, at, quote)) {
    const weights = likeness.map((resembles, index) => (quote[index]?.length ?? 0) * resembles(at(first + index)));
    const similar = weights.reduce((sum, weight) => sum + weight, 0) / length;
    if (similar >= PLACE_SIMILAR) spots.set(first, similar);
  }
  const best = Math.max(...spots.values());
  return [...spots]
    .filter(([, similar]) => similar >= best - TIE)
    .map(([first]) => ({ first: written[first] ?? 0, last: written[first + quote.length - 1] ?? 0 }))
    .toSorted((a, b) => a.first - b.first);
}

/** Starts of places in which one of the quote's longest lines resembles the line where it would be. */
function likelyStarts(count: number, at: (index: number) => string, quote: readonly string[]): ReadonlySet<number> {
  const probes = [...quote.entries()].toSorted(([, a], [, b]) => b.length - a.length).slice(0, PROBES);
  const starts = new Set<number>();
  for (const [offset, probe] of probes) {
    const resembles = likenessTo(probe);
    const found: { readonly start: number; readonly similar: number }[] = [];
    for (let index = offset; index + quote.length - offset <= count; index += 1) {
      const similar = resembles(at(index));
      if (similar >= LINE_SIMILAR) found.push({ start: index - offset, similar });
    }
    const likeliest = found.toSorted((a, b) => b.similar - a.similar || a.start - b.start).slice(0, MAX_SPOTS);
    for (const { start } of likeliest) starts.add(start);
  }
  return starts;
}

/** Dice coefficient over the pairs of neighbouring characters (hashed), 0 for lines of very different length. */
function likenessTo(line: string): (other: string) => number {
  const pairs = new Int16Array(BUCKETS);
  for (let index = 1; index < line.length; index += 1) addTo(pairs, bucketAt(line, index), 1);
  return (other) => {
    if (other === line) return 1;
    if (other.length > MAX_LINE || other.length * 2 < line.length || other.length > line.length * 2) return 0;
    let shared = 0;
    for (let index = 1; index < other.length; index += 1) {
      const bucket = bucketAt(other, index);
      if ((pairs[bucket] ?? 0) > 0) shared += 1;
      addTo(pairs, bucket, -1);
    }
    for (let index = 1; index < other.length; index += 1) addTo(pairs, bucketAt(other, index), 1);
    return (2 * shared) / Math.max(1, line.length + other.length - 2);
  };
}

function addTo(pairs: Int16Array, bucket: number, by: number): void {
  pairs[bucket] = (pairs[bucket] ?? 0) + by;
}

function bucketAt(text: string, index: number): number {
  return (text.charCodeAt(index - 1) * 31 + text.charCodeAt(index)) % BUCKETS;
}

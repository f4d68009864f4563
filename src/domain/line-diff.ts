/** One run of lines in the way from an old text to a new one. `old` and `now` are 0-based indexes of its first line on each side. */
export type LineRun = {
  readonly kind: "same" | "removed" | "added";
  readonly old: number;
  readonly now: number;
  readonly count: number;
};

/** Beyond this many differing lines the middle is taken as replaced whole: the search costs their square. */
const MOST_DIFFERENCES = 4_000;

/** Lines with their ends, so that a missing last line end is a difference; none for an empty text. */
export function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/**
 * The shortest way from `old` to `now` by removing and adding whole lines (Myers' greedy algorithm), in order, removals before
 * additions; for texts that share next to nothing, a longer one. The runs together cover both sides.
 */
export function diffLines(old: readonly string[], now: readonly string[]): readonly LineRun[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const middle = shortestWay(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const moves: Move[] = [
    ...Array.from({ length: start }, () => "same" as const),
    ...middle,
    ...Array.from({ length: end }, () => "same" as const),
  ];
  return runsOf(moves);
}

type Move = LineRun["kind"];

function shortestWay(old: readonly string[], now: readonly string[]): readonly Move[] {
  const whole = (): readonly Move[] => [...old.map(() => "removed" as const), ...now.map(() => "added" as const)];
  const most = Math.min(old.length + now.length, MOST_DIFFERENCES);
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: ReadonlyMap<number, number>[] = [];
  for (let distance = 0; distance <= most; distance += 1) {
    trace.push(new Map(furthest));
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      let x = stepFrom(furthest, diagonal, distance);
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x += 1;
      furthest.set(diagonal, x);
      if (x >= old.length && x - diagonal >= now.length) return wayBack(trace, old.length, now.length);
    }
  }
  return whole();
}

/** Where the walk stands on `diagonal` after one more difference: one line down from above, or one right from below. */
function stepFrom(furthest: ReadonlyMap<number, number>, diagonal: number, distance: number): number {
  const [below, above] = [furthest.get(diagonal - 1) ?? -1, furthest.get(diagonal + 1) ?? -1];
  return diagonal === -distance || (diagonal !== distance && below < above) ? above : below + 1;
}

function wayBack(trace: readonly ReadonlyMap<number, number>[], oldLength: number, nowLength: number): readonly Move[] {
  const moves: Move[] = [];
  let [x, y] = [oldLength, nowLength];
  for (let distance = trace.length - 1; distance >= 0; distance -= 1) {
    const furthest = trace[distance] ?? new Map<number, number>();
    const diagonal = x - y;
    const isDown =
      diagonal === -distance ||
      (diagonal !== distance && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1));
    const from = isDown ? diagonal + 1 : diagonal - 1;
    const fromX = furthest.get(from) ?? 0;
    const fromY = fromX - from;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      moves.push("same");
      x -= 1;
      y -= 1;
    }
    if (distance > 0) moves.push(isDown ? "added" : "removed");
    [x, y] = [fromX, fromY];
  }
  return moves.toReversed();
}

/** Joins equal moves, and puts the removals of one place before its additions. */
function runsOf(moves: readonly Move[]): readonly LineRun[] {
  const runs: LineRun[] = [];
  let [old, now, removed, added] = [0, 0, 0, 0];
  const flush = (): void => {
    if (removed > 0) runs.push({ kind: "removed", old, now, count: removed });
    if (added > 0) runs.push({ kind: "added", old: old + removed, now, count: added });
    [old, now, removed, added] = [old + removed, now + added, 0, 0];
  };
  let same = 0;
  const flushSame = (): void => {
    if (same > 0) runs.push({ kind: "same", old, now, count: same });
    [old, now, same] = [old + same, now + same, 0];
  };
  for (const move of moves) {
    if (move === "same") {
      if (removed + added > 0) flush();
      same += 1;
      continue;
    }
    flushSame();
    if (move === "removed") removed += 1;
    else added += 1;
  }
  flush();
  flushSame();
  return runs;
}

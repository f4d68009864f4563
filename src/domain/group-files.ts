import type { PlanLimits } from "./plan-limits.ts";
import { growthLines } from "./plan-limits.ts";
import type { ReadingGroup } from "./reading-group.ts";
import { compareGroups, fitTogether, joinGroups } from "./reading-group.ts";
import type { Relation } from "./related-files.ts";
import type { RepoPath } from "./repo-path.ts";

/** These belong together however many lines they have; the others only up to `growthLines(...)`. */
const TIGHT: ReadonlySet<Relation["kind"]> = new Set(["test", "name", "cycle"]);

const PHRASES: Record<Relation["kind"], (a: RepoPath, b: RepoPath) => string> = {
  test: (a, b) => `${a} tests ${b}`,
  name: (a, b) => `${a} and ${b} are parts of one thing`,
  cycle: (a, b) => `${a} and ${b} are in one import cycle`,
  import: (a, b) => `${a} imports ${b}`,
  package: (a, b) => `${a} and ${b} are one package`,
  data: (a, b) => `${a} and ${b} are siblings`,
};

/**
 * Joins single-file groups along their relations, strongest first, as far as the limits allow. Every input file is in exactly
 * one result. Takes time near-linear in files and relations; the result is sorted by first path.
 */
export function groupFiles(
  singles: readonly ReadingGroup[],
  relations: readonly Relation[],
  limits: PlanLimits,
  floorLines: number,
): readonly ReadingGroup[] {
  const parents = singles.map((_, index) => index);
  const groups = [...singles];
  const indexOf = new Map(singles.flatMap((group, index) => group.files.map((file) => [file.path, index] as const)));
  const rootOf = (index: number): number => {
    let root = index;
    for (let parent = parents[root] ?? root; parent !== root; parent = parents[root] ?? root) {
      parents[root] = parents[parent] ?? parent;
      root = parent;
    }
    return root;
  };
  for (const { a, b, kind } of relations) {
    const [from, to] = [indexOf.get(a), indexOf.get(b)];
    if (from === undefined || to === undefined) continue;
    const [left, right] = [rootOf(from), rootOf(to)];
    const [one, other] = [groups[left], groups[right]];
    if (left === right || one === undefined || other === undefined) continue;
    const most = growthLines(one.files.length + other.files.length, floorLines, limits);
    if (!fitTogether(one, other, limits, TIGHT.has(kind) ? Number.POSITIVE_INFINITY : most)) continue;
    parents[right] = left;
    const joined = joinGroups(one, other, "related");
    groups[left] = { ...joined, links: [...joined.links, PHRASES[kind](a, b)] };
  }
  return groups.filter((_, index) => rootOf(index) === index).toSorted(compareGroups);
}

import { topFolder } from "./path-parts.ts";
import type { PlanLimits } from "./plan-limits.ts";
import type { ReadingGroup } from "./reading-group.ts";
import { compareGroups, fitTogether, joinGroups } from "./reading-group.ts";

/**
 * Packs groups below `floorLines` together until each pack reaches the floor: neighbours under the same top folder first, then across
 * folders, and what is left over goes to the next group that has room. Groups with different keys never meet. Sorted by first path.
 */
export function packGroups(
  groups: readonly ReadingGroup[],
  limits: PlanLimits,
  floorLines: number,
): readonly ReadingGroup[] {
  const isSmall = (group: ReadingGroup): boolean =>
    group.lines < floorLines && group.part === undefined && group.files.length < limits.filesPerSubtask;
  let packed = groups.toSorted(compareGroups);
  for (const bucketOf of [
    (group: ReadingGroup) => `${group.key}\n${topFolderOf(group)}`,
    ({ key }: ReadingGroup) => key,
  ]) {
    const buckets = Map.groupBy(packed.filter(isSmall), bucketOf);
    const rest = packed.filter((group) => !isSmall(group));
    packed = [...rest, ...[...buckets.values()].flatMap((bucket) => nextFit(bucket, limits, floorLines))];
    packed.sort(compareGroups);
  }
  return absorbRest(packed, isSmall, limits, floorLines * limits.growthFactor);
}

function topFolderOf(group: ReadingGroup): string {
  return topFolder(group.files[0]?.path ?? "");
}

/** Fills one pack after the other, in order; a pack is closed when it reaches the floor or the next group does not fit. */
function nextFit(bucket: readonly ReadingGroup[], limits: PlanLimits, floorLines: number): readonly ReadingGroup[] {
  const packs: ReadingGroup[] = [];
  let open: ReadingGroup | undefined;
  for (const group of bucket) {
    if (open !== undefined && fitTogether(open, group, limits, Number.POSITIVE_INFINITY)) {
      open = joinGroups(open, group, "packed");
    } else {
      if (open !== undefined) packs.push(open);
      open = group;
    }
    if (open.lines >= floorLines) {
      packs.push(open);
      open = undefined;
    }
  }
  return open === undefined ? packs : [...packs, open];
}

/** Gives each group that stayed small to the nearest one before it (else after it) that has room. */
function absorbRest(
  packed: readonly ReadingGroup[],
  isSmall: (group: ReadingGroup) => boolean,
  limits: PlanLimits,
  growthLines: number,
): readonly ReadingGroup[] {
  const result: (ReadingGroup | undefined)[] = [...packed];
  for (const [index, group] of packed.entries()) {
    if (!isSmall(group) || result[index] !== group) continue;
    const hasRoom = (other: ReadingGroup | undefined): boolean =>
      other !== undefined &&
      other !== group &&
      other.part === undefined &&
      fitTogether(other, group, limits, growthLines);
    const before = result.slice(0, index).findLastIndex(hasRoom);
    const host = before === -1 ? result.findIndex(hasRoom) : before;
    const hostGroup = result[host];
    if (hostGroup === undefined) continue;
    result[host] = joinGroups(hostGroup, group, "packed");
    result[index] = undefined;
  }
  return result.filter((group) => group !== undefined).toSorted(compareGroups);
}

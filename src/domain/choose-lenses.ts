import picomatch from "picomatch";

import { changedText } from "./changed-text.ts";
import type { ChangedFile } from "./diff.ts";
import type { Lens } from "./lens.ts";
import type { ReadingGroup } from "./reading-group.ts";
import type { Settings } from "./settings.ts";

/** Code whose mistakes show only when two things happen at once, or when something is never let go of. */
const CONCURRENT =
  /\b(?:async|await|Promise|Mutex|RWMutex|lock|Lock|semaphore|Semaphore|synchronized|volatile|atomic|Atomics|go func|chan|select \{|threading|asyncio|Thread|Executor|CompletableFuture|setInterval|setTimeout|subscribe|addEventListener|createReadStream|createWriteStream|open\(|close\()/;

/** Code whose mistakes stay in the data. */
const DATA =
  /\b(?:SELECT|INSERT|UPDATE|DELETE|ALTER|CREATE|DROP)\s+(?:\w+\s+)?(?:TABLE|INTO|INDEX|FROM|SET|COLUMN|\w+)\b|\b(?:migrat\w*|transaction|rollback|findMany|createMany|queryRaw|db\.query|cursor|amount|currency|rounding|decimal|BigDecimal|timezone)\b/i;

/** What is left of a list of finders once correctness, security and what the content asks for are in it. */
const OTHERS = ["contracts", "tests"] as const;

/** What the lenses of a group depend on beside the group. */
export type LensChoice = {
  readonly quality: Settings["quality"];
  /** The lenses the request names: then every group is read with these and no others. */
  readonly requested: readonly string[] | undefined;
  /** The repository's own. */
  readonly own: readonly Lens[];
  readonly files: ReadonlyMap<string, ChangedFile>;
};

/**
 * The lenses a group is read with, each once: those of the request, else those of its profile, else by its depth, with the
 * repository's own lenses for its paths beside them. Files that are looked at lightly get the first of them only.
 */
export function lensesFor(group: ReadingGroup, choice: LensChoice): readonly string[] {
  if (choice.requested !== undefined && choice.requested.length > 0) return [...new Set(choice.requested)];
  const { quality } = choice;
  if (group.lenses.length > 0) return group.lenses;
  if (group.risk === "light") return quality.lenses.slice(0, 1);
  const general = group.risk === "deep" && quality.finders > 1 ? findersFor(group, choice) : quality.lenses;
  const scoped = choice.own.filter((lens) => lens.paths !== undefined && matchesGroup(lens.paths, group));
  return [...new Set([...general, ...scoped.map(({ name }) => name)])];
}

/** Different lenses, as many as there are finders: two minds with the same question make the same mistake. */
function findersFor(group: ReadingGroup, { quality, files }: LensChoice): readonly string[] {
  const text = group.files.map(({ path }) => changedText(files.get(path)?.hunks ?? [])).join("\n");
  const isData = DATA.test(text) || group.files.some(({ path }) => path.endsWith(".sql"));
  const byContent = isData && !CONCURRENT.test(text) ? ["data", "concurrency"] : ["concurrency", "data"];
  const isBoth = isData && CONCURRENT.test(text);
  const lenses = [...quality.lenses, "security", ...(isBoth ? ["data", "concurrency"] : byContent), ...OTHERS];
  return [...new Set(lenses)].slice(0, Math.max(quality.finders, quality.lenses.length));
}

function matchesGroup(globs: readonly string[], group: ReadingGroup): boolean {
  const matches = picomatch([...globs], { dot: true });
  return group.files.some(({ path }) => matches(path));
}

import { folderOf, topFolder } from "./path-parts.ts";
import type { ReadingGroup } from "./reading-group.ts";

/** Reasons beyond these few are counted: a checklist is no essay. */
const SHOWN_REASONS = 3;

/**
 * The line of the checklist for each group, in order, no two the same: a path, a path with its part, or a folder with a count (and the first
 * file, where the same folder has several groups of one size).
 */
export function describeGroups(groups: readonly ReadingGroup[]): readonly string[] {
  const texts = groups.map((group) => describeGroup(group));
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return groups.map((group, index) => {
    const text = texts[index] ?? "";
    return counts.get(text) === 1 ? text : text.replace(/\)$/, ` from ${firstName(group)})`);
  });
}

function describeGroup({ files, part }: ReadingGroup): string {
  const first = files[0]?.path ?? "";
  if (part?.of === 1) return `${first} (in part)`;
  if (part !== undefined) return `${first} (part ${part.index} of ${part.of})`;
  if (files.length === 1) return first;
  const folder = commonFolder(files);
  return `${folder === "" ? topFolders(files) : folder} (${files.length} files)`;
}

/** The first path as seen from the group's folder. */
function firstName({ files }: ReadingGroup): string {
  const folder = commonFolder(files);
  return (files[0]?.path ?? "").slice(folder === "" ? 0 : folder.length + 1);
}

/** One or two sentences: why these files are together, alone or in part, and why they are read as deep as they are. */
export function explainGroup(group: ReadingGroup): string {
  const risk = { deep: "Read in depth", normal: "Read as usual", light: "Looked at lightly" }[group.risk];
  return `${explainMembers(group)}${group.riskReasons.length === 0 ? "" : ` ${risk}: ${listFew(group.riskReasons)}.`}`;
}

function explainMembers({ joined, part, links, files, lines }: ReadingGroup): string {
  const together = listFew(links);
  if (part?.of === 1) return "Some blocks of it are too large for one subagent; these are the others.";
  if (part !== undefined) {
    return `Too large for one subagent: part ${part.index} of ${part.of}, cut between hunks and at a symbol where there is one.`;
  }
  if (joined === "related") return `Belong together: ${together}.`;
  if (joined === "packed") {
    return `Small changes packed together (${files.length} files, ${lines} lines)${together === "" ? "" : `; ${together}`}.`;
  }
  return "Stands alone.";
}

/** `src, tests`; files in the root count as `root`. */
function topFolders(files: ReadingGroup["files"]): string {
  const tops = [...new Set(files.map(({ path }) => topFolder(path)))].map((top) => (top === "" ? "root" : top));
  return `${tops.slice(0, SHOWN_REASONS).join(", ")}${tops.length > SHOWN_REASONS ? ", ..." : ""}`;
}

function listFew(reasons: readonly string[]): string {
  const more = reasons.length - SHOWN_REASONS;
  return `${reasons.slice(0, SHOWN_REASONS).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

/** The longest folder that holds all files, "" for the root. */
function commonFolder(files: ReadingGroup["files"]): string {
  let common = folderOf(files[0]?.path ?? "");
  while (common !== "" && !files.every(({ path }) => path.startsWith(`${common}/`))) common = folderOf(common);
  return common;
}

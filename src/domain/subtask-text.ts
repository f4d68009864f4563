import { folderOf } from "./path-parts.ts";
import type { ReadingGroup } from "./reading-group.ts";
import type { RepoPath } from "./repo-path.ts";

/** Reasons beyond these few are counted: a checklist is no essay. */
const SHOWN_LINKS = 3;

/** The line of the checklist: a path, a path with its part, or a folder with a count. */
export function describeGroup(group: ReadingGroup): string {
  const paths = group.files.map((file) => file.path);
  const [first = ""] = paths;
  if (group.part !== undefined) return `${first} (part ${group.part.index} of ${group.part.of})`;
  if (paths.length === 1) return first;
  const folder = commonFolder(paths);
  return `${folder === "" ? "repository root and below" : folder} (${paths.length} files)`;
}

/** One or two sentences: why these files are together, alone or in part, and why they are read as deep as they are. */
export function explainGroup(group: ReadingGroup): string {
  const risk = { deep: "Read in depth", normal: "", light: "Looked at lightly" }[group.risk];
  return `${explainMembers(group)}${risk === "" ? "" : ` ${risk}: ${group.riskReason}.`}`;
}

function explainMembers({ joined, part, links, files, lines }: ReadingGroup): string {
  const more = links.length - SHOWN_LINKS;
  const together = `${links.slice(0, SHOWN_LINKS).join("; ")}${more > 0 ? `; and ${more} more links` : ""}`;
  if (part !== undefined) {
    return `Too large for one subagent: part ${part.index} of ${part.of}, cut between hunks and at a symbol where there is one.`;
  }
  if (joined === "related") return `Belong together: ${together}.`;
  if (joined === "packed") {
    return `Small changes packed together (${files.length} files, ${lines} lines)${together === "" ? "" : `; ${together}`}.`;
  }
  return "Stands alone.";
}

/** The longest folder that holds all paths, "" for the root. */
function commonFolder(paths: readonly RepoPath[]): string {
  let common = folderOf(paths[0] ?? "");
  while (common !== "" && !paths.every((path) => path.startsWith(`${common}/`))) common = folderOf(common);
  return common;
}

import { dirname } from "node:path/posix";

import type { RepoPath } from "../domain/repo-path.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { Guidance } from "../subagent/brief.ts";

/** Files in any folder that tell reviewers and agents what its repository wants, most specific to reviews first. */
const GUIDANCE_FILES = ["REVIEW.md", "AGENTS.md", "CLAUDE.md"] as const;
const ROOT_ONLY = ".github/copilot-instructions.md";

/** One file's share of the brief, and that of all together, in characters (about 5,000 and 15,000 tokens). */
const MAX_FILE_CHARACTERS = 20_000;
const MAX_TOTAL_CHARACTERS = 60_000;

/**
 * The guidance files that govern `changedPaths`, from `snapshot` (the default branch, never the change itself): root first, then by
 * folder. `cut` names those that were shortened or left out for length.
 */
export async function loadGuidance(
  snapshot: Snapshot,
  changedPaths: readonly RepoPath[],
  signal: AbortSignal,
): Promise<{ readonly guidance: readonly Guidance[]; readonly cut: readonly RepoPath[] }> {
  const folders = new Set([""]);
  for (const path of changedPaths) {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) folders.add(folder);
  }
  const wanted = [...folders].toSorted().flatMap((folder) => {
    const prefix = folder === "" ? "" : `${folder}/`;
    const here = GUIDANCE_FILES.map((name) => ({ path: `${prefix}${name}`, folder }));
    return folder === "" ? [...here, { path: ROOT_ONLY, folder }] : here;
  });
  const present = new Set(
    (await snapshot.list(signal)).filter((entry) => entry.kind === "file").map((entry) => entry.path),
  );
  const guidance: Guidance[] = [];
  const cut: RepoPath[] = [];
  let left = MAX_TOTAL_CHARACTERS;
  for (const { path, folder } of wanted) {
    if (!present.has(path)) continue;
    const content = await snapshot.read(path, signal);
    if (content.kind !== "text" || content.text.trim() === "") continue;
    const text = content.text.slice(0, Math.min(left, MAX_FILE_CHARACTERS));
    if (text.length < content.text.length) cut.push(path);
    left -= text.length;
    if (text !== "") guidance.push({ path, folder, text });
  }
  return { guidance, cut };
}

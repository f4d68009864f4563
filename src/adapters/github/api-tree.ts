import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import { parseRepoPath } from "../../domain/repo-path.ts";
import type { TreeEntry } from "../../ports/snapshot.ts";
import type { GitHub } from "./octokit.ts";

/** Requests that a tree too large for one answer may cost; what lies beyond is left out and said so. */
const MAX_REQUESTS = 60;

const ApiTree = z.object({
  truncated: z.boolean().default(false),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.string(),
      type: z.string(),
      sha: z.string(),
      size: z.number().optional(),
    }),
  ),
});
type ApiEntry = z.infer<typeof ApiTree>["tree"][number];

/** All paths of a commit, sorted in code unit order; `truncated` when some could not be listed. */
export type ApiTreeListing = { readonly entries: readonly TreeEntry[]; readonly truncated: boolean };

/**
 * The whole tree in one request where GitHub allows it (100,000 entries, 7 MB), else folder by folder, breadth first.
 * @throws {ConfigurationError | ExternalError}
 */
export async function readApiTree(github: GitHub, commit: Sha, signal: AbortSignal): Promise<ApiTreeListing> {
  const entries: TreeEntry[] = [];
  const queue: { readonly sha: string; readonly prefix: string; readonly recursive: boolean }[] = [
    { sha: commit, prefix: "", recursive: true },
  ];
  let requests = 0;
  for (let next = queue.shift(); next !== undefined && requests < MAX_REQUESTS; next = queue.shift()) {
    const { sha, prefix, recursive } = next;
    requests += 1;
    // oxlint-disable-next-line no-await-in-loop -- whether a folder must be opened is known from its parent's answer
    const { tree, truncated } = await github.ask(
      {
        route: "GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
        parameters: { tree_sha: sha, ...(recursive ? { recursive: "1" } : {}) },
      },
      ApiTree,
      { what: `read the files of commit ${commit}`, permission: "contents: read" },
      signal,
    );
    if (truncated && recursive) {
      queue.push({ sha, prefix, recursive: false });
      continue;
    }
    for (const entry of tree) {
      if (entry.type === "tree" && !recursive) {
        queue.push({ sha: entry.sha, prefix: `${prefix}${entry.path}/`, recursive: true });
      }
      entries.push(...toTreeEntry(entry, prefix));
    }
  }
  return { entries: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)), truncated: queue.length > 0 };
}

/** No entry for folders, and for names that are no path we accept. */
function toTreeEntry(entry: ApiEntry, prefix: string): readonly TreeEntry[] {
  const path = parseRepoPath(`${prefix}${entry.path}`);
  if (entry.type === "tree" || path === undefined) return [];
  const kind = entry.mode === "120000" ? "symlink" : entry.type === "commit" ? "submodule" : "file";
  return [
    {
      path,
      kind,
      executable: entry.mode === "100755",
      blob: entry.sha,
      ...(entry.size === undefined || kind === "submodule" ? {} : { size: entry.size }),
    },
  ];
}

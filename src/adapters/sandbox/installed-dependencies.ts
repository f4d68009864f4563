import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { RepoPath } from "../../domain/repo-path.ts";
import type { TreeEntry } from "../../ports/snapshot.ts";
import type { Dependency } from "./confinement.ts";

const FOLDER = "node_modules";
const MANIFEST = "package.json";

/**
 * The `node_modules` folders of a checkout that stand beside a package manifest of the tree. What the repository itself has committed
 * under that name is none: it may be a link to anywhere.
 */
export async function installedDependencies(
  checkout: string,
  entries: readonly TreeEntry[],
): Promise<readonly Dependency[]> {
  const root = await realpath(checkout);
  const tracked = new Set(entries.map(({ path }) => path));
  const manifests = entries.filter(
    ({ path, kind }) => kind === "file" && (path === MANIFEST || path.endsWith(`/${MANIFEST}`)),
  );
  const found = await Promise.all(
    manifests.map(async ({ path }) => {
      const place = join(dirname(path), FOLDER);
      const isCommitted = tracked.has(place) || path.split("/").includes(FOLDER);
      return isCommitted ? undefined : dependency(root, place);
    }),
  );
  return found.filter((each) => each !== undefined);
}

async function dependency(root: string, path: RepoPath): Promise<Dependency | undefined> {
  try {
    // A folder above it that is a link on the disk is not the folder that the tree speaks of.
    if ((await realpath(join(root, dirname(path)))) !== join(root, dirname(path))) return undefined;
    return { directory: await realpath(join(root, path)), path };
  } catch {
    return undefined;
  }
}

import type { PathAttributes } from "../../domain/change-set.ts";
import { type AttributesFile, parseAttributes } from "../../domain/parse-attributes.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Snapshot } from "../../ports/snapshot.ts";

const NAME = ".gitattributes";
/** git itself ignores larger files (ATTR_MAX_FILE_SIZE is 100 MB; this is what a person may have written). */
const MAX_CHARACTERS = 1_000_000;

/**
 * The attributes of those paths that have any, from the `.gitattributes` files of `base`. Never give the head version: a change must
 * not decide which of its own files are looked at.
 */
export async function readAttributes(
  base: Snapshot,
  paths: readonly RepoPath[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RepoPath, PathAttributes>> {
  const entries = await base.list(signal);
  const sources = entries.filter(({ path, kind }) => kind === "file" && (path === NAME || path.endsWith(`/${NAME}`)));
  const files = await Promise.all(
    sources.map(async ({ path }): Promise<AttributesFile[]> => {
      const content = await base.read(path, signal);
      const folder = path === NAME ? "" : path.slice(0, -NAME.length - 1);
      return content.kind === "text" && content.text.length <= MAX_CHARACTERS ? [{ folder, text: content.text }] : [];
    }),
  );
  const attributesOf = parseAttributes(files.flat());
  const all = paths.map((path) => [path, attributesOf(path)] as const);
  return new Map(all.filter(([, attributes]) => Object.keys(attributes).length > 0));
}

import { baseName } from "./path-parts.ts";
import type { RepoPath } from "./repo-path.ts";

const GUIDANCE_FILES: ReadonlySet<string> = new Set([
  "REVIEW.md",
  "AGENTS.md",
  "CLAUDE.md",
  "CLAUDE.local.md",
  ".gitattributes",
]);

const CONFIGURATION =
  /^\.github\/(?:parallel-review(?:\.ya?ml$|\/)|copilot-instructions\.md$|instructions\/)|(?:^|\/)\.claude\//;

/**
 * Whether the file steers how reviews are done: settings, guidance, lenses, attributes, or rules below one of `ruleFolders`. The
 * change's own version of it is reviewed like any other text and never obeyed.
 */
export function isReviewConfiguration(path: RepoPath, ruleFolders: readonly string[]): boolean {
  return (
    GUIDANCE_FILES.has(baseName(path)) ||
    CONFIGURATION.test(path) ||
    ruleFolders.some((folder) => path.startsWith(folder.endsWith("/") ? folder : `${folder}/`))
  );
}

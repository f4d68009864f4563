import { posix } from "node:path";

import type { PathAttributes } from "./change-set.ts";
import type { ChangedFile } from "./diff.ts";
import { generatedReason } from "./generated.ts";
import { isLockFile } from "./lock-file.ts";
import { folderOf } from "./path-parts.ts";
import type { PathRules } from "./path-rules.ts";
import { fileTokens, listingTokens, partTokens, WHOLE_FILE_TOKENS } from "./token-estimate.ts";
import { vendoredReason } from "./vendored.ts";

/** What is known about one changed file when it is decided whether anybody reads it. */
export type FilterFacts = {
  readonly attributes: PathAttributes | undefined;
  /** The head version's text; undefined where there is none or it was not loaded. */
  readonly headText: string | undefined;
  readonly rules: PathRules;
  /** A subtask's limit, in estimated tokens; infinite for an engine that reads without a context. */
  readonly ceilingTokens: number;
};

/** First line of a Git LFS pointer, see https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const LFS_POINTER = "version https://git-lfs.github.com/spec/v1";

/**
 * The sentence that says why no subtask reads the file, or undefined when one must. It may quote paths and link targets that
 * strangers wrote: neutralize it before it is shown.
 */
export function skipReason(file: ChangedFile, facts: FilterFacts): string | undefined {
  return (
    facts.rules.skipReason(file.path) ??
    contentlessReason(file, facts) ??
    (isLockFile(file.path) ? "Lock file: a package tool writes it." : undefined) ??
    vendoredReason(file.path, facts.attributes) ??
    generatedReason(file, facts.attributes, facts.headText) ??
    unreadableReason(file, facts)
  );
}

/** Where a changed symbolic link points, when that is outside the repository; undefined otherwise. */
export function escapingLinkTarget(file: ChangedFile): string | undefined {
  if (file.kind !== "symlink" || file.status === "removed") return undefined;
  const target = linkTarget(file);
  if (target === undefined) return undefined;
  const isOutside = posix.isAbsolute(target) || posix.join(folderOf(file.path), target).split("/")[0] === "..";
  return isOutside ? target : undefined;
}

function linkTarget(file: ChangedFile): string | undefined {
  return file.hunks
    .flatMap((hunk) => hunk.lines)
    .find((line) => line.kind === "added")
    ?.text.slice(0, 200);
}

function contentlessReason(file: ChangedFile, { attributes, headText }: FilterFacts): string | undefined {
  if (file.status === "removed") return "Deleted: there are no lines of it left to review.";
  if (file.kind === "submodule") return "Submodule pointer: its commit belongs to another repository.";
  if (file.kind === "symlink") {
    const target = linkTarget(file);
    return `Symbolic link${target === undefined ? "" : ` to ${JSON.stringify(target)}`}: links are not followed.`;
  }
  const isPointer =
    headText?.startsWith(LFS_POINTER) === true || file.hunks[0]?.lines.some((line) => line.text === LFS_POINTER);
  if (isPointer === true) return "Git LFS pointer: the content is not in the repository.";
  if (file.binary || attributes?.binary === true) return "Binary file.";
  if (file.hunks.length > 0 || file.hunksOmitted !== undefined || file.additions + file.deletions > 0) return undefined;
  return unchangedReason(file);
}

function unchangedReason(file: ChangedFile): string {
  const mode = file.becameExecutable ? " It became executable." : "";
  const from = file.previousPath ?? "another path";
  if (file.status === "renamed") return `Renamed from ${from} without a change of its text.${mode}`;
  if (file.status === "copied") return `Copied from ${from} without a change of its text.${mode}`;
  if (file.status === "added") return `Empty file.${mode}`;
  return file.becameExecutable ? "Only its mode changed: it became executable." : "Only its mode changed.";
}

/** A file without hunks can still be read whole when its head version is at hand and small; an added one is its own change. */
function unreadableReason(file: ChangedFile, { headText, ceilingTokens }: FilterFacts): string | undefined {
  if (file.hunks.length > 0) {
    const isReadable =
      file.hunks.some((hunk) => partTokens(file, hunk) <= ceilingTokens) || fileTokens(file, headText) <= ceilingTokens;
    return isReadable ? undefined : "Each of its changed blocks is too large for one subagent.";
  }
  const missing =
    file.hunksOmitted === "too-large" ? "Its diff is too large to be listed" : "GitHub sent no diff of it";
  if (headText === undefined) return `${missing}, and its text was not loaded.`;
  const tokens = listingTokens(headText);
  const limit = file.status === "added" ? ceilingTokens : Math.min(WHOLE_FILE_TOKENS, ceilingTokens);
  if (tokens <= limit || !Number.isFinite(ceilingTokens)) return undefined;
  return `${missing}, and it is too large to be read whole (about ${tokens} tokens).`;
}

import type { Finding } from "../domain/finding.ts";
import { showInvisible } from "../domain/visible-text.ts";
import { codeSpan } from "./fence.ts";
import { neutralizeCode } from "./neutralize-code.ts";

/** Where the text will be read. */
export type Surroundings = {
  /** `https://github.com/owner/name` without a slash at the end; absent for a local repository: then places are no links. */
  readonly repositoryUrl?: string;
  /** The page of the workflow run; absent outside of GitHub Actions. */
  readonly runUrl?: string;
};

type Place = Pick<Finding, "path" | "startLine" | "endLine" | "side">;

/** `src/a.ts:10-12`, and ` (before the change)` for lines of the old version. Plain text, invisible characters shown. */
export function placeText(place: Place): string {
  const lines = place.startLine === place.endLine ? `${place.startLine}` : `${place.startLine}-${place.endLine}`;
  return `${showInvisible(place.path).replaceAll("\n", "⟪U+000A⟫")}:${lines}${place.side === "LEFT" ? " (before the change)" : ""}`;
}

/** The place as a code span, linked to its lines at the commit when the repository is on GitHub. The only links we make of places. */
export function placeLink(
  place: Place,
  commits: { readonly base: string; readonly head: string },
  where: Surroundings,
): string {
  const label = codeSpan(neutralizeCode(placeText(place)));
  if (where.repositoryUrl === undefined) return label;
  const path = place.path
    .split("/")
    .map((segment) => encodeURIComponent(segment.toWellFormed()).replaceAll(/[()']/g, escapeChar));
  const commit = place.side === "LEFT" ? commits.base : commits.head;
  const lines = place.startLine === place.endLine ? `#L${place.startLine}` : `#L${place.startLine}-L${place.endLine}`;
  return `[${label}](${where.repositoryUrl}/blob/${commit}/${path.join("/")}${lines})`;
}

function escapeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

import { hunkAround, textOn } from "./diff-anchor.ts";
import type { ChangedFile } from "./diff.ts";
import type { Finding } from "./finding.ts";
import { isProtectedPath } from "./protected-path.ts";
import { hasInvisible } from "./visible-text.ts";

/** More lines than this are a patch to be read, not a button to be pressed. */
const MAX_LINES = 30;

const ADDRESS = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>)\]]+|\bwww\.[^\s"'`<>)\]]+/gi;
const RUNS_DOWNLOAD = /\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n]*\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b|\biex\b/i;
const INSTALLS = /\b(?:pre|post)?install"?\s*:|\b(?:npm|pnpm|yarn|pip3?|gem|go|cargo)\s+(?:i|install|add|get)\b/i;
const MARKER = /<!--\s*parallel-review/i;

/**
 * Why the finding's suggestion must not become a one-click `suggestion` block, or undefined when it may. It may when it
 * replaces exactly the anchored head lines, all of them in one hunk of the diff, changes them, is short, is on a file that is
 * not protected, and brings no new address, download, installation or invisible character. Undefined also needs a suggestion.
 */
export function suggestionProblem(finding: Finding, file: ChangedFile | undefined): string | undefined {
  const { suggestion } = finding;
  if (suggestion === undefined) return "there is no suggestion";
  if (finding.side !== "RIGHT" || finding.placement !== "inline")
    return "it is not anchored on lines of the new version";
  if (file === undefined || file.kind !== "file" || file.binary) return "the file takes no line comments";
  if (isProtectedPath(finding.path) || file.becameExecutable) return "the file is protected";
  const hunk = hunkAround(file, "RIGHT", finding.startLine, finding.endLine);
  if (hunk === undefined) return "its lines are not in one hunk of the diff";
  const current = textOn(hunk, "RIGHT", finding.startLine, finding.endLine).join("\n");
  const proposed = withoutLastLineEnd(suggestion);
  if (proposed === withoutLastLineEnd(current)) return "it does not change the code";
  if (proposed.split("\n").length > MAX_LINES) return `it is longer than ${MAX_LINES} lines`;
  return unsafeText(proposed, current);
}

function unsafeText(proposed: string, current: string): string | undefined {
  if (hasInvisible(proposed)) return "it contains invisible characters";
  if (MARKER.test(proposed)) return "it contains a marker of this tool";
  const known = new Set(current.match(ADDRESS));
  if (proposed.match(ADDRESS)?.some((address) => !known.has(address)) === true) return "it adds an address";
  if (RUNS_DOWNLOAD.test(proposed) && !RUNS_DOWNLOAD.test(current)) return "it runs a download";
  if (INSTALLS.test(proposed) && !INSTALLS.test(current)) return "it installs something";
  return undefined;
}

function withoutLastLineEnd(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/\n$/, "");
}

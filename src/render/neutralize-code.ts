import { showInvisible } from "../domain/visible-text.ts";

/**
 * Robots that read the raw text of comments, code or not, for their name. Their names are written `(at)name`, so that nothing
 * a model says commands them (security.md A39).
 */
const ROBOTS =
  /@(?=(?:dependabot|renovate|mergify|bors|homu|rustbot|rust-|coderabbit|claude|copilot|codex|gemini|greptile|sourcery|kody|cursor|bugbot|sweep|openhands|jules|ellipsis|pr-agent|qodo|codium|snyk|github-actions|allcontributors|googlebot|k8s-|openshift|azure-pipelines|sonar|graphite|devin|pullfrog|opencode|swe-agent|parallel-review))/gi;

/** A command of a robot at the start of a line; `//` and `/*` are comments. */
const COMMAND = /^([ \t]*)(?=\/[A-Za-z])/gm;

/**
 * One line of a stranger's code as it may stand in a code span: everything visible, and nothing that a robot reading the raw
 * text would obey: no robot addressed, no marker of ours. Otherwise as it was. Idempotent.
 */
export function neutralizeCode(code: string): string {
  return showInvisible(code)
    .replaceAll(ROBOTS, "(at)")
    .replaceAll(/<!--(?=\s*parallel-review)/gi, "<! --");
}

/** The same for the lines of a code block, where a line that begins like a command gets a visible mark in front. Idempotent. */
export function neutralizeBlock(code: string): string {
  return neutralizeCode(code).replaceAll(COMMAND, "$1› ");
}

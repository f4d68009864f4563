/**
 * GitHub refuses bodies of comments and reviews of more than 65,536 characters (issue threads of changesets/action and
 * dependency-review-action); this leaves room for what it or we add.
 */
export const BODY_LIMIT = 60_000;

/** A job summary holds 1 MiB for a step (docs.github.com, workflow commands); in UTF-8 bytes. */
export const JOB_SUMMARY_LIMIT = 1_000_000;

/**
 * The first of the versions that fits in `limit` UTF-16 code units, or the last one cut to fit. Versions go from full to short;
 * each is only made when those before it were too long. `note` is put at the end of what was cut.
 */
export function firstThatFits(versions: readonly (() => string)[], limit: number, note: string): string {
  let text = "";
  for (const version of versions) {
    text = version();
    if (text.length <= limit) return text;
  }
  return cutMarkdown(text, limit, note);
}

/** The text cut at a line end to at most `limit` UTF-16 code units, open code blocks and `<details>` closed, `note` as its last paragraph. */
export function cutMarkdown(text: string, limit: number, note: string): string {
  if (text.length <= limit) return text;
  const ending = `\n\n${note}`;
  let room = limit - ending.length;
  for (;;) {
    const kept = text.slice(0, Math.max(0, text.lastIndexOf("\n", room)));
    const closed = kept + closings(kept);
    if (closed.length + ending.length <= limit || kept === "") return closed + ending;
    room = kept.length - 1;
  }
}

function closings(text: string): string {
  let open = "";
  let details = 0;
  for (const line of text.split("\n")) {
    const marks = /^\s*(`{3,})([^`]*)$/.exec(line);
    if (open === "" && marks) open = marks[1] ?? "";
    else if (open !== "" && marks?.[2]?.trim() === "" && (marks[1]?.length ?? 0) >= open.length) open = "";
    else if (open === "") {
      details += (line.match(/<details>/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
    }
  }
  return `${open === "" ? "" : `\n${open}`}${"\n\n</details>".repeat(Math.max(0, details))}`;
}

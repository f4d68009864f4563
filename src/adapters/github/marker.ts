/** What a comment or review of ours is, written invisibly at its end. */
export type Marker = {
  readonly kind: "status" | "review";
  /** Tells several workflows of one repository apart, which all post as the same bot. */
  readonly workflow: string;
  /** Tells the runs of one workflow apart: the command's comment, or the event. */
  readonly run: string;
  readonly head: string;
  /** `1/1`, or which part of a text too long for one comment. */
  readonly part: string;
};

const FIELDS = ["workflow", "run", "head", "part"] as const;
const MARKER = /^<!-- parallel-review:(status|review)@1 workflow=(\S*) run=(\S*) head=(\S*) part=(\S*) -->$/;

const COMMENT = /^<!-- .* -->$/;

/** The text with the marker behind it, before the hidden comments that the text itself ends with. */
export function withMarker(text: string, marker: Marker): string {
  const fields = FIELDS.map((field) => `${field}=${encode(marker[field])}`).join(" ");
  const lines = text.trimEnd().split("\n");
  const hidden = lines.slice(lines.length - trailingComments(lines));
  const shown = lines
    .slice(0, lines.length - hidden.length)
    .join("\n")
    .trimEnd();
  return [shown, "", `<!-- parallel-review:${marker.kind}@1 ${fields} -->`, ...hidden].join("\n");
}

/** The marker among the hidden comments that the text ends with; undefined when there is none. Says nothing about who wrote it. */
export function markerOf(text: string): Marker | undefined {
  const lines = text.trimEnd().split("\n");
  for (const line of lines.slice(lines.length - trailingComments(lines)).toReversed()) {
    const [, kind, workflow, run, head, part] = MARKER.exec(line) ?? [];
    if (kind === "status" || kind === "review") {
      return { kind, workflow: decode(workflow), run: decode(run), head: decode(head), part: decode(part) };
    }
  }
  return undefined;
}

/** The text that people see. */
export function withoutHidden(text: string): string {
  const lines = text.trimEnd().split("\n");
  return lines
    .slice(0, lines.length - trailingComments(lines))
    .join("\n")
    .trimEnd();
}

/** How many hidden comments, a line each, the text ends with. */
function trailingComments(lines: readonly string[]): number {
  const last = lines.findLastIndex((line) => !COMMENT.test(line));
  return lines.length - 1 - last;
}

/** Percent-encoded, and without `--`, which may not stand in an HTML comment. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("-", "%2D");
}

function decode(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    return "";
  }
}

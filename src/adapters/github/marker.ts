/** What a comment or review of ours is, written invisibly into its last line. */
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

/** The text with the marker as its last line. */
export function withMarker(text: string, marker: Marker): string {
  const fields = FIELDS.map((field) => `${field}=${encode(marker[field])}`).join(" ");
  return `${text.trimEnd()}\n\n<!-- parallel-review:${marker.kind}@1 ${fields} -->`;
}

/** The marker in the last line; undefined when there is none. Says nothing about who wrote it. */
export function markerOf(text: string): Marker | undefined {
  const match = MARKER.exec(text.trimEnd().split("\n").at(-1) ?? "");
  const [, kind, workflow, run, head, part] = match ?? [];
  if (kind !== "status" && kind !== "review") return undefined;
  return { kind, workflow: decode(workflow), run: decode(run), head: decode(head), part: decode(part) };
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

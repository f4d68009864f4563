import { z } from "zod";

/**
 * What a comment of ours remembers for the next run. `fingerprints` may be cut to fit, then `complete` is false.
 * Whoever reads a marker must check who wrote the comment: everybody can type one.
 */
export const Marker = z.strictObject({
  kind: z.enum(["review", "status", "finding", "summary"]),
  /** Identifies the workflow and pull request that comments belong to. */
  runKey: z.string().max(200),
  head: z.string().regex(/^[0-9a-f]{7,64}$/),
  version: z.string().max(40),
  fingerprints: z.array(z.string().regex(/^[0-9a-f]{8,64}$/)).default([]),
  complete: z.boolean().default(true),
});
export type Marker = z.infer<typeof Marker>;

const PREFIX = "<!-- parallel-review:v1 ";
const SUFFIX = " -->";

/** More fingerprints than this would crowd out the text (16 digits each). */
const MAX_FINGERPRINTS = 400;

/** The marker as an HTML comment on one line. `-` and `>` inside are escaped the JSON way, so that nothing in it can end the comment. */
export function printMarker(marker: Marker): string {
  const cut = marker.fingerprints.length > MAX_FINGERPRINTS;
  const kept = cut
    ? { ...marker, fingerprints: marker.fingerprints.slice(0, MAX_FINGERPRINTS), complete: false }
    : marker;
  const json = JSON.stringify(kept).replaceAll(/--|[<>&]/g, (text) =>
    Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
  return `${PREFIX}${json}${SUFFIX}`;
}

/** The marker on the last line of a comment's body; undefined when there is none or it is not one of ours. Never throws. */
export function parseMarker(body: string): Marker | undefined {
  const line = body.trimEnd().split("\n").at(-1)?.trim() ?? "";
  if (!line.startsWith(PREFIX) || !line.endsWith(SUFFIX)) return undefined;
  const parsed = Marker.safeParse(parseJson(line.slice(PREFIX.length, -SUFFIX.length)));
  return parsed.success ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

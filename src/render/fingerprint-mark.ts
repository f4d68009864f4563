import { z } from "zod";

/**
 * The findings that a comment of ours is about, as the next run reads them. `complete` is false when there were more than fit.
 * Whoever reads one must check who wrote the comment: everybody can type it.
 */
export const FingerprintMark = z.strictObject({
  fingerprints: z.array(z.string().regex(/^[0-9a-f]{8,64}$/)),
  complete: z.boolean(),
});
export type FingerprintMark = z.infer<typeof FingerprintMark>;

const PREFIX = "<!-- parallel-review:findings@1 ";
const SUFFIX = " -->";

/** More fingerprints than this would crowd out the text (16 digits each). */
const MAX_FINGERPRINTS = 400;

/** The fingerprints as an HTML comment on one line; nothing in it can end the comment. */
export function printFingerprints(fingerprints: readonly string[]): string {
  const kept = fingerprints.slice(0, MAX_FINGERPRINTS);
  const mark: FingerprintMark = { fingerprints: kept, complete: kept.length === fingerprints.length };
  return `${PREFIX}${JSON.stringify(mark)}${SUFFIX}`;
}

/** The mark among the hidden lines that a comment's body ends with; undefined when there is none. Never throws. */
export function parseFingerprints(body: string): FingerprintMark | undefined {
  const lines = body.trimEnd().split("\n");
  for (let line = lines.pop()?.trim(); line === "" || line?.startsWith("<!-- ") === true; line = lines.pop()?.trim()) {
    if (!line.startsWith(PREFIX) || !line.endsWith(SUFFIX)) continue;
    const mark = FingerprintMark.safeParse(parseJson(line.slice(PREFIX.length, -SUFFIX.length)));
    return mark.success ? mark.data : undefined;
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

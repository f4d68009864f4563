import { codeSpan } from "./fence.ts";
import { counted } from "./figures.ts";

/** What a part of a large change says first: where it stands among the others. */
export function stackMarkdown(
  parts: readonly { readonly branch: string; readonly number: number | undefined; readonly files: number }[],
  index: number,
): string {
  const items = parts.map(({ branch, number, files }, at) => {
    const name = at === index ? "this one" : number === undefined ? codeSpan(branch) : `#${number}`;
    return `${at + 1}. ${name} (${counted(files, "file")})`;
  });
  const first = index === 0 ? "" : " The first one says what was left out of the whole, and how it was looked at.";
  return [
    `**Part ${index + 1} of ${parts.length}** of one change that is too large for one sitting. Each part stands on the branch of the one before: review and merge them in this order. The check ran on all of them together.${first}`,
    items.join("\n"),
  ].join("\n\n");
}

import type { LeftOut } from "../domain/refactor-result.ts";
import { showInvisible } from "../domain/visible-text.ts";
import { fence } from "./fence.ts";
import { counted } from "./figures.ts";
import { neutralizeBlock } from "./neutralize-code.ts";
import { inlineText } from "./neutralize.ts";
import { pathText } from "./path-text.ts";

/** Lines of what the check said about a file. */
const SHOWN_LINES = 4;
/** More files than this with one reason share a line, which names as many; the files of the run name all. */
const LISTED = 5;

/** The section on the files that are no part of the change, and why; empty when there are none. */
export function leftOutSection(files: readonly Omit<LeftOut, "status">[], limit: number): string[] {
  if (files.length === 0) return [];
  const groups = [
    ...Map.groupBy(files, ({ path, reason, complaint }) => (complaint === undefined ? reason : path)).values(),
  ];
  const items = groups.flatMap((group) =>
    group.length > LISTED ? [groupText(group)] : group.map((file) => fileText(file)),
  );
  const shown = items.slice(0, limit);
  if (items.length > shown.length) shown.push(`- … and ${items.length - shown.length} more`);
  return ["### Left out, and why", shown.join("\n")];
}

function groupText(group: readonly Omit<LeftOut, "status">[]): string {
  const [first] = group;
  const names = group.slice(0, LISTED).map(({ path }) => pathText(path));
  const reason = inlineText(first?.reason ?? "", 400);
  return `- ${counted(group.length, "file")}: ${reason} (${names.join(", ")} and ${group.length - LISTED} more)`;
}

function fileText({ path, reason, complaint = "" }: Omit<LeftOut, "status">): string {
  const line = `- ${pathText(path)}: ${inlineText(reason, 400)}`;
  const shown = shownComplaint(complaint);
  return shown === "" ? line : `${line}\n\n${indented(fence(shown, "text"))}\n`;
}

function shownComplaint(complaint: string): string {
  const lines = showInvisible(complaint)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const shown = lines.slice(0, SHOWN_LINES).map((line) => (line.length <= 300 ? line : `${line.slice(0, 299)}…`));
  const more = lines.length - shown.length;
  return neutralizeBlock([...shown, ...(more > 0 ? [`… and ${counted(more, "more line")}`] : [])].join("\n"));
}

function indented(block: string): string {
  return block
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}

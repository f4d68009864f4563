import type { AuditedFile, AuditSection } from "../domain/audit-section.ts";
import { topFolder } from "../domain/path-parts.ts";
import { pathCell, table } from "./audit-tables.ts";
import { counted } from "./figures.ts";
import { tableCell } from "./neutralize.ts";

const MAX_FOLDERS = 30;
const MAX_FILES = 200;

/** What was read, what is known from before, and what nobody looked at: as numbers, by folder, and file by file where it matters. */
export function auditCoverage(audit: AuditSection): string {
  const count = (...states: readonly AuditedFile["state"][]): number =>
    audit.files.filter(({ state }) => states.includes(state)).length;
  const missed = audit.files.filter(({ state }) => state === "failed" || state === "elsewhere");
  const later = audit.files.filter(({ state }) => state === "postponed");
  const skipped = audit.files.filter(({ state }) => state === "skipped");
  return [
    table(
      ["Files that the recipe matches", "Number"],
      [
        ["read in this run", String(count("read"))],
        ["unchanged since they were read, verdict reused", String(count("reused"))],
        ["left for another night", String(later.length)],
        ["not looked at on purpose", String(skipped.length)],
        ["**not looked at although they should have been**", String(missed.length)],
      ].filter(([, number], index) => index === 0 || number !== "0"),
    ),
    byFolder(audit.files),
    fileList("Not read although they should have been", missed),
    fileList("Left for another night", later),
    fileList("Not looked at on purpose", skipped),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function byFolder(files: readonly AuditedFile[]): string {
  const folders = [...Map.groupBy(files, ({ path }) => topFolder(path))].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (folders.length < 2) return "";
  const rows = folders.slice(0, MAX_FOLDERS).map(([folder, members]) => {
    const known = members.filter(({ state }) => state === "read" || state === "reused").length;
    const share = Math.floor((100 * known) / members.length);
    return [pathCell(folder === "" ? "(root)" : folder), String(members.length), String(known), `${share} %`];
  });
  const more = folders.length > MAX_FOLDERS ? `\n\nAnd ${counted(folders.length - MAX_FOLDERS, "more folder")}.` : "";
  return `${table(["Folder", "Files", "Looked at", "Share"], rows)}${more}`;
}

function fileList(title: string, files: readonly AuditedFile[]): string {
  if (files.length === 0) return "";
  const rows = files.slice(0, MAX_FILES).map(({ path, reason = "" }) => `- ${pathCell(path)}: ${tableCell(reason)}`);
  const more = files.length > MAX_FILES ? [`- and ${files.length - MAX_FILES} more`] : [];
  return `<details><summary>${title} (${files.length})</summary>\n\n${[...rows, ...more].join("\n")}\n\n</details>`;
}

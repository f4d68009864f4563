import { codeSpan } from "./fence.ts";
import { neutralizeCode } from "./neutralize-code.ts";
import { inlineText } from "./neutralize.ts";

/** One setting as it is in force. `value` may be anybody's text. */
export type ConfigRow = { readonly name: string; readonly value: string; readonly from: string };

const MAX_VALUE = 160;

/** Settings as a table. Values are shown as code, cut where they are long. */
export function configTable(rows: readonly ConfigRow[]): string {
  const line = ({ name, value, from }: ConfigRow): string =>
    `| ${codeSpan(name)} | ${shown(value)} | ${inlineText(from)} |`;
  return ["| Setting | Value | From |", "| :--- | :--- | :--- |", ...rows.map(line)].join("\n");
}

function shown(value: string): string {
  const text = value.replaceAll(/\s+/g, " ").trim();
  if (text === "") return "none";
  const short = text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE - 1)}…`.toWellFormed();
  return codeSpan(neutralizeCode(short)).replaceAll("|", "\\|");
}

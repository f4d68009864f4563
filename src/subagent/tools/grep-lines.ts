import type { LineMatch, TextMatches } from "./search-text.ts";
import { shownLine } from "./shown-line.ts";

const MAX_LINE = 500;

export type GrepFormat = {
  readonly output_mode: "content" | "files_with_matches" | "count";
  readonly "-A"?: number | undefined;
  readonly "-B"?: number | undefined;
  readonly "-C"?: number | undefined;
  readonly context?: number | undefined;
  readonly "-n": boolean;
  readonly "-o": boolean;
};

/** The output lines for one file, as ripgrep prints them: `path:12:text` for matches, `path-13-text` around them, `--` between. */
export function grepLines(path: string, { lines, matches }: TextMatches, format: GrepFormat): string[] {
  if (matches.length === 0) return [];
  if (format.output_mode === "files_with_matches") return [path];
  if (format.output_mode === "count") return [`${path}:${matches.length}`];
  if (format["-o"]) return matches.flatMap((match) => onlyParts(path, match, format));
  return withContext(path, lines, matches, format);
}

function onlyParts(path: string, match: LineMatch, format: GrepFormat): string[] {
  const number = format["-n"] ? `${match.line + 1}:` : "";
  return match.parts.filter((part) => part !== "").map((part) => `${path}:${number}${shownLine(part, MAX_LINE)}`);
}

function withContext(
  path: string,
  lines: readonly string[],
  matches: readonly LineMatch[],
  format: GrepFormat,
): string[] {
  const around = format["-C"] ?? format.context ?? 0;
  const before = format["-B"] ?? around;
  const after = format["-A"] ?? around;
  const matched = new Map(matches.map((match) => [match.line, match]));
  const output: string[] = [];
  let next = 0;
  for (const { line } of matches) {
    const from = Math.max(next, line - before);
    if (output.length > 0 && from > next && before + after > 0) output.push("--");
    for (let index = from; index <= Math.min(line + after, lines.length - 1); index += 1) {
      const match = matched.get(index);
      const sign = match === undefined ? "-" : ":";
      const number = format["-n"] ? `${index + 1}${sign}` : "";
      output.push(`${path}${sign}${number}${shownLine(lines[index] ?? "", MAX_LINE, match?.column)}`);
    }
    next = Math.max(next, line + after + 1);
  }
  return output;
}

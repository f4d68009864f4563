import type { ImportLanguage } from "./import-specifiers.ts";

/** One declaration that other files can use. `index` is its first line's place in the given lines. */
export type Declaration = { readonly name: string; readonly index: number; readonly text: string };

type Pattern = { readonly regex: RegExp; readonly kind: "header" | "block" };

/** Longer lines are no declarations that people wrote. */
const MAX_LINE = 400;
/** A header or a type longer than this is compared by its beginning. */
const MAX_LINES = 40;
const MAX_TEXT = 2_000;

/** The first group is the name. `block`: the members are part of the interface; `header`: the body is not. */
const PATTERNS: Record<ImportLanguage, readonly Pattern[]> = {
  js: [
    {
      kind: "block",
      regex: /^\s*export\s+(?:default\s+)?(?:declare\s+)?(?:interface|type|(?:const\s+)?enum)\s+([A-Za-z_]\w*)/,
    },
    {
      kind: "header",
      regex:
        /^\s*export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|var)\s*([A-Za-z_]\w*)/,
    },
    { kind: "header", regex: /^\s*(?:module\.)?exports\.([A-Za-z_]\w*)\s*=/ },
    { kind: "header", regex: /^\s*(?!this\b)[A-Za-z_]\w*\.([A-Za-z_]\w*)\s*=\s*(?:async\s+)?function\b/ },
  ],
  python: [
    { kind: "header", regex: /^\s*(?:async\s+)?def\s+([A-Za-z]\w*)\s*\(/ },
    { kind: "header", regex: /^class\s+([A-Za-z]\w*)/ },
  ],
  go: [
    { kind: "header", regex: /^func\s+(?:\([^)]{0,200}\)\s*)?([A-Z]\w*)\s*[([]/ },
    { kind: "block", regex: /^type\s+([A-Z]\w*)\s/ },
  ],
  jvm: [
    { kind: "header", regex: /^\s*public\s+(?:\w+\s+){0,4}(?:class|interface|enum|record)\s+([A-Za-z_]\w*)/ },
    { kind: "header", regex: /^\s*public\s+(?:[\w<>[\],.?@]+\s+){0,8}([A-Za-z_]\w*)\s*\(/ },
  ],
};

/**
 * What the lines declare for others: exports of JavaScript and TypeScript (and functions put on an object), functions and classes of Python, exported names of Go, public
 * ones of Java. A light lexer: it reads signatures and members, not bodies, and may stop early at unusual code.
 */
export function declarationsIn(language: ImportLanguage, lines: readonly string[]): readonly Declaration[] {
  return lines.flatMap((line, index) => {
    if (line.length > MAX_LINE) return [];
    for (const { regex, kind } of PATTERNS[language]) {
      const name = regex.exec(line)?.[1];
      if (name !== undefined)
        return [{ name, index, text: textOf(lines.slice(index, index + MAX_LINES), kind, language) }];
    }
    return [];
  });
}

/** From the declaration to where its interface ends, without what formatters change. */
function textOf(lines: readonly string[], kind: Pattern["kind"], language: ImportLanguage): string {
  const source = lines.join("\n").slice(0, MAX_TEXT);
  let depth = 0;
  let last = "";
  let end = source.length;
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? "";
    if (depth === 0 && endsAt(source, at, last, kind, language)) {
      end = at;
      break;
    }
    if ("([{".includes(char)) depth += 1;
    if (")]}".includes(char)) depth -= 1;
    if (depth < 0) {
      end = at;
      break;
    }
    if (!/\s/.test(char)) last = char;
  }
  return source
    .slice(0, end)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\((\w+)\) =>/g, "$1 =>")
    .replaceAll(/,\s*([)\]}])/g, " $1")
    .replaceAll(/([([{])\s+|\s+(?=[)\]}])/g, "$1")
    .trim();
}

/** Whether the interface is over before the character at `at`, outside of all brackets; `last` is the last non-blank before it. */
function endsAt(source: string, at: number, last: string, kind: Pattern["kind"], language: ImportLanguage): boolean {
  const char = source[at];
  if (char === ";") return true;
  if (char === "\n") {
    const next = source.slice(at + 1).trimStart()[0] ?? "";
    return last === "}" || (kind === "block" && !"|&={".includes(next) && !"|&=".includes(last));
  }
  if (kind === "block") return false;
  if (language === "python") return char === ":";
  if (char === "{") return !":|&=<,".includes(last);
  return char === "=" && source[at + 1] === ">";
}

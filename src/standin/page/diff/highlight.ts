import { escapeHtml, trusted, type Markup } from "../markup.ts";

const WORDS = {
  script: `abstract as async await break case catch class const continue debugger default delete do else enum export extends finally for from
    function get if implements import in instanceof interface let new of private protected public readonly return set static super switch
    this throw try type typeof var void while yield satisfies namespace declare`,
  python: `and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not
    or pass raise return try while with yield match case self`,
  go: `break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select
    struct switch type var`,
  java: `abstract assert break case catch class continue default do else enum extends final finally for if implements import instanceof
    interface native new package private protected public record return sealed static super switch synchronized this throw throws
    transient try var void volatile while yield int long boolean double float char byte short`,
  sql: `add all alter and as asc between by case check column constraint create cross default delete desc distinct drop else end exists foreign
    from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references
    returning right rollback select set table then transaction trigger union unique update using values view when where with begin commit
    integer bigint text timestamptz boolean numeric serial varchar date timestamp`,
  shell: `if then else elif fi for while do done case esac function in return export local set exit cd echo`,
  plain: "",
} as const;
type Family = keyof typeof WORDS;

const FAMILIES: Readonly<Record<string, Family>> = {
  ...Object.fromEntries(
    "ts tsx mts cts js jsx mjs cjs typescript javascript json jsonc".split(" ").map((name) => [name, "script"]),
  ),
  ...Object.fromEntries("java kt cs c h cpp hpp rs swift scala php".split(" ").map((name) => [name, "java"])),
  ...Object.fromEntries("sh bash zsh shell console".split(" ").map((name) => [name, "shell"])),
  py: "python",
  python: "python",
  go: "go",
  sql: "sql",
  yml: "shell",
  yaml: "shell",
};

const KEYWORDS: ReadonlyMap<Family, ReadonlySet<string>> = new Map(
  Object.entries(WORDS).flatMap(([family, words]) => (isFamily(family) ? [[family, new Set(words.split(/\s+/))]] : [])),
);

const CONSTANTS = new Set(["true", "false", "null", "undefined", "None", "True", "False", "nil", "NaN"]);

/** Beyond this a line is data, not something to read: it is shown plain. */
const LONGEST = 1000;

const STRING = String.raw`"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?`;
const WORD = String.raw`\d[\d_a-fA-FxX.]*|[A-Za-z_$][\w$]*`;
const PATTERNS = {
  slashes: new RegExp(
    String.raw`(?<comment>\/\/.*|\/\*.*?(?:\*\/|$)|^\s*\*(?:\s.*|\/)?$)|(?<string>${STRING}|\x60(?:[^\x60\\]|\\.)*\x60?)|(?<word>${WORD})`,
    "g",
  ),
  hashes: new RegExp(String.raw`(?<comment>(?<=^|\s)#.*)|(?<string>${STRING})|(?<word>${WORD})`, "g"),
  dashes: new RegExp(String.raw`(?<comment>--.*)|(?<string>${STRING})|(?<word>${WORD})`, "g"),
} as const;

/** The language of a path as {@link highlight} takes it: its extension. */
export function languageOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
}

/** Colours one line of code by its words alone, without knowledge of the lines around it. */
export function highlight(line: string, language: string): Markup {
  const family = FAMILIES[language] ?? "plain";
  if (family === "plain" || line.length > LONGEST) return trusted(showControls(escapeHtml(line)));
  const pattern =
    family === "sql" ? PATTERNS.dashes : family === "python" || family === "shell" ? PATTERNS.hashes : PATTERNS.slashes;
  let out = "";
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    const [text] = match;
    out += escapeHtml(line.slice(end, match.index));
    end = match.index + text.length;
    const kind =
      match.groups?.["comment"] !== undefined
        ? "c"
        : match.groups?.["string"] !== undefined
          ? "s"
          : wordKind(text, family, line[match.index - 1], line[end]);
    out += kind === undefined ? escapeHtml(text) : `<span class="h${kind}">${escapeHtml(text)}</span>`;
  }
  return trusted(showControls(out + escapeHtml(line.slice(end))));
}

/** Controls that turn the order of the text around them, of which GitHub warns: https://trojansource.codes */
const BIDIRECTIONAL = /[\u202a-\u202e\u2066-\u2069]/g;

export function hasBidirectionalControls(text: string): boolean {
  return text.search(BIDIRECTIONAL) >= 0;
}

function showControls(html: string): string {
  return html.replaceAll(BIDIRECTIONAL, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `<span class="control">U+${code}</span>`;
  });
}

function wordKind(
  word: string,
  family: Family,
  previous: string | undefined,
  next: string | undefined,
): "k" | "n" | "f" | "t" | undefined {
  if (previous !== "." && KEYWORDS.get(family)?.has(family === "sql" ? word.toLowerCase() : word) === true) return "k";
  if (/^\d/.test(word) || CONSTANTS.has(word)) return "n";
  if (next === "(") return "f";
  return /^[A-Z]\w*[a-z]/.test(word) && family !== "sql" ? "t" : undefined;
}

function isFamily(name: string): name is Family {
  return name in WORDS;
}

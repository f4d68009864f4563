import { posix } from "node:path";

/** What we know of one grammar. */
export type Grammar = {
  /** Names that rule files may use, lower case; the first is how we print it. */
  readonly names: readonly [string, ...string[]];
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Stands for `$` while a pattern is parsed, in languages where `$` cannot start an identifier. */
  readonly expandoChar?: string;
};

/** Grammar name (as in `tree-sitter-<grammar>.wasm`) -> names and files. The spelling of names and extensions follows ast-grep's list. */
export const GRAMMARS = {
  typescript: { names: ["TypeScript", "ts"], extensions: [".ts", ".mts", ".cts"] },
  tsx: { names: ["Tsx"], extensions: [".tsx"] },
  javascript: { names: ["JavaScript", "js", "jsx"], extensions: [".js", ".mjs", ".cjs", ".jsx"] },
  python: { names: ["Python", "py"], extensions: [".py", ".pyi"], expandoChar: "µ" },
  go: { names: ["Go", "golang"], extensions: [".go"], expandoChar: "µ" },
  java: { names: ["Java"], extensions: [".java"] },
  ruby: { names: ["Ruby", "rb"], extensions: [".rb", ".rake"], expandoChar: "µ" },
  rust: { names: ["Rust", "rs"], extensions: [".rs"], expandoChar: "µ" },
  php: { names: ["Php"], extensions: [".php"], expandoChar: "µ" },
  "c-sharp": { names: ["CSharp", "cs"], extensions: [".cs"], expandoChar: "µ" },
  cpp: {
    names: ["Cpp", "c++", "cc", "c"],
    extensions: [".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx"],
    expandoChar: "𐀀",
  },
  bash: { names: ["Bash", "sh"], extensions: [".sh", ".bash"], expandoChar: "µ" },
  css: { names: ["Css"], extensions: [".css"], expandoChar: "_" },
} as const satisfies Record<string, Grammar>;

export type LanguageId = keyof typeof GRAMMARS;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys of a const object
const IDS = Object.keys(GRAMMARS) as LanguageId[];
const BY_EXTENSION = new Map<string, LanguageId>(
  IDS.flatMap((id) => GRAMMARS[id].extensions.map((extension): [string, LanguageId] => [extension, id])),
);
const BY_NAME = new Map<string, LanguageId>(
  IDS.flatMap((id) => GRAMMARS[id].names.map((name): [string, LanguageId] => [name.toLowerCase(), id])),
);

/** The language of a file by its extension, which git's quoting of an odd name leaves visible; undefined when no grammar is for it. */
export function languageOf(path: string): LanguageId | undefined {
  return BY_EXTENSION.get(posix.extname(path.replace(/"$/, "")).toLowerCase());
}

/** The language that a rule file names, in any case; undefined when we have none of that name. */
export function languageNamed(name: string): LanguageId | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** What rule files may write as `language`. */
export const LANGUAGE_NAMES: readonly string[] = IDS.map((id) => GRAMMARS[id].names[0]);

const TEST_PATH =
  /(?:^|\/)(?:(?:i|db|unit|func|functional|integration|smoke|black-box-)?tests?|(?:e2e|integration|load|perf)[-_]?tests?|benchmarks?|__tests__|__mocks__|specs?|e2e|testing|test[-_]?data|test[-_]?(?:utils?|helpers?)|fixtures?|cypress|playwright)\/|[._-](?:test|spec|tests|cy|e2e|stories|story|bench)\.[a-z]+$|(?:^|\/)(?:test|jest|vitest)[._-]?(?:setup|config)[^/]*$|(?:^|\/)test_[^/]*\.py$|_test\.(?:go|py)$|(?:^|\/)(?:conftest|tests)\.py$|(?:Tests?|TestCase|IT|Spec)\.java$|(?:^|\/)Test[A-Z]\w*\.java$|(?:^|\/)src\/(?:test|integrationTest)\//;

/** Whether a file holds tests, or parts that only tests use, by the conventions of the languages above. */
export function isTestPath(path: string): boolean {
  return TEST_PATH.test(path);
}

const VENDORED_PATH =
  /(?:^|\/)(?:vendors?|vendored|third[-_]?party|bower_components|node_modules|pdf\.?js|tinymce|ckeditor\d?|codemirror|mathjax|monaco)\/|(?:^|\/)(?:jquery|bootstrap|lodash|moment|echarts|select2|pdf|d3|codemirror|tinymce|ckeditor|datatables)(?:[.-][\w.-]+)?\.[jt]s$|\.min\.js$/i;

/** Whether somebody else wrote the file and this repository only holds a copy, by the folders and names that are usual for it. */
export function isVendoredPath(path: string): boolean {
  return VENDORED_PATH.test(path);
}

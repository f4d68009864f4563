import { extensionOf } from "./path-parts.ts";
import type { RepoPath } from "./repo-path.ts";

/** The languages whose imports are understood. */
export type ImportLanguage = "js" | "python" | "go" | "jvm";

/** Imports stand at the top; beyond this many characters nothing is looked for, so a hostile text cannot cost time. */
const SCANNED_CHARACTERS = 64_000;

/** A file with more imports is a hub or an attack; either way the first ones say enough. */
const MOST_IMPORTS = 300;

const JS_IMPORT = /\b(?:from|import|require)[\s(]{0,20}["']([^"'\n]{1,300})["']/g;
const PYTHON_FROM =
  /^[ \t]{0,40}from[ \t]{1,20}(\.{0,10})([\w.]{0,200})[ \t]{1,20}import[ \t]{1,20}(\([^()]{0,4000}\)|[^\n#(]{0,1000})/gm;
const PYTHON_IMPORT = /^[ \t]{0,40}import[ \t]{1,20}([\w., \t]{1,1000})/gm;
const GO_IMPORT =
  /^[ \t]{0,8}(?:import[ \t]{1,8})?(?:[\w.]{1,60}[ \t]{1,8})?"([^"\n]{1,300})"[ \t]{0,8}(?:\/\/[^\n]*)?\r?$/gm;
const JVM_IMPORT = /^[ \t]{0,8}import[ \t]{1,8}(?:static[ \t]{1,8})?([\w.]{1,300})/gm;

const LANGUAGES: ReadonlyMap<string, ImportLanguage> = new Map([
  ...["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "vue", "svelte", "astro"].map(
    (ext) => [ext, "js"] as const,
  ),
  ["py", "python"],
  ["pyi", "python"],
  ["go", "go"],
  ...["java", "kt", "scala", "groovy"].map((ext) => [ext, "jvm"] as const),
]);

/** The language by extension; undefined where imports are not understood. */
export function importLanguage(path: RepoPath): ImportLanguage | undefined {
  return LANGUAGES.get(extensionOf(path));
}

/**
 * What the text imports, in one notation for each language: js as written (`./a.js`, `@/b`, `pkg/c`); python as dots and slashes
 * (`..pkg/mod`, each imported name also as a module below it); go as written; jvm with slashes (`com/acme/Foo`). A light lexer: strings
 * in comments count too, which is harmless because a specifier only matters when it resolves to a changed file.
 */
export function importSpecifiers(language: ImportLanguage, text: string): readonly string[] {
  return LEXERS[language](text.slice(0, SCANNED_CHARACTERS));
}

const LEXERS: Record<ImportLanguage, (text: string) => readonly string[]> = {
  js: (text) => captures(JS_IMPORT, text),
  python: pythonSpecifiers,
  go: (text) => captures(GO_IMPORT, text.split("\nfunc ", 1)[0] ?? ""),
  jvm: (text) => captures(JVM_IMPORT, text).map((name) => name.replaceAll(".", "/")),
};

function captures(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern).take(MOST_IMPORTS)].map((match) => match[1] ?? "");
}

function pythonSpecifiers(text: string): string[] {
  const plain = captures(PYTHON_IMPORT, text).flatMap((list) =>
    list.split(",").map((item) => (item.trim().split(/\s/)[0] ?? "").replaceAll(".", "/")),
  );
  const from = [...text.matchAll(PYTHON_FROM).take(MOST_IMPORTS)].flatMap(([, dots = "", name = "", list = ""]) => {
    const module = dots + name.replaceAll(".", "/");
    const names = list.replaceAll(/#[^\n]*|[()\\]/g, " ").split(",");
    const below = names.map((item) => item.trim().split(/\s/)[0] ?? "").filter((item) => /^\w+$/.test(item));
    const separator = name === "" ? "" : "/";
    return [module, ...below.map((item) => `${module}${separator}${item}`)];
  });
  return [...plain, ...from];
}

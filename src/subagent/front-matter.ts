import { isMap, isScalar, LineCounter, parseDocument } from "yaml";

/** A Markdown file with YAML between two `---` lines at its top. Lines are 1-based in the file. */
export type FrontMatter = {
  readonly data: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** The line a key stands on; 1 for a key that is not there. */
  readonly lineOf: (key: string) => number;
};

/** Why a file's front matter cannot be used. */
export type BrokenFrontMatter = { readonly line: number; readonly problem: string };

const FRONT = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\r?\n|$)/;

/** Reads a file's front matter; a file without any has no data and is all body. Anchors are expanded at most twenty times. */
export function readFrontMatter(text: string): FrontMatter | BrokenFrontMatter {
  const match = FRONT.exec(text);
  if (match === null) return { data: {}, body: text, lineOf: () => 1 };
  const lines = new LineCounter();
  const document = parseDocument(match[1] ?? "", { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    return { line: lines.linePos(broken.pos[0]).line + 1, problem: `not valid YAML: ${broken.message}` };
  }
  const data: unknown = readValue(() => document.toJS({ maxAliasCount: 20 }));
  if (data === undefined || data === null) return { data: {}, body: text.slice(match[0].length), lineOf: () => 1 };
  if (typeof data !== "object" || Array.isArray(data)) {
    return { line: 2, problem: "the text between the --- lines must be keys with values" };
  }
  return {
    data: { ...data },
    body: text.slice(match[0].length),
    lineOf: (key) => {
      const pairs = isMap(document.contents) ? document.contents.items : [];
      const node = pairs.map((pair) => pair.key).find((each) => isScalar(each) && each.value === key);
      const start = isScalar(node) ? node.range[0] : undefined;
      return start === undefined ? 1 : lines.linePos(start).line + 1;
    },
  };
}

function readValue(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return [];
  }
}

import { compareText } from "./compare-text.ts";
import { type Declaration, declarationsIn } from "./declarations.ts";
import type { ChangedFile, DiffSide, Hunk } from "./diff.ts";
import { importLanguage } from "./import-specifiers.ts";
import type { RepoPath } from "./repo-path.ts";
import { isTest } from "./test-subject.ts";
import { vendoredReason } from "./vendored.ts";

/** An exported declaration that the change altered or took away. */
export type Contract = {
  readonly path: RepoPath;
  readonly name: string;
  readonly before: string;
  /** Undefined when the file no longer declares it. */
  readonly after: string | undefined;
  /** Where to point at: the new declaration (RIGHT), or the old one where there is no new one (LEFT). 1-based. */
  readonly side: DiffSide;
  readonly line: number;
  /** The text of that line. */
  readonly quote: string;
};

type Side = { readonly declaration: Declaration; readonly line: number; readonly quote: string };

/** The contracts that the files break or bend, as far as their hunks show it, sorted by path, then by name. New ones are none. */
export function changedContracts(files: readonly ChangedFile[]): readonly Contract[] {
  return files
    .flatMap((file) => contractsIn(file))
    .toSorted((a, b) => compareText(a.path, b.path) || compareText(a.name, b.name));
}

function contractsIn(file: ChangedFile): readonly Contract[] {
  const { path } = file;
  if (importLanguage(path) === undefined || isTest(path) || vendoredReason(path, undefined) !== undefined) return [];
  const before = Map.groupBy(sidesIn(file, "LEFT"), ({ declaration }) => declaration.name);
  const after = Map.groupBy(sidesIn(file, "RIGHT"), ({ declaration }) => declaration.name);
  return [...before].flatMap(([name, old]): readonly Contract[] => {
    const now = after.get(name) ?? [];
    const texts = [textOf(old), textOf(now)] as const;
    const shown = now[0] ?? old[0];
    if (texts[0] === texts[1] || shown === undefined) return [];
    return [
      {
        path,
        name,
        before: texts[0],
        after: now.length === 0 ? undefined : texts[1],
        side: now.length === 0 ? "LEFT" : "RIGHT",
        line: shown.line,
        quote: shown.quote,
      },
    ];
  });
}

/** Overloads and redeclarations count together. */
function textOf(sides: readonly Side[]): string {
  return sides.map(({ declaration }) => declaration.text).join("\n");
}

function sidesIn(file: ChangedFile, side: DiffSide): readonly Side[] {
  const language = importLanguage(file.path);
  if (language === undefined) return [];
  return file.hunks.flatMap((hunk) => {
    const lines = linesOf(hunk, side);
    return declarationsIn(
      language,
      lines.map(({ text }) => text),
    ).flatMap((declaration) => {
      const at = lines[declaration.index];
      return at === undefined ? [] : [{ declaration, line: at.line, quote: at.text }];
    });
  });
}

function linesOf(hunk: Hunk, side: DiffSide): readonly { readonly line: number; readonly text: string }[] {
  return hunk.lines.flatMap((line) => {
    if (side === "LEFT") return line.kind === "added" ? [] : [{ line: line.oldLine, text: line.text }];
    return line.kind === "removed" ? [] : [{ line: line.newLine, text: line.text }];
  });
}

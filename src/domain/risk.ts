import type { PathAttributes } from "./change-set.ts";
import { changedText } from "./changed-text.ts";
import type { ChangedFile } from "./diff.ts";
import { baseName, extensionOf, wordsOf } from "./path-parts.ts";
import { PIPELINE_PATH, RISK_SUBJECTS } from "./risk-subject.ts";
import type { RiskTier } from "./subtask.ts";
import { isTest } from "./test-subject.ts";

/** How deep a file is looked at; `reason` completes "read in depth: ..." or "looked at lightly: ...", "" for normal. */
export type Risk = { readonly tier: RiskTier; readonly reason: string };

const NORMAL: Risk = { tier: "normal", reason: "" };

const PROSE: ReadonlySet<string> = new Set([
  "md",
  "mdx",
  "markdown",
  "rst",
  "adoc",
  "asciidoc",
  "txt",
  "org",
  "po",
  "pot",
]);
const PROSE_NAMES =
  /^(?:LICENSE|LICENCE|NOTICE|AUTHORS|CONTRIBUTORS|CHANGELOG|CHANGES|README|CODE_OF_CONDUCT)(?:\..*)?$/i;
/** Text files that programs obey. */
const NOT_PROSE =
  /^(?:requirements[^/]*|constraints[^/]*|CMakeLists|robots|humans|ads|security)\.txt$|^(?:REVIEW|AGENTS|CLAUDE|SKILL|copilot-instructions)\.md$/i;

/** Where leading blanks are part of the meaning, a change of them is no formatting. */
const INDENTED: ReadonlySet<string> = new Set([
  "py",
  "pyi",
  "yml",
  "yaml",
  "pug",
  "haml",
  "slim",
  "sass",
  "coffee",
  "nim",
  "hs",
  "fs",
  "mk",
  "md",
  "rst",
]);

/** The tier by what the file is and what its changed lines touch. Settings (`profiles`) stand above it. */
export function assessRisk(file: ChangedFile, attributes: PathAttributes | undefined): Risk {
  if (PIPELINE_PATH.test(file.path)) return { tier: "deep", reason: `pipeline and infrastructure (${file.path})` };
  if (isProse(file, attributes)) return { tier: "light", reason: "documentation" };
  if (isFormatting(file)) return { tier: "light", reason: "only blanks changed" };
  if (file.becameExecutable) return { tier: "deep", reason: `became executable (${file.path})` };
  return isTest(file.path) ? NORMAL : subjectRisk(file);
}

function isProse(file: ChangedFile, attributes: PathAttributes | undefined): boolean {
  if (attributes?.documentation !== undefined) return attributes.documentation;
  const name = baseName(file.path);
  return !NOT_PROSE.test(name) && (PROSE.has(extensionOf(file.path)) || PROSE_NAMES.test(name));
}

function subjectRisk(file: ChangedFile): Risk {
  const words = new Set(wordsOf(file.path));
  const extension = extensionOf(file.path);
  if (extension === "sql") return { tier: "deep", reason: `SQL (${file.path})` };
  const text = changedText(file.hunks);
  for (const subject of RISK_SUBJECTS) {
    const isNamed = subject.words.some((word) => words.has(word));
    if (isNamed || subject.code?.test(text) === true) return { tier: "deep", reason: `${subject.name} (${file.path})` };
  }
  return NORMAL;
}

/** Whether every hunk removes and adds the same text but for blanks (but for blanks at line ends, where indentation counts). */
function isFormatting(file: ChangedFile): boolean {
  if (file.hunks.length === 0) return false;
  const isIndented = INDENTED.has(extensionOf(file.path));
  const normal = (lines: readonly string[]): string =>
    isIndented
      ? lines
          .map((line) => line.trimEnd())
          .filter((line) => line !== "")
          .join("\n")
      : lines.join("").replaceAll(/\s+/g, "");
  return file.hunks.every((hunk) => {
    const texts = (kind: "added" | "removed"): string[] =>
      hunk.lines.filter((line) => line.kind === kind).map((line) => line.text);
    const [added, removed] = [texts("added"), texts("removed")];
    if (removed.length === 0 && added.some((line) => line.trim() !== "")) return false;
    return normal(added) === normal(removed);
  });
}

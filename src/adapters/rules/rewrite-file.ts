import type { RepoPath } from "../../domain/repo-path.ts";
import type { Rewrite } from "../../ports/rewriter.ts";
import type { Engine, Match } from "./engine.ts";
import { languageOf } from "./languages.ts";
import type { SyntaxRule } from "./rule.ts";
import { outermost, rulesFor } from "./scan-file.ts";
import { fillTemplate, metavariables } from "./template.ts";

type Rewritten = Omit<Rewrite, "error">;

/** The text after all rules, each on what those before it made. Of matches inside each other the outer one is replaced. */
export function rewriteFile(engine: Engine, rules: readonly SyntaxRule[], path: RepoPath, text: string): Rewritten {
  const language = languageOf(path);
  let current = text;
  const applied: Rewritten["applied"][number][] = [];
  const questions: Rewritten["questions"][number][] = [];
  for (const rule of rules) {
    // Whether a rule can match at all is told anew: the rules before it may have made its text.
    if (language === undefined || rulesFor(path, current, [rule]).length === 0) continue;
    const names = metavariables(`${rule.message} ${rule.fix ?? ""}`);
    const matches = engine.withTree(language, current, (find) => outermost(find(rule.matcher, names)));
    if (matches.length === 0) continue;
    const { fix } = rule;
    const message = (match: Match): string => fillTemplate(rule.message, (name) => match.captured.get(name) ?? "");
    if (fix === undefined) {
      for (const match of matches) {
        questions.push({ ruleId: rule.id, line: match.start.line + 1, message: message(match) });
      }
      continue;
    }
    const before = current;
    for (const match of matches.toReversed()) current = replaced(current, match, fix);
    if (current === before) continue;
    const [first] = matches;
    const what = first === undefined ? rule.title : message(first);
    applied.push({ ruleId: rule.id, what, why: rule.why, places: matches.length });
  }
  return { path, text: current, applied, questions };
}

/** One match replaced. The further lines of a replacement stand as deep as the match; a line that is left with a separator at most goes. */
function replaced(text: string, match: Match, fix: string): string {
  const [from, to] = [match.start.index, match.end.index];
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, from))?.[0] ?? "";
  const template = fix.replaceAll(/\n(?=[^\n])/g, `\n${indent}`);
  const inserted = fillTemplate(template, (name) => match.captured.get(name) ?? "");
  if (inserted !== "") return text.slice(0, from) + inserted + text.slice(to);
  const lineEnd = endOfLine(text, to);
  const standsAlone = text.slice(lineStart, from).trim() === "" && /^\s*[;,]?\s*$/.test(text.slice(to, lineEnd));
  return standsAlone ? joined(text.slice(0, lineStart), text.slice(lineEnd)) : text.slice(0, from) + text.slice(to);
}

/** Without the line end, so that it may be cut off with the line. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end + 1;
}

/** Two parts between which lines are gone: of the blank lines around the gap no more stay than a reader would leave. */
function joined(before: string, after: string): string {
  const followsBlank = /(?:^|\n)[ \t]*\r?\n$/.test(before) || before === "";
  const followsOpening = /[{([]\s*$/.test(before);
  const closesNext = /^[ \t]*[})\]]/.test(after);
  const rest = followsBlank || followsOpening ? after.replace(/^(?:[ \t]*\r?\n)+/, "") : after;
  return (closesNext && followsBlank ? before.replace(/(?:\r?\n[ \t]*)+$/, "\n") : before) + rest;
}

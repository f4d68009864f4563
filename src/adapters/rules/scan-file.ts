import { posix } from "node:path";

import type { Claim } from "../../domain/finding.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Engine, Match } from "./engine.ts";
import { isTestPath, isVendoredPath, languageOf } from "./languages.ts";
import { LineTable } from "./line-table.ts";
import { mayMatch } from "./needs.ts";
import type { RuleSet, SyntaxRule } from "./rule.ts";
import { isSuppressed } from "./suppression.ts";
import { fillTemplate, metavariables } from "./template.ts";
import { scanText } from "./text/text-rules.ts";

/** Longest part of captured code that a message repeats. */
const SHOWN_CAPTURE = 80;
/** `Claim.quote` and `Claim.suggestion` may be this long. */
const MAX_QUOTE = 8_000;
/** More matches of one rule in one file say nothing new: generated or hostile code made 40,000 of one file. */
const MAX_MATCHES = 100;

/** The ast-grep rules that can match in this file. Costs a few text searches, no parsing. */
export function rulesFor(path: RepoPath, text: string, rules: readonly SyntaxRule[]): readonly SyntaxRule[] {
  const language = languageOf(path);
  if (language === undefined || isVendoredPath(path)) return [];
  const answers = new Map<string, boolean>();
  const contains = (literal: string): boolean => {
    const known = answers.get(literal);
    if (known !== undefined) return known;
    const answer = text.includes(literal);
    answers.set(literal, answer);
    return answer;
  };
  const inTests = isTestPath(path);
  return rules.filter(
    (rule) =>
      rule.languages.includes(language) &&
      !(inTests && rule.skipTests) &&
      mayMatch(rule.needs, contains) &&
      (rule.files.length === 0 || rule.files.some((glob) => posix.matchesGlob(path, glob))) &&
      !rule.ignores.some((glob) => posix.matchesGlob(path, glob)),
  );
}

/** Everything that the rules find in one file, by line, then rule. */
export function scanFile(engine: Engine, rules: RuleSet, path: RepoPath, text: string): readonly Claim[] {
  const lines = new LineTable(text);
  const claims = scanSyntax(engine, rules.syntax, path, text, lines);
  return ordered([...scanText(path, text, lines, rules.text), ...claims], lines);
}

/** As `scanFile`, for a file that no ast-grep rule can match in: takes no engine. Undefined for any other. */
export function scanWithoutEngine(rules: RuleSet, path: RepoPath, text: string): readonly Claim[] | undefined {
  if (rulesFor(path, text, rules.syntax).length > 0) return undefined;
  const lines = new LineTable(text);
  return ordered(scanText(path, text, lines, rules.text), lines);
}

function ordered(claims: readonly Claim[], lines: LineTable): readonly Claim[] {
  return claims
    .filter((claim) => !isSuppressed(lines, claim.startLine, claim.ruleId ?? ""))
    .toSorted((a, b) => a.startLine - b.startLine || a.endLine - b.endLine || compare(a.ruleId, b.ruleId));
}

function scanSyntax(
  engine: Engine,
  rules: readonly SyntaxRule[],
  path: RepoPath,
  text: string,
  lines: LineTable,
): readonly Claim[] {
  const language = languageOf(path);
  const candidates = rulesFor(path, text, rules);
  if (language === undefined || candidates.length === 0) return [];
  return engine.withTree(language, text, (find) =>
    candidates.flatMap((rule) => {
      const names = metavariables(`${rule.message} ${rule.fix ?? ""}`);
      return outermost(find(rule.matcher, names))
        .slice(0, MAX_MATCHES)
        .map((match) => claimOf(rule, match, path, text, lines));
    }),
  );
}

/** A rule that matches inside its own match says the same thing twice. */
export function outermost(matches: readonly Match[]): readonly Match[] {
  let end = -1;
  return matches.filter((match) => {
    if (match.start.index < end) return false;
    end = match.end.index;
    return true;
  });
}

function claimOf(rule: SyntaxRule, match: Match, path: RepoPath, text: string, lines: LineTable): Claim {
  const startLine = match.start.line + 1;
  // A match that ends right after a line break ends on the line before.
  const lastLine = match.end.column === 0 && match.end.line > match.start.line ? match.end.line : match.end.line + 1;
  const { endLine, quote } = lines.quote(startLine, lastLine, MAX_QUOTE);
  const message = fillTemplate(rule.message, (name) => shown(match.captured.get(name) ?? ""));
  const suggestion = endLine === lastLine ? suggestionOf(rule, match, text, lines) : undefined;
  const title = fillTemplate(rule.title, (name) => shown(match.captured.get(name) ?? "")).slice(0, 200);
  const links = rule.url === undefined ? [] : [rule.url];
  return {
    path,
    startLine,
    endLine,
    side: "RIGHT",
    severity: rule.severity,
    category: rule.category,
    title,
    detail: [...(message === title ? [] : [message]), ...(rule.why === "" ? [] : [rule.why]), ...links].join("\n\n"),
    failureScenario: rule.failureScenario,
    ...(suggestion !== undefined && { suggestion }),
    quote,
    confidence: rule.confidence,
    source: "rule",
    ruleId: rule.id,
  };
}

/** The lines of the match with the match replaced. */
function suggestionOf(rule: SyntaxRule, match: Match, text: string, lines: LineTable): string | undefined {
  if (rule.fix === undefined) return undefined;
  const before = text.slice(lines.startOf(match.start.line + 1), match.start.index);
  const after = text.slice(match.end.index, lines.endOf(match.end.line + 1));
  const suggestion = before + fillTemplate(rule.fix, (name) => match.captured.get(name) ?? "") + after;
  return suggestion.length <= MAX_QUOTE ? suggestion : undefined;
}

function shown(code: string): string {
  const line = code.replaceAll(/\s+/g, " ");
  return line.length <= SHOWN_CAPTURE ? line : `${line.slice(0, SHOWN_CAPTURE - 1)}…`;
}

function compare(a: string | undefined, b: string | undefined): number {
  return (a ?? "") < (b ?? "") ? -1 : Number((a ?? "") > (b ?? ""));
}

import { type Document, isNode, LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";

import { CATEGORY } from "../../domain/finding.ts";
import { SEVERITIES, type Severity } from "../../domain/severity.ts";
import { LANGUAGE_NAMES, type LanguageId, languageNamed } from "./languages.ts";
import { deriveNeeds } from "./needs.ts";
import type { SyntaxRule } from "./rule.ts";

/** A rule file as it was read: a path for error messages, and YAML with one or more documents. */
export type RuleText = { readonly path: string; readonly text: string };

/** A rule and where it was written, so that what a compiler says later can still name file and line. */
export type PlacedRule = { readonly rule: SyntaxRule; readonly place: string };

/** What rule files say, and everything that is wrong with them, as `file:line: what and how to mend it`. */
export type ParsedRules = {
  readonly rules: readonly PlacedRule[];
  /** Ids of rules that are switched off by `severity: off`. */
  readonly off: readonly string[];
  readonly problems: readonly string[];
};

const MATCHER = z.record(z.string(), z.unknown());
const LANGUAGE = z.string().transform((name, context): LanguageId => {
  const language = languageNamed(name);
  if (language !== undefined) return language;
  context.addIssue({ code: "custom", message: `no such language: ${name}; there are ${LANGUAGE_NAMES.join(", ")}` });
  return z.NEVER;
});
const ID = z.string().regex(/^[A-Za-z0-9][\w.-]{0,79}$/, "must be letters, digits, '-', '_' or '.', at most 80");
const LITERALS = z.array(z.string().min(1)).min(1);
const AST_GREP_SEVERITIES = ["error", "warning", "info", "hint", "off"] as const;

/** ast-grep's own rule form, plus `language` as a list, and what we read from `metadata`. */
const RuleFile = z.strictObject({
  id: ID,
  language: z.preprocess((value) => (typeof value === "string" ? [value] : value), z.array(LANGUAGE).min(1)),
  severity: z.enum(AST_GREP_SEVERITIES).default("hint"),
  message: z.string().min(1).max(1_000),
  note: z.string().max(4_000).default(""),
  rule: MATCHER,
  constraints: MATCHER.optional(),
  utils: MATCHER.optional(),
  transform: MATCHER.optional(),
  fix: z.union([z.string(), MATCHER]).optional(),
  files: z.array(z.string()).default([]),
  ignores: z.array(z.string()).default([]),
  url: z.url().optional(),
  labels: MATCHER.optional(),
  metadata: z
    .looseObject({
      severity: z.enum(SEVERITIES).optional(),
      category: CATEGORY.default("custom"),
      title: z.string().min(1).max(200).optional(),
      failureScenario: z.string().max(4_000).default(""),
      /** Texts of which a file that can match has one; or several such lists, of each of which it has one. */
      needs: z.union([LITERALS.transform((clause) => [clause]), z.array(LITERALS)]).default([]),
      skipTests: z.boolean().default(false),
      confidence: z.number().min(0).max(1).default(1),
    })
    .prefault({}),
});
const SwitchedOff = z.looseObject({ id: ID, severity: z.literal("off") });

const SEVERITY_OF: Record<Exclude<(typeof AST_GREP_SEVERITIES)[number], "off">, Severity> = {
  error: "high",
  warning: "medium",
  info: "low",
  hint: "low",
};

/** Reads rule files. Never throws for what is in them: what is wrong is in `problems`. */
export function parseRules(files: readonly RuleText[]): ParsedRules {
  const rules: PlacedRule[] = [];
  const off: string[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const lines = new LineCounter();
    for (const document of parseAllDocuments(file.text, { lineCounter: lines })) {
      const place = (path: readonly PropertyKey[]): string => `${file.path}:${lineOf(document, lines, path)}`;
      const read = readDocument(document, lines, file.path);
      if (read.problem !== undefined) {
        problems.push(read.problem);
        continue;
      }
      if (SwitchedOff.safeParse(read.value).success) {
        off.push(SwitchedOff.parse(read.value).id);
        continue;
      }
      const parsed = RuleFile.safeParse(read.value);
      if (parsed.success) rules.push({ rule: toRule(parsed.data), place: place(["rule"]) });
      else problems.push(...parsed.error.issues.map((issue) => `${place(issue.path)}: ${explain(issue)}`));
    }
  }
  return { rules, off, problems };
}

function readDocument(
  document: Document.Parsed,
  lines: LineCounter,
  path: string,
): { value: unknown; problem?: string } {
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    return { value: undefined, problem: `${path}:${line}: not valid YAML: ${error.message.split("\n")[0] ?? ""}` };
  }
  try {
    return { value: document.toJS({ maxAliasCount: 20 }) };
  } catch (cause) {
    return {
      value: undefined,
      problem: `${path}: not usable YAML: ${cause instanceof Error ? cause.message : String(cause)}`,
    };
  }
}

/** 1-based line of the deepest part of `path` that the document has. */
function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function explain(issue: z.core.$ZodIssue): string {
  const where =
    issue.path.length === 0 ? "rule file" : `\`${issue.path.filter((key) => typeof key === "string").join(".")}\``;
  const missing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return missing ? `${where} is missing` : `${where}: ${issue.message}`;
}

function toRule(file: z.infer<typeof RuleFile>): SyntaxRule {
  const { metadata } = file;
  const languages = [...new Set(file.language)];
  const matcher = {
    rule: file.rule,
    ...(file.constraints !== undefined && { constraints: file.constraints }),
    ...(file.utils !== undefined && { utils: file.utils }),
    ...(file.transform !== undefined && { transform: file.transform }),
  };
  return {
    id: file.id,
    severity: metadata.severity ?? (file.severity === "off" ? "low" : SEVERITY_OF[file.severity]),
    category: metadata.category,
    title: metadata.title ?? firstSentence(file.message),
    message: file.message,
    why: file.note.trim(),
    failureScenario: metadata.failureScenario,
    ...(file.url !== undefined && { url: file.url }),
    languages,
    matcher,
    needs: [...metadata.needs, ...deriveNeeds(matcher, languages)],
    files: file.files,
    ignores: file.ignores,
    skipTests: metadata.skipTests,
    confidence: metadata.confidence,
    ...(typeof file.fix === "string" && { fix: file.fix }),
  };
}

function firstSentence(message: string): string {
  const sentence = /^[\s\S]+?(?=[.!?:](?:\s|$)|\n|$)/.exec(message)?.[0] ?? message;
  return sentence.length <= 200 ? sentence : `${sentence.slice(0, 199)}…`;
}

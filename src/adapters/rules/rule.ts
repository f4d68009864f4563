import type { Severity } from "../../domain/severity.ts";
import type { LanguageId } from "./languages.ts";

/** The part of a rule file that ast-grep itself understands, as it takes it. */
export type Matcher = {
  readonly rule: Readonly<Record<string, unknown>>;
  readonly constraints?: Readonly<Record<string, unknown>>;
  readonly utils?: Readonly<Record<string, unknown>>;
  readonly transform?: Readonly<Record<string, unknown>>;
};

/** What people read about a rule. */
export type RuleDescription = {
  readonly id: string;
  readonly severity: Severity;
  readonly category: string;
  readonly title: string;
  /** What is wrong at the match; `$NAME` and `$$$NAME` stand for what the pattern captured. */
  readonly message: string;
  /** Why it matters; "" when the rule does not say. */
  readonly why: string;
  readonly failureScenario: string;
  readonly url?: string;
};

/** An ast-grep rule, checked and ready. Plain data: it crosses to workers. */
export type SyntaxRule = RuleDescription & {
  readonly languages: readonly LanguageId[];
  readonly matcher: Matcher;
  /** A file can only match when, of each clause, it contains at least one text. No clause: any file can. */
  readonly needs: readonly (readonly string[])[];
  /** Globs over the whole path; empty: every file. */
  readonly files: readonly string[];
  readonly ignores: readonly string[];
  /** Whether files that hold tests are left out. */
  readonly skipTests: boolean;
  /** The share of its findings that are right where it was measured on code that it was not written for; 1 when nobody measured. */
  readonly confidence: number;
  /** What replaces the match; absent when there is no safe replacement. */
  readonly fix?: string;
};

/** Everything a detector runs: ast-grep rules, and the ids of the text rules that are switched on. */
export type RuleSet = { readonly syntax: readonly SyntaxRule[]; readonly text: readonly string[] };

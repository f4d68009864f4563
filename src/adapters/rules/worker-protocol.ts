import type { Claim } from "../../domain/finding.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Rewrite } from "../../ports/rewriter.ts";
import type { RuleAssets } from "./assets.ts";
import type { LanguageId } from "./languages.ts";
import type { RuleSet, SyntaxRule } from "./rule.ts";

/** What a worker is started with. */
export type WorkerData = {
  readonly assets: RuleAssets;
  readonly rules: RuleSet;
};

/** One file to look at or to rewrite, or one rule to try out in one language. */
export type WorkerRequest =
  | { readonly kind: "scan"; readonly path: RepoPath; readonly text: string }
  | { readonly kind: "rewrite"; readonly path: RepoPath; readonly text: string }
  | { readonly kind: "check"; readonly rule: SyntaxRule; readonly language: LanguageId };

/** The first message is `ready`; then one answer for each request, in order. */
export type WorkerAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "claims"; readonly claims: readonly Claim[] }
  | { readonly kind: "rewritten"; readonly rewrite: Rewrite }
  /** `complaint` is ast-grep's, absent when the rule is fine. */
  | { readonly kind: "checked"; readonly complaint?: string }
  | { readonly kind: "failed"; readonly error: string };

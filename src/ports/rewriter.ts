import type { RepoPath } from "../domain/repo-path.ts";

/** What the rules made of one file. `text` is the whole new text, the same as before where no rule applied. */
export type Rewrite = {
  readonly path: RepoPath;
  readonly text: string;
  /** The rules that changed something, in the order they ran, and in how many places. */
  readonly applied: readonly {
    readonly ruleId: string;
    readonly what: string;
    readonly why: string;
    readonly places: number;
  }[];
  /** Places that a rule without a replacement matched: there a person has to decide, and the file is better left as it is. 1-based lines. */
  readonly questions: readonly { readonly ruleId: string; readonly line: number; readonly message: string }[];
  /** Why the file could not be looked at; then `text` is as it was. */
  readonly error?: string;
};

/** Deterministic rewriting: the same text gives the same text. */
export interface Rewriter {
  /** Rewrites one file, the rules one after the other, each on what those before it made. Rejects only on abort. */
  rewrite(file: { readonly path: RepoPath; readonly text: string }, signal: AbortSignal): Promise<Rewrite>;
}

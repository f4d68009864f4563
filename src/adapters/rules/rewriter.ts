import { availableParallelism } from "node:os";

import type { Rewrite, Rewriter } from "../../ports/rewriter.ts";
import type { RuleAssets } from "./assets.ts";
import { languageOf } from "./languages.ts";
import type { SyntaxRule } from "./rule.ts";
import { minifiedReason, tooLargeReason } from "./unfit.ts";
import { workerPool } from "./worker-pool.ts";

/** Larger files are not rewritten, in UTF-16 code units. */
const MAX_LENGTH = 2_000_000;
const FILE_LIMIT_MS = 20_000;

/** ast-grep rules with a `fix`, on worker threads that live until the rewriter is disposed. The rules run in the order given. */
export function rulesRewriter(options: {
  readonly rules: readonly SyntaxRule[];
  readonly assets: RuleAssets;
  /** The worker's file; a bundle passes its own. */
  readonly workerUrl?: URL;
}): Rewriter & AsyncDisposable {
  const { rules, assets } = options;
  const pool = workerPool({
    url: options.workerUrl ?? new URL("worker.ts", import.meta.url),
    data: { assets, rules: { syntax: rules, text: [] } },
    workers: availableParallelism(),
    limitMs: FILE_LIMIT_MS,
  });
  return {
    async rewrite({ path, text }, signal) {
      const failed = (error: string): Rewrite => ({ path, text, applied: [], questions: [], error });
      if (languageOf(path) === undefined) return failed("The rules do not know its language.");
      const unfit = tooLargeReason(text, MAX_LENGTH) ?? minifiedReason(text);
      if (unfit !== undefined) return failed(unfit);
      const reply = await pool.ask({ kind: "rewrite", path, text }, signal);
      if (reply.kind === "dead") return failed(`The rules engine failed: ${reply.error}`);
      const { answer } = reply;
      if (answer.kind === "rewritten") return answer.rewrite;
      if (answer.kind === "failed") return failed(`The rules engine failed: ${answer.error}`);
      throw new Error(`a rewrite was answered with ${answer.kind}`);
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

import { targetsOf } from "../../domain/edit-subtask.ts";
import { freeOutcome } from "../../domain/free-outcome.ts";
import type { FileSummary } from "../../domain/refactor-result.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Rewrite, Rewriter } from "../../ports/rewriter.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { workingCopy, type WorkingCopy } from "../../subagent/working-copy.ts";
import type { Draft, WriteDraft } from "./draft.ts";
import type { Foresee } from "./prepare-refactor.ts";

/** The rules engine as a writer. It is confined as a model's writer is: same working copy, same scope, same limits. */
export function writeByRules(parts: {
  readonly base: Snapshot;
  readonly named: ReadonlySet<RepoPath>;
  readonly rewriter: Rewriter;
  readonly clock: Clock;
}): WriteDraft {
  const { base, named, rewriter, clock } = parts;
  return async ({ subtask }, signal) => {
    const startedMs = clock.now();
    const copy = workingCopy(base, { scope: subtask.scope, named });
    const results = await Promise.all(targetsOf(subtask).map((path) => rewriteIn(copy, rewriter, path, signal)));
    const made: Draft = {
      edits: copy.log(),
      summaries: results.flatMap((result) => ("what" in result ? [result] : [])),
      declined: results.flatMap((result) => ("what" in result ? [] : [result])),
      outcome: freeOutcome(subtask, { startedMs, endedMs: clock.now() }, [], { end: "done" }),
    };
    return made;
  };
}

/** What `writeByRules` will do, found out by doing it and keeping nothing. */
export function foreseeByRules(rewriter: Rewriter): Foresee {
  return async (texts, signal) => {
    const pairs = [...texts].map(async ([path, text]) => {
      const rewrite = await rewriter.rewrite({ path, text }, signal);
      const isLeft = rewrite.error !== undefined || rewrite.questions.length > 0;
      return [path, isLeft ? "left" : rewrite.applied.length > 0 ? "edited" : "untouched"] as const;
    });
    return new Map(await Promise.all(pairs));
  };
}

async function rewriteIn(
  copy: WorkingCopy,
  rewriter: Rewriter,
  path: RepoPath,
  signal: AbortSignal,
): Promise<FileSummary | Draft["declined"][number]> {
  const content = await copy.view.read(path, signal);
  if (content.kind !== "text") return { path, reason: "It is not a text file." };
  const rewrite = await rewriter.rewrite({ path, text: content.text }, signal);
  const problem = problemOf(rewrite);
  if (problem !== undefined) return { path, reason: problem };
  const written = await copy.write(path, rewrite.text, signal);
  if (!written.ok) return { path, reason: written.problem };
  return {
    path,
    what: rewrite.applied.map(({ what, places }) => (places === 1 ? what : `${what} (${places} places)`)).join("; "),
    why: [...new Set(rewrite.applied.map(({ why }) => why).filter((why) => why !== ""))].join(" "),
    behaviour: "not-judged",
    risk: "",
  };
}

/** Why the file stays as it is. */
function problemOf({ error, questions, applied }: Rewrite): string | undefined {
  if (error !== undefined) return error;
  const [question] = questions;
  if (question !== undefined) {
    const more = questions.length === 1 ? "" : ` (and ${questions.length - 1} more places)`;
    return `Needs a person: line ${question.line}: ${question.message}${more}.`;
  }
  return applied.length === 0 ? "None of the rules applies to it." : undefined;
}

import { changedContracts, type Contract } from "../domain/changed-contracts.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Claim } from "../domain/finding.ts";
import { locateQuote } from "../domain/locate-quote.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { NO_USAGE } from "../domain/usage.ts";
import type { Brief } from "../subagent/brief.ts";
import { contractBrief } from "../subagent/contract-brief.ts";
import { contractCallers } from "../subagent/contract-callers.ts";
import { lensNamed } from "../subagent/lens-named.ts";
import { runSubagent } from "../subagent/loop.ts";
import { type ClaudeEngine, type ClaudeParts, subagentOptions } from "./claude-engine.ts";
import type { Investigate } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";
import { readTexts } from "./read-texts.ts";

/** Claim.detail holds no more (see `Claim`). */
const MAX_DETAIL = 8_000;

/**
 * The contract pass: finds the unchanged code that names a changed declaration, and asks one subagent what of it breaks. Without such code
 * nobody is asked. What it reports on a line outside the change is moved to the declaration that breaks it, where the author looks.
 */
export function investigateContracts(
  prepared: PreparedReview,
  engine: ClaudeEngine,
  parts: ClaudeParts & { readonly shared: Omit<Brief, "task"> },
): Investigate {
  const { changeSet, head, headTexts } = prepared;
  const changed = new Set(changeSet.files.map(({ path }) => path));
  return async (subtask, signal) => {
    const startedMs = parts.clock.now();
    const planned = new Set(subtask.files.map(({ path }) => path));
    const contracts = changedContracts(
      changeSet.files.filter(({ path, status }) => status === "removed" || planned.has(path)),
    );
    const callers = await contractCallers(head, contracts, changed, signal);
    if (callers.lines.length === 0 && !callers.incomplete) {
      return { outcome: nothingToAsk(subtask, startedMs, parts.clock.now()), unanalysed: [] };
    }
    const lens = lensNamed(subtask.lens, prepared.lenses);
    if (lens === undefined) throw new ConfigurationError(`there is no lens named ${subtask.lens}`);
    const callerTexts = await readTexts(head, [...new Set(callers.lines.map(({ path }) => path))], signal);
    const named = new Set(callers.lines.map(({ name }) => name));
    const used = callers.incomplete ? contracts : contracts.filter(({ name }) => named.has(name));
    const outcome = await runSubagent(
      subtask,
      { ...parts.shared, task: contractBrief(subtask.description, lens, used, callers) },
      {
        ...subagentOptions(engine, subtask, head, parts, prepared.settings, lens),
        findQuote: (path, quote, hint) => {
          const text = headTexts.get(path) ?? callerTexts.get(path);
          return text === undefined ? undefined : locateQuote(text, quote, hint);
        },
      },
      signal,
    );
    const claims = outcome.claims.map((claim) => onDeclaration(claim, contracts, changed));
    return { outcome: { ...outcome, claims }, unanalysed: [] };
  };
}

function nothingToAsk({ id }: Subtask, startedMs: number, endedMs: number): Outcome {
  return { subtaskId: id, claims: [], usage: NO_USAGE, costUsd: 0, turns: 0, startedMs, endedMs, end: "done" };
}

/** The claim on the changed declaration that it names; as it is where that cannot be told. */
function onDeclaration(claim: Claim, contracts: readonly Contract[], changed: ReadonlySet<RepoPath>): Claim {
  if (changed.has(claim.path) && claim.quote !== "") return claim;
  const words = new Set(`${claim.quote} ${claim.title} ${claim.detail}`.match(/\w+/g) ?? []);
  const named = contracts.filter(({ name }) => words.has(name));
  const contract = named.find(({ path }) => path === claim.path) ?? named[0];
  if (contract === undefined) return claim;
  const where = changed.has(claim.path) ? "" : `Breaks \`${claim.path}:${claim.startLine}\`. `;
  const { suggestion: _outOfPlace, ...rest } = claim;
  return {
    ...rest,
    path: contract.path,
    side: contract.side,
    startLine: contract.line,
    endLine: contract.line,
    quote: contract.quote,
    detail: `${where}${claim.detail}`.slice(0, MAX_DETAIL).toWellFormed(),
  };
}

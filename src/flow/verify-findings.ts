import type { Finding } from "../domain/finding.ts";
import type { Judgement } from "../domain/judgement.ts";
import type { Settings } from "../domain/settings.ts";
import { compareSeverity } from "../domain/severity.ts";
import { VERIFIER_ALLOWANCE } from "../domain/subtask-budget.ts";
import type { Outcome, Subtask } from "../domain/subtask.ts";
import { runSubagent } from "../subagent/loop.ts";
import { verdictTool } from "../subagent/verdict-tool.ts";
import { verifyBrief } from "../subagent/verify-brief.ts";
import { type ClaudeEngine, type ClaudeParts, subagentOptions } from "./claude-engine.ts";
import { fanOut, isFatal } from "./fan-out.ts";
import { notInvestigated, type Investigate } from "./investigate.ts";
import type { PreparedReview } from "./prepare-review.ts";

/** What the verifiers came to. `subtasks` and `outcomes` go together, worst finding first; both are empty when nothing was verified. */
export type Verification = {
  readonly subtasks: readonly Subtask[];
  readonly outcomes: readonly Outcome[];
  /** By the fingerprint of the finding. */
  readonly judgements: ReadonlyMap<string, Judgement>;
  readonly notes: readonly string[];
};

/** Has findings verified; `planned` are the subtasks that have run before. Never throws for what a verifier does. */
export type Verify = (
  findings: readonly Finding[],
  planned: readonly Subtask[],
  signal: AbortSignal,
) => Promise<Verification>;

/** What verifiers need to know of a run: of a review, all of it is at hand. */
export type Verifiable = Pick<PreparedReview, "settings" | "head" | "headTexts" | "plan"> & {
  readonly plannedChange: Pick<PreparedReview["plannedChange"], "files">;
  readonly request: Pick<PreparedReview["request"], "concurrency">;
};

/** Text rules that report what stands there, byte for byte: there is nothing to have an opinion on. */
const CERTAIN_RULES: ReadonlySet<string> = new Set(["invisible-characters", "secret-in-source"]);

/** One fresh subagent for each finding that needs a second mind; all at once, from the same purse as the finders. */
export function verifyByClaude(
  prepared: Verifiable,
  engine: ClaudeEngine,
  parts: Pick<ClaudeParts, "journal" | "clock"> & {
    /** Keeps what verifiers come to, where the run is kept. */
    readonly keep?: ((inner: Investigate) => Investigate) | undefined;
  },
): Verify {
  return async (findings, planned, signal) => {
    const wanted = findings.filter((finding) => needsVerdict(finding, prepared.settings.quality));
    if (wanted.length === 0 || signal.aborted) return NOTHING_VERIFIED;
    const subtasks = wanted.map((finding) => verifierOf(finding, planned));
    const findingOf = new Map(subtasks.map(({ id }, index) => [id, wanted[index]]));
    parts.journal.write({ kind: "plan-ready", plan: { ...prepared.plan, subtasks: [...planned, ...subtasks] } });
    const verify = verifyOne(prepared, engine, parts, findingOf);
    const investigate = parts.keep?.(verify) ?? verify;
    const runnable = subtasks.map((subtask) => ({ ...subtask, dependsOn: [] }));
    const { concurrency } = prepared.request;
    const investigations = await fanOut(runnable, investigate, notInvestigated, { ...parts, concurrency }, signal);
    const outcomes = investigations.map(({ outcome }) => outcome);
    const judgements = new Map(
      outcomes.flatMap(({ subtaskId, judgement }) => {
        const finding = findingOf.get(subtaskId);
        return finding === undefined || judgement === undefined ? [] : [[finding.fingerprint, judgement] as const];
      }),
    );
    return { subtasks, outcomes, judgements, notes: notesOn(outcomes) };
  };
}

export const NOTHING_VERIFIED: Verification = { subtasks: [], outcomes: [], judgements: new Map(), notes: [] };

function needsVerdict(finding: Finding, quality: Settings["quality"]): boolean {
  if (finding.ignored !== undefined) return false;
  if (compareSeverity(finding.severity, quality.verifyMinimumSeverity) > 0) return false;
  return !(finding.source === "rule" && finding.ruleId !== undefined && CERTAIN_RULES.has(finding.ruleId));
}

function verifierOf(finding: Finding, planned: readonly Subtask[]): Subtask {
  const { path, startLine, quote } = finding;
  const before = planned.filter(({ files }) => files.some((file) => file.path === path));
  return {
    // Named for the finding, not its number: a run that goes on may have found more by then.
    id: `v-${finding.fingerprint.slice(0, 8)}`,
    description: `verify ${path}${quote === "" ? "" : `:${startLine}`}`,
    lens: "verifier",
    phase: "verifier",
    files: [{ path, hunks: "all" }],
    risk: "normal",
    ...VERIFIER_ALLOWANCE,
    dependsOn: before.map(({ id }) => id),
    wave: planned.reduce((most, { wave }) => Math.max(most, wave), 0) + 1,
    why: "A fresh mind that sees the claim and the code, and nothing else.",
  };
}

function verifyOne(
  prepared: Verifiable,
  engine: ClaudeEngine,
  parts: Pick<ClaudeParts, "journal" | "clock">,
  findingOf: ReadonlyMap<string, Finding | undefined>,
): Investigate {
  const { plannedChange, head, headTexts } = prepared;
  const files = new Map(plannedChange.files.map((file) => [file.path, file]));
  const model = engine.verifierModelId === undefined ? {} : { model: engine.verifierModelId };
  return async (subtask, signal) => {
    const finding = findingOf.get(subtask.id);
    if (finding === undefined) throw new Error(`${subtask.id} has no finding to verify`);
    const headText = headTexts.get(finding.path) ?? (await textAt(finding.path));
    let judgement: Judgement | undefined;
    const outcome = await runSubagent(
      subtask,
      verifyBrief(finding, { file: files.get(finding.path), headText }),
      {
        ...subagentOptions(engine, subtask, head, parts, prepared.settings, model),
        report: verdictTool((given) => {
          judgement = given;
        }),
      },
      signal,
    );
    return { outcome: judgement === undefined ? outcome : { ...outcome, judgement }, unanalysed: [] };

    async function textAt(path: string): Promise<string | undefined> {
      const content = await head.read(path, signal);
      return content.kind === "text" ? content.text : undefined;
    }
  };
}

/** Why findings are unverified although they were to be verified, in one sentence. */
function notesOn(outcomes: readonly Outcome[]): readonly string[] {
  const missing = outcomes.filter(({ judgement }) => judgement === undefined);
  if (missing.length === 0) return [];
  const fatal = missing.find(isFatal);
  const causes = [...Map.groupBy(missing, causeOf)].map(([cause, those]) => `${those.length} ${cause}`).toSorted();
  const why = fatal === undefined ? causes.join(", ") : fatal.error.message;
  return [`${missing.length} of ${outcomes.length} findings to verify are unverified: ${why}.`];
}

function causeOf(outcome: Outcome): string {
  switch (outcome.end) {
    case "done":
      return "without a verdict";
    case "out-of-budget":
      return `out of ${outcome.limit}`;
    default:
      return outcome.end;
  }
}

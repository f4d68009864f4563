import { targetsOf } from "../../domain/edit-subtask.ts";
import type { Claim, Finding } from "../../domain/finding.ts";
import type { FindingFate, FixOrder } from "../../domain/fix-order.ts";
import { freeOutcome } from "../../domain/free-outcome.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Detector } from "../../ports/detector.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { workingCopy, type WorkingCopy } from "../../subagent/working-copy.ts";
import type { Draft, WriteDraft } from "./draft.ts";

/**
 * The rules engine as a writer that fixes findings: the rule that reported one is run again, and its own replacement is put where it
 * still reports. What a report suggests is never taken as it stands: it may have come from anywhere.
 */
export function writeByFixes(parts: {
  readonly base: Snapshot;
  readonly named: ReadonlySet<RepoPath>;
  readonly fixes: FixOrder;
  readonly detector: Detector;
  readonly clock: Clock;
}): WriteDraft {
  const { base, named, fixes, detector, clock } = parts;
  return async ({ subtask }, signal): Promise<Draft> => {
    const startedMs = clock.now();
    const copy = workingCopy(base, { scope: subtask.scope, named });
    const files = await Promise.all(
      targetsOf(subtask).map(async (path) => fixIn(copy, detector, path, fixes.toFix.get(path) ?? [], signal)),
    );
    const edits = copy.log();
    const fates = files.flatMap((file) => file.fates);
    return {
      edits,
      fates,
      summaries: files.flatMap(({ path, what, why }) =>
        edits.some((edit) => edit.path === path) ? [{ path, what, why, behaviour: "not-judged", risk: "" }] : [],
      ),
      declined: files.flatMap(({ path, fates: own }) =>
        edits.some((edit) => edit.path === path) ? [] : [{ path, reason: own.map(({ reason }) => reason).join(" ") }],
      ),
      outcome: freeOutcome(subtask, { startedMs, endedMs: clock.now() }, [], { end: "done" }),
    };
  };
}

type FixedFile = {
  readonly path: RepoPath;
  readonly what: string;
  readonly why: string;
  readonly fates: readonly FindingFate[];
};

async function fixIn(
  copy: WorkingCopy,
  detector: Detector,
  path: RepoPath,
  findings: readonly Finding[],
  signal: AbortSignal,
): Promise<FixedFile> {
  const content = await copy.view.read(path, signal);
  const text = content.kind === "text" ? content.text : "";
  const [detection] = await detector.detect([{ path, text }], signal);
  let lines = text.split("\n");
  let untouchedFrom = Number.POSITIVE_INFINITY;
  const fates = new Map<string, FindingFate>();
  const fixed: Finding[] = [];
  // From the end to the beginning, so that the lines of those still to come stay where they are.
  for (const finding of findings.toSorted((a, b) => b.startLine - a.startLine)) {
    const replacement = replacementFor(finding, detection?.claims ?? []);
    const problem =
      typeof replacement === "string"
        ? replacement
        : replacement.endLine >= untouchedFrom
          ? "Another finding is fixed on the same lines; run again for this one."
          : undefined;
    fates.set(finding.id, { id: finding.id, fixed: problem === undefined, reason: problem ?? "" });
    if (typeof replacement === "string" || problem !== undefined) continue;
    const { startLine, endLine, suggestion = "" } = replacement;
    const inserted = suggestion.trim() === "" ? [] : suggestion.replace(/\r?\n$/, "").split("\n");
    lines = [...lines.slice(0, startLine - 1), ...inserted, ...lines.slice(endLine)];
    untouchedFrom = startLine;
    fixed.unshift(finding);
  }
  const inOrder = (): readonly FindingFate[] => findings.flatMap(({ id }) => fates.get(id) ?? []);
  if (fixed.length > 0) {
    const written = await copy.write(path, lines.join("\n"), signal);
    if (!written.ok) for (const { id } of fixed) fates.set(id, { id, fixed: false, reason: written.problem });
  }
  return {
    path,
    what: `fixes ${fixed.map(({ id, title }) => `${id} (${title})`).join(", ")}`,
    why: [...new Set(fixed.map(({ ruleId }) => `rule ${ruleId ?? ""}`))].join(", "),
    fates: inOrder(),
  };
}

/** What the rule reports there now, with its replacement, or why there is none. */
function replacementFor(finding: Finding, claims: readonly Claim[]): Claim | string {
  const { source, ruleId = "", startLine } = finding;
  if (source !== "rule")
    return "A model found it, so the rules engine has no replacement for it; the claude engine can fix it.";
  const claim = claims.find((each) => each.ruleId === ruleId && each.startLine === startLine);
  if (claim === undefined) return `The rule ${ruleId} does not report it here.`;
  return claim.suggestion === undefined
    ? `The rule ${ruleId} has no replacement (fix:); the claude engine can fix it.`
    : claim;
}

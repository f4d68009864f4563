import { wholeFile } from "../domain/select-audit-files.ts";
import type { ClaudeEngine } from "./claude-engine.ts";
import type { JoinedRun } from "./join-run.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import { type Verify, verifyByClaude } from "./verify-findings.ts";

/** Findings of an audit are verified as those of a review are, unless the settings switch it off. */
export function verifyAudit(
  { tree, settings, subtasks }: PreparedAudit,
  engine: ClaudeEngine,
  { journal, clock, keep, concurrency }: Pick<JoinedRun, "journal" | "clock" | "keep" | "concurrency">,
): Verify | undefined {
  if (settings.quality.verify === "off") return undefined;
  return async (findings, planned, signal) => {
    const paths = [...new Set(findings.map(({ path }) => path))];
    const run = {
      settings,
      request: { concurrency },
      head: tree.head,
      headTexts: new Map<string, string>(),
      plannedChange: { files: paths.map((path) => wholeFile(path)) },
      plan: { subtasks, skipped: [], notes: [], warnings: [] },
    };
    return verifyByClaude(run, engine, { journal, clock, keep })(findings, planned, signal);
  };
}

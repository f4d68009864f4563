import { wholeFile } from "../domain/select-audit-files.ts";
import type { ClaudeEngine, ClaudeParts } from "./claude-engine.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import { type Verify, verifyByClaude } from "./verify-findings.ts";

/** Findings of an audit are verified as those of a review are, unless the settings switch it off. */
export function verifyAudit(
  { tree, settings, request, subtasks }: PreparedAudit,
  engine: ClaudeEngine,
  parts: Pick<ClaudeParts, "journal" | "clock">,
): Verify | undefined {
  if (settings.quality.verify === "off") return undefined;
  return async (findings, planned, signal) => {
    const paths = [...new Set(findings.map(({ path }) => path))];
    const run = {
      settings,
      request,
      head: tree.head,
      headTexts: new Map<string, string>(),
      plannedChange: { files: paths.map((path) => wholeFile(path)) },
      plan: { subtasks, skipped: [], notes: [], warnings: [] },
    };
    return verifyByClaude(run, engine, parts)(findings, planned, signal);
  };
}

import { type AuditRecipe, issueTypeOf } from "../domain/audit-recipe.ts";
import type { ClaimReport } from "../domain/cluster.ts";
import { combine } from "../domain/combine.ts";
import type { Claim, Finding } from "../domain/finding.ts";
import { judgeFindings } from "../domain/judge-findings.ts";
import type { Judgement } from "../domain/judgement.ts";
import { inReportOrder } from "../domain/merge-audits.ts";
import { wholeFile } from "../domain/select-audit-files.ts";
import type { Investigation } from "./investigate.ts";
import type { PreparedAudit } from "./prepare-audit.ts";
import { readTexts } from "./read-texts.ts";

/** Everything found and everything reused, as findings, with the verdicts that are remembered: all of it is in the one report. */
export async function auditFindings(
  prepared: PreparedAudit,
  investigations: readonly Investigation[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { subtasks, recipe, reused, tree } = prepared;
  const reports: ClaimReport[] = [
    ...subtasks.map((subtask, index) => ({
      subtaskId: subtask.id,
      lens: recipe.name,
      paths: subtask.files.map(({ path }) => path),
      claims: investigations[index]?.outcome.claims ?? [],
    })),
    ...[...reused].map(([path, { claims }]) => ({
      subtaskId: "reused",
      lens: recipe.name,
      paths: [path],
      claims: claims.map((claim): Claim => ({ ...claim, path })),
    })),
  ].map((report) => ({
    ...report,
    // A claim about a file of somebody else's would be judged without that file's text.
    claims: report.claims.filter(({ path }) => report.paths.includes(path)).flatMap((claim) => typed(recipe, claim)),
  }));
  const paths = [...new Set(reports.flatMap(({ claims }) => claims.map(({ path }) => path)))];
  const headTexts = await readTexts(tree.head, paths, signal.aborted ? new AbortController().signal : signal);
  const { findings } = combine({
    reports,
    changeSet: { files: paths.map((path) => wholeFile(path)) },
    headTexts,
    limits: prepared.settings,
  });
  return withJudgements(findings, remembered(findings, reused), prepared);
}

/** The findings with their verdicts (`judgements` is by fingerprint), in the order of the report. */
export function withJudgements(
  findings: readonly Finding[],
  judgements: ReadonlyMap<string, Judgement>,
  { recipe, settings }: Pick<PreparedAudit, "recipe" | "settings">,
): readonly Finding[] {
  const files = [...new Set(findings.map(({ path }) => path))].map((path) => wholeFile(path));
  return inReportOrder(
    judgeFindings(findings, judgements, files, settings).map((finding) => ({
      ...finding,
      placement: "summary",
      placementReason: "an audit is delivered as one report",
    })),
    { recipe },
  );
}

/** The claim under the type that the recipe gives it; nothing for what the recipe does not ask for. */
export function typed(recipe: AuditRecipe, claim: Claim): Claim[] {
  const type = issueTypeOf(recipe, claim);
  return type === undefined ? [] : [{ ...claim, category: type.id }];
}

/** What earlier verifiers said about claims that are reused, by the fingerprint that the finding has now. */
function remembered(findings: readonly Finding[], reused: PreparedAudit["reused"]): ReadonlyMap<string, Judgement> {
  const said = new Map<string, Judgement>();
  for (const [path, { claims }] of reused) {
    for (const claim of claims) {
      const { verdict, verification = "" } = claim;
      if (verdict !== undefined) said.set(keyOf({ ...claim, path }), { verdict, evidence: verification, quote: "" });
    }
  }
  return new Map(
    findings.flatMap((finding) => {
      const judgement = said.get(keyOf(finding));
      return judgement === undefined ? [] : [[finding.fingerprint, judgement]];
    }),
  );
}

function keyOf({ path, startLine, endLine, category, title }: Claim): string {
  return JSON.stringify([path, startLine, endLine, category, title]);
}

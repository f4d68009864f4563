import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createProposer } from "../adapters/github/proposer.ts";
import { uploadSarif } from "../adapters/github/upload-sarif.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { FileEdit } from "../domain/file-edit.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import { proposalBranch } from "../domain/proposal.ts";
import { parseRepoPath } from "../domain/repo-path.ts";
import type { ConcludedAudit } from "../flow/conclude-audit.ts";
import type { Proposed } from "../ports/proposer.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { auditMarkdown } from "../render/audit-markdown.ts";
import { BODY_LIMIT, cutMarkdown, JOB_SUMMARY_LIMIT } from "../render/cut-markdown.ts";
import { codeSpan } from "../render/fence.ts";
import { headline } from "../render/headline.ts";
import { actionOutputs } from "./action-outputs.ts";
import type { ActionAudit } from "./audit-order.ts";
import { cleanReport } from "./clean-report.ts";
import { formatReport } from "./format-report.ts";
import { proposingAccess } from "./github-access.ts";
import type { Host } from "./host.ts";
import { writeReportFiles } from "./report-files.ts";
import { cleaner } from "./runner-log.ts";
import { outputFolder, repositoryUrl } from "./world.ts";

/** UTF-8 needs three bytes at most for one UTF-16 code unit. */
const SUMMARY_UNITS = Math.floor(JOB_SUMMARY_LIMIT / 3);

/** Leaves a shard's findings.json where a step can upload it. */
export async function writeShard(audit: ActionAudit, report: AuditReport): Promise<void> {
  const folder = outputFolder(audit.world);
  const path = join(folder, "findings.json");
  await mkdir(folder, { recursive: true });
  await writeFile(path, formatReport(cleanReport(report, cleaner(audit.world)), "json"));
  const { host } = audit.world;
  host.output("findings-path", path);
  host.output("conclusion", report.conclusion);
  host.output("findings", String(report.findings.length));
}

/** Hands the findings to code scanning, for the default branch. */
export async function uploadFindings(audit: ActionAudit, report: AuditReport, signal: AbortSignal): Promise<void> {
  const sarif = formatReport(cleanReport(report, cleaner(audit.world)), "sarif");
  await uploadSarif(audit.github, { sarif, commit: audit.head, branch: audit.facts.defaultBranch }, signal);
  audit.world.host.info(`${report.findings.length} findings are under Security, Code scanning.`);
}

/** Files, job summary, outputs, and the report where the inputs want it. `isHidden`: the findings are in code scanning already. */
export async function deliverAuditReport(
  audit: ActionAudit,
  { report, comparison }: ConcludedAudit,
  { head, isHidden }: { readonly head: Snapshot; readonly isHidden: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { inputs, host } = audit.world;
  const clean = cleaner(audit.world);
  const markdown = clean(auditMarkdown(report, comparison, { repositoryUrl: repositoryUrl(audit.world) }));
  await host.summary(cutMarkdown(markdown, SUMMARY_UNITS, "_Cut to fit. The whole report is in the files._"));
  const files = await writeReportFiles(cleanReport(report, clean), outputFolder(audit.world), clean);
  await writeFile(files.markdown, markdown);
  const outputs = actionOutputs(report, files, undefined);
  for (const [name, value] of Object.entries(outputs)) host.output(name, value);
  host.info(headline(report));
  const destination = inputs["publish-to"] ?? (isHidden ? "code-scanning" : "pull-request");
  if (inputs["dry-run"]) return;
  if (destination === "code-scanning" && !isHidden) await uploadFindings(audit, report, signal);
  if (destination === "pull-request") announce(await propose(audit, { report, markdown, head }, signal), host);
}

/** The report as a pull request; undefined when the repository has this very report already. */
async function propose(
  audit: ActionAudit,
  { report, markdown, head }: { readonly report: AuditReport; readonly markdown: string; readonly head: Snapshot },
  signal: AbortSignal,
): Promise<Proposed | undefined> {
  const { inputs, site, writeToken } = audit.world;
  const path = parseRepoPath(inputs["report-path"] ?? report.audit.recipe.reportPath);
  if (path === undefined) throw new ConfigurationError("report-path must be a path inside the repository");
  const edit = await reportEdit(head, path, markdown, signal);
  if (edit === undefined) return undefined;
  const { github, sleep } = proposingAccess(site, writeToken ?? inputs["github-token"]);
  const proposer = createProposer({
    github,
    repositoryUrl: repositoryUrl(audit.world),
    sleep,
  });
  const title = `${report.audit.recipe.title}: ${headline(report).replace(/^.*; /, "")}`;
  return proposer.propose(
    {
      branch: proposalBranch(`audit ${report.audit.recipe.name}`, [path]),
      baseBranch: audit.facts.defaultBranch,
      base: audit.head,
      edits: [edit],
      named: new Set(),
      reports: new Set([path]),
      title,
      body: cutMarkdown(markdown, BODY_LIMIT, `_Cut to fit. The whole report is in ${codeSpan(path)}._`),
      commitMessage: title,
      draft: false,
    },
    signal,
  );
}

async function reportEdit(
  head: Snapshot,
  path: string,
  text: string,
  signal: AbortSignal,
): Promise<FileEdit | undefined> {
  const entry = (await head.list(signal)).find((each) => each.path === path);
  if (entry === undefined) return { kind: "create", path, text };
  const before = await head.read(path, signal);
  if (before.kind === "text" && before.text === text) return undefined;
  return { kind: "modify", path, baseBlob: entry.blob, executable: entry.executable, text };
}

function announce(proposed: Proposed | undefined, host: Host): void {
  if (proposed === undefined) return host.info("The repository has this report already.");
  for (const note of proposed.notes) host.warning(note);
  switch (proposed.kind) {
    case "opened":
    case "updated":
    case "unchanged":
      host.output("pull-request-url", proposed.url);
      return host.info(`The report is in ${proposed.url}`);
    case "branch-only":
      return host.warning(`The report is on ${proposed.branch}: ${proposed.reason}`);
    case "left-alone":
      return host.warning(`The report was not proposed: ${proposed.reason}`);
    default:
      return proposed satisfies never;
  }
}

import { localTreeSource } from "../adapters/git/local-tree-source.ts";
import { gitEnvironment } from "../adapters/git/run-git.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import { concludeAudit } from "../flow/conclude-audit.ts";
import type { History } from "../ports/history.ts";
import { deliverAudit, ledgerFor, today } from "./audit-command.ts";
import type { ExitCode } from "./exit-code.ts";
import { readFindingsFile } from "./findings-file.ts";
import type { CommandOptions } from "./local-order.ts";

/** `merge`: the findings.json files of an audit's shards, made into its one report. */
export async function mergeCommand(
  paths: readonly string[],
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const reports = await Promise.all(paths.map((path) => readAuditReport(path)));
  const program = { executable: "git", environment: gitEnvironment(env) };
  const head = reports[0]?.target.head;
  await using source = localTreeSource(program, { directory: options.repo, head });
  const ledger = ledgerFor(options);
  const history = ledger === undefined ? undefined : await historyIn(source, signal);
  const failOn = options["fail-on"] ?? "never";
  const concluded = await concludeAudit(reports, { ledger, history, failOn, today: today() }, signal);
  return await deliverAudit(concluded, options, signal);
}

/** @throws {ConfigurationError} the file is no report of an audit. */
export async function readAuditReport(path: string): Promise<AuditReport> {
  const report = await readFindingsFile(path);
  const { audit } = report;
  if (audit === undefined) throw new ConfigurationError(`${path} is the report of a ${report.job}, not of an audit`);
  return { ...report, audit };
}

/** Merging works where the repository is not at hand; then renamed files are known again by their code alone. */
async function historyIn(
  source: ReturnType<typeof localTreeSource>,
  signal: AbortSignal,
): Promise<History | undefined> {
  try {
    return (await source.load(signal)).history;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

import { existsSync } from "node:fs";
import { join } from "node:path";

import { ledgerFile } from "../adapters/files/ledger-file.ts";
import { localTreeSource } from "../adapters/git/local-tree-source.ts";
import { gitEnvironment } from "../adapters/git/run-git.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { type ConcludedAudit, concludeAudit } from "../flow/conclude-audit.ts";
import type { AuditRequest } from "../flow/prepare-audit.ts";
import { runAudit } from "../flow/run-audit.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import { headline } from "../render/headline.ts";
import { logSafe } from "../render/log-safe.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { composeAudit } from "./compose-audit.ts";
import { SETTINGS_PATH } from "./compose-review.ts";
import { chooseEngine, concurrencyFor, DEFAULT_CONCURRENCY } from "./engine-choice.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { formatAudit } from "./format-audit.ts";
import { formatReport } from "./format-report.ts";
import { localClaude } from "./local-claude.ts";
import type { CommandOptions } from "./local-order.ts";
import { stderrJournal } from "./stderr-journal.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";
import { writeResult } from "./write-result.ts";

/** Where the command line remembers audits, in the repository's folder. */
const LEDGER = ".parallel-review/ledger.jsonl";

/** `audit`: the repository at one commit, by a recipe, into one report; with `--shard` a part of it, for `merge`. */
export async function auditCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.recipe === undefined) throw new ConfigurationError("audit needs --recipe <name>, e.g. --recipe database");
  const journal = stderrJournal(options.quiet);
  const program = { executable: "git", environment: gitEnvironment(env) };
  await using source = localTreeSource(program, { directory: options.repo, head: options.head });
  const ledger = ledgerFor(options);
  const wish = localClaude(options, env);
  const claude = chooseEngine(options.engine, wish);
  const shard = options.shard ?? { index: 1, of: 1 };
  if (options.batch && shard.of > 1)
    throw new ConfigurationError("--batch goes without --shard: a batch needs one machine");
  const request: AuditRequest = {
    engine: claude === undefined ? "rules" : "claude",
    concurrency: concurrencyFor(claude, options.concurrency ?? DEFAULT_CONCURRENCY),
    globs: options.files,
    shard,
    budgetUsd: options.budget,
    today: today(),
  };
  const parts = composeAudit({
    source,
    recipe: options.recipe,
    ledger,
    journal,
    claude,
    request,
    batch: options.batch,
    verifierModel: options["verifier-model"],
    howToSet: wish.howToSet,
    settingsPath: SETTINGS_PATH,
    layout: bundleLayout(),
  });
  const never = new AbortController().signal;
  const { report, prepared } = await runAudit(parts, request, signal, never);
  if (shard.of > 1) {
    await writeResult(formatReport(report, "json"), options.output);
    return signal.aborted ? EXIT.interrupted : EXIT.done;
  }
  const failOn = options["fail-on"] ?? prepared.settings.failOn;
  const concluded = await concludeAudit(
    [report],
    { ledger, history: prepared.tree.history, failOn, today: today() },
    signal,
  );
  return await deliverAudit(concluded, options, signal);
}

/** Writes a whole audit as it was asked for, and says how it went. */
export async function deliverAudit(
  concluded: ConcludedAudit,
  options: CommandOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.report !== undefined) await writeResult(formatAudit(concluded, "markdown"), options.report);
  if (options.report !== undefined && options.output === undefined && !options.quiet) {
    process.stdout.write(`${logSafe(`${headline(concluded.report)}. Report: ${options.report}`)}\n`);
  }
  if (options.report === undefined || options.output !== undefined) {
    await writeResult(formatAudit(concluded, options.format, process.stdout.columns), options.output);
  }
  if (signal.aborted) return EXIT.interrupted;
  return concluded.fails || concluded.report.conclusion !== "success" ? EXIT.failed : EXIT.done;
}

/** The ledger of `--ledger`, else that of the working tree; none for a bare repository. */
export function ledgerFor(options: CommandOptions): LedgerStore | undefined {
  if (options.ledger !== undefined) return ledgerFile(options.ledger);
  return existsSync(join(options.repo, ".git")) ? ledgerFile(join(options.repo, LEDGER)) : undefined;
}

/** ISO date, in UTC as git's and GitHub's. */
export function today(): string {
  return new Date(SYSTEM_CLOCK.now()).toISOString().slice(0, 10);
}

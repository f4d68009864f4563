import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { readMergedReviews } from "../adapters/github/merged-reviews.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { ofRecipe, withoutBatches } from "../domain/ledger.ts";
import type { AuditReport } from "../domain/merge-audits.ts";
import { isSensitive, withoutSensitive } from "../domain/withhold-sensitive.ts";
import { concludeAudit } from "../flow/conclude-audit.ts";
import { type AuditParts, openAudit, runAudit } from "../flow/run-audit.ts";
import { takeUpMerged } from "../flow/take-up-merged.ts";
import type { Journal } from "../ports/journal.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { TreeSource } from "../ports/tree-source.ts";
import { deliverAuditReport, uploadFindings, writeShard } from "./audit-delivery.ts";
import { publishIssue, takeUpTicks } from "./audit-issue.ts";
import { type ActionAudit, actionAudit, actionRequest, actionTree, auditRecipeOf } from "./audit-order.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { composeAudit } from "./compose-audit.ts";
import type { Host } from "./host.ts";
import { keepAudit, type KeptAudit } from "./keep-audit.ts";
import { readAuditReport } from "./merge-command.ts";
import type { World } from "./world.ts";

/** Estimated tokens for which another machine is worth its start: rules read them in about a minute, subagents in a few. */
const TOKENS_A_SHARD = { rules: 16_000_000, claude: 2_000_000 } as const;
const MAX_SHARDS = 20;

/** `job: audit`: the whole repository by a recipe, in one job or in the stages of several. */
export async function auditJob(world: World, signal: AbortSignal): Promise<void> {
  const { inputs } = world;
  if (inputs.batch && inputs["dry-run"]) {
    throw new ConfigurationError("batch goes without dry-run: what a batch has cost is remembered for the next run");
  }
  const recipe = auditRecipeOf(world);
  // Batches are kept by the ledger, and the stages of several jobs by their files.
  const isKept = world.host.keeper !== undefined && inputs.stage === "all" && !inputs.batch;
  await using kept = await keepAudit(isKept ? world.host : {}, { run: "audit", recipe }, signal);
  const audit = await actionAudit(world, { recipe, begun: kept.begun, isKept }, signal);
  await using source = await actionTree(audit, signal);
  switch (inputs.stage) {
    case "gate":
      await gate(audit, source, signal);
      return;
    case "analyze": {
      const { report, withheld } = await analyze(audit, source, kept, signal);
      if (withheld > 0 && report.audit.shard.of > 1) throw notSplit();
      await writeShard(audit, report);
      return;
    }
    case "publish":
      await publish(audit, source, await shardReports(inputs["findings-path"]), kept, signal);
      return;
    case "all": {
      if (inputs.shard !== undefined) throw new ConfigurationError("shard goes with stage: analyze");
      const { report } = await analyze(audit, source, kept, signal);
      if (world.host.helps === true) return;
      await publish(audit, source, [report], kept, signal);
      kept.delivered();
      return;
    }
    default:
      return inputs.stage satisfies never;
  }
}

/**
 * How many machines the audit is worth. Findings that may not be in artifacts cannot travel between jobs, and a batch is worked on
 * elsewhere: then it is one.
 */
async function gate(audit: ActionAudit, source: TreeSource, signal: AbortSignal): Promise<void> {
  await using opened = await openAudit(partsOf(audit, source), actionRequest(audit), signal);
  const { recipe, fullPass, request } = opened.prepared;
  const isSplit = !audit.world.inputs.batch && !(audit.facts.isPublic && isSensitive(recipe));
  const count = isSplit
    ? Math.min(MAX_SHARDS, Math.max(1, Math.ceil(fullPass.tokens / TOKENS_A_SHARD[request.engine])))
    : 1;
  const matrix = Array.from({ length: count }, (_, index) => `${index + 1}/${count}`);
  const { host } = audit.world;
  host.output("matrix", JSON.stringify(matrix));
  host.output("total-files", String(fullPass.files));
  host.info(`${fullPass.files} files in ${count === 1 ? "one shard" : `${count} shards`}.`);
}

/** Reads one shard. In a public repository what strangers could use goes to code scanning at once, and is in the answer no more. */
async function analyze(
  audit: ActionAudit,
  source: TreeSource,
  kept: KeptAudit,
  signal: AbortSignal,
): Promise<{ readonly report: AuditReport; readonly withheld: number }> {
  const { inputs, host } = audit.world;
  const deadline = AbortSignal.timeout(inputs["time-limit-minutes"] * 60_000);
  const request = actionRequest(audit);
  if (inputs.batch && request.shard.of > 1) {
    throw new ConfigurationError("batch runs in one job: take the matrix of stage: gate");
  }
  const composed = partsOf(audit, source);
  const order = { ...audit, verifierModel: inputs["verifier-model"], journal: composed.journal };
  const parts = { ...composed, ...kept.parts({ ...order, ledger: audit.planLedger?.version }) };
  const { report } = await runAudit(parts, request, signal, deadline);
  // Whoever is helped delivers it.
  if (host.helps === true) return { report, withheld: 0 };
  if (!audit.facts.isPublic || !isSensitive(report.audit.recipe)) return { report, withheld: 0 };
  if (report.audit.shard.of > 1) throw notSplit();
  if (!inputs["dry-run"]) {
    await uploadFindings(audit, report, signal);
    await forgetBatches(audit, report, signal);
  }
  return withoutSensitive(report);
}

/** Code scanning has what came of them, and the ledger of this recipe is not written otherwise. */
async function forgetBatches({ ledger }: ActionAudit, { audit }: AuditReport, signal: AbortSignal): Promise<void> {
  const { settledBatches = [], recipe } = audit;
  if (settledBatches.length === 0) return;
  await ledger.update(
    (newest) => withoutBatches(newest, recipe.name, settledBatches),
    `${recipe.name}: batches taken up`,
    signal,
  );
}

/** Merges the shards, sets them beside the ledger, and delivers. */
async function publish(
  audit: ActionAudit,
  source: TreeSource,
  reports: readonly AuditReport[],
  kept: KeptAudit,
  signal: AbortSignal,
): Promise<void> {
  const { inputs, host } = audit.world;
  const recipe = reports[0]?.audit.recipe;
  // The ledger is a branch that everybody can read: code scanning keeps the memory of what nobody may read.
  const isHidden = audit.facts.isPublic && recipe !== undefined && isSensitive(recipe);
  const isRemembered = !inputs["dry-run"] && !isHidden;
  const { history, head } = await source.load(signal);
  // An issue is as public as the repository: what may not be remembered there may not stand in it.
  const isIssue = isRemembered && inputs["publish-to"] === "issue" && recipe !== undefined;
  const ticked = isIssue ? await takeUpTicks(audit, recipe.name, signal) : undefined;
  const concluded = await concludeAudit(
    isRemembered ? await withMerged(audit, reports, kept, head, signal) : reports,
    {
      ledger: isRemembered ? audit.ledger : undefined,
      history,
      failOn: inputs["fail-on"] ?? "never",
      today: actionRequest(audit).today,
      begun: kept.begunWith(audit.planLedger),
    },
    signal,
  );
  await deliverAuditReport(audit, concluded, { head, isHidden }, signal);
  if (ticked !== undefined) await publishIssue(audit, concluded, ticked, signal);
  if (concluded.fails) host.fail(concluded.reason);
  else host.info(concluded.reason);
}

/** The reports with what reviews left open on the pull requests that were merged since the audit before this one. */
async function withMerged(
  audit: ActionAudit,
  reports: readonly AuditReport[],
  kept: KeptAudit,
  head: Snapshot,
  signal: AbortSignal,
): Promise<readonly AuditReport[]> {
  const [first, ...others] = reports;
  if (first === undefined) return reports;
  const startedMs = kept.begunWith(audit.planLedger)?.startedMs;
  const { runs } = ofRecipe(await audit.ledger.read(signal), first.audit.recipe.name);
  const before = runs.findLast((run) => startedMs === undefined || run.startedMs !== startedMs);
  if (before === undefined) return reports;
  const { github, world } = audit;
  const merged = await readMergedReviews(github, world.host.identity, signal);
  if (!merged.ok) {
    world.host.warning(
      "It could not be read what reviews left open on merged pull requests: permissions: pull-requests: read lets the audit take it up.",
    );
    return reports;
  }
  return [await takeUpMerged(first, merged.data, before.date, head, signal), ...others];
}

function partsOf(audit: ActionAudit, source: TreeSource): AuditParts {
  const { inputs, host } = audit.world;
  return composeAudit({
    source,
    recipe: audit.recipe,
    ledger: audit.ledger,
    ...(audit.planLedger === undefined ? {} : { planLedger: audit.planLedger }),
    claude: audit.claude,
    request: actionRequest(audit),
    batch: inputs.batch,
    verifierModel: inputs["verifier-model"],
    howToSet: audit.howToSet,
    journal: auditJournal(host, audit.facts),
    settingsPath: inputs["config-path"],
    layout: bundleLayout(),
  });
}

/** Progress of an audit. Which file has how many findings is not for everybody who can read the log of a public repository. */
export function auditJournal(
  { journal, isProgressPublic }: Pick<Host, "journal" | "isProgressPublic">,
  { isPublic }: { readonly isPublic: boolean },
): Journal {
  if (!isPublic || !isProgressPublic) return journal;
  return {
    write(event) {
      if (event.kind === "plan-ready" || event.kind === "degradation") journal.write(event);
    },
  };
}

/** Every findings.json below a folder, as artifacts of several jobs lie after their download. */
async function shardReports(folder: string | undefined): Promise<readonly AuditReport[]> {
  if (folder === undefined)
    throw new ConfigurationError("stage: publish needs findings-path, the folder of the shards' files");
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name === "findings.json" || /[/\\]findings\.json$/.test(name)).toSorted();
  if (files.length === 0)
    throw new ConfigurationError(`findings-path ${folder} holds no findings.json: no shard delivered`);
  return Promise.all(files.map((name) => readAuditReport(resolve(join(folder, name)))));
}

function notSplit(): ConfigurationError {
  return new ConfigurationError(
    "in a public repository this recipe runs in one job, because its findings may not be in artifacts: take the matrix of stage: gate",
  );
}

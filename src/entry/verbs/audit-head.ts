import { fetchedTreeSource } from "../../adapters/git/fetch-tree.ts";
import { gitEnvironment } from "../../adapters/git/run-git.ts";
import { openApiSnapshot } from "../../adapters/github/api-snapshot.ts";
import { readRepositoryFacts } from "../../adapters/github/repository-facts.ts";
import { isSensitive, withoutSensitive } from "../../domain/withhold-sensitive.ts";
import { concludeAudit } from "../../flow/conclude-audit.ts";
import { runAudit } from "../../flow/run-audit.ts";
import { auditMarkdown } from "../../render/audit-markdown.ts";
import { BODY_LIMIT, cutMarkdown } from "../../render/cut-markdown.ts";
import { actionClaude } from "../action-claude.ts";
import type { Reply } from "../answer-comment.ts";
import { today } from "../audit-command.ts";
import { auditJournal } from "../audit-job.ts";
import { bundleLayout } from "../bundle-layout.ts";
import { composeAudit } from "../compose-audit.ts";
import { chooseEngine, concurrencyFor } from "../engine-choice.ts";
import { asBegun, keepAudit } from "../keep-audit.ts";
import { repositoryUrl } from "../world.ts";
import type { CommentOrder } from "./comment-order.ts";

/**
 * `audit`: the whole tree at this pull request's head, by a recipe, answered with the report. Recipe, settings and rules are those of the
 * default branch; nothing is remembered, and what strangers could use is not said where everybody reads it. An audit that goes on in
 * another process goes on at the head that it began with.
 */
export async function auditHead(order: CommentOrder, recipe: string, signal: AbortSignal): Promise<Reply> {
  const { github, pull, inputs, site, env, options, host } = order;
  const facts = await readRepositoryFacts(github.read, signal);
  await using kept = await keepAudit(host, { run: order.run, recipe }, signal);
  const { begun } = kept;
  const guidance = await openApiSnapshot(github.read, begun?.guidance ?? facts.tip, signal);
  const wish = actionClaude(order, options);
  const claude = chooseEngine(inputs.engine, wish);
  await using source = fetchedTreeSource(
    { executable: "git", environment: gitEnvironment(env) },
    {
      cloneUrl: `${repositoryUrl(order)}.git`,
      token: inputs["github-token"],
      repository: site.repository,
      head: begun?.head ?? pull.head,
      previous: undefined,
      temporaryFolder: site.temporaryFolder,
    },
  );
  const wanted = {
    engine: claude === undefined ? "rules" : "claude",
    concurrency: concurrencyFor(claude, options.concurrency ?? inputs["max-concurrency"]),
    globs: options.paths === undefined ? [] : [options.paths],
    shard: { index: 1, of: 1 },
    budgetUsd: options.budgetUsd ?? inputs["budget-usd"],
    mostUsd: order.mostUsd,
    today: today(),
  } as const;
  const request = asBegun(wanted, begun);
  const journal = auditJournal(host, facts);
  const verifierModel = inputs["verifier-model"];
  const composed = composeAudit({
    source,
    guidance,
    recipe,
    ledger: undefined,
    journal,
    claude,
    request,
    batch: false,
    howToSet: wish.howToSet,
    verifierModel,
    settingsPath: inputs["config-path"],
    layout: bundleLayout(),
  });
  const deadline = AbortSignal.timeout(inputs["time-limit-minutes"] * 60_000);
  const parts = { ...composed, ...kept.parts({ claude, verifierModel, journal, guidance: guidance.sha }) };
  const { report: whole } = await runAudit(parts, request, signal, deadline);
  const { report, withheld } = facts.isPublic ? withoutSensitive(whole) : { report: whole, withheld: 0 };
  const { history } = await source.load(signal);
  const ending = { ledger: undefined, history, failOn: "never", today: request.today } as const;
  const concluded = await concludeAudit([report], ending, signal);
  const where = { repositoryUrl: repositoryUrl(order) };
  const markdown = auditMarkdown(concluded.report, concluded.comparison, where);
  await host.summary(markdown);
  const hidden =
    withheld > 0 && isSensitive(whole.audit.recipe)
      ? `\n\n> [!NOTE]\n> Everybody can read this, so what attackers could use is not in it: run the recipe as a job (\`job: audit\`), which hands it to code scanning.`
      : "";
  const cut = `_Cut to fit. ${host.words.wholeAt(host.runUrl)}_`;
  return { text: cutMarkdown(`${markdown.trimEnd()}${hidden}`, BODY_LIMIT, cut), reaction: "rocket" };
}

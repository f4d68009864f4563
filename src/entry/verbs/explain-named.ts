import { openApiSnapshot } from "../../adapters/github/api-snapshot.ts";
import { readBranchHead } from "../../adapters/github/branch-head.ts";
import { TEXT_RULES } from "../../adapters/rules/text/text-rules.ts";
import { budgetOf } from "../../domain/budget-of.ts";
import { explainFinding } from "../../flow/explain-finding.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { explanationText, type RuleText } from "../../render/explanation.ts";
import type { Reply } from "../answer-comment.ts";
import { bundleLayout } from "../bundle-layout.ts";
import { modelOf, settingsIn } from "../compose-review.ts";
import { keepAsk } from "../keep-ask.ts";
import { claudeFor } from "../pull-request-order.ts";
import { repositoryRules } from "../repository-rules.ts";
import { repositoryUrl } from "../world.ts";
import { type CommentOrder, memoryOf } from "./comment-order.ts";
import { namedFinding } from "./named-finding.ts";

/** `explain`: a finding of the last review, with its evidence and its rule; under claude by a fresh subagent. */
export async function explainNamed(order: CommentOrder, id: string | undefined, signal: AbortSignal): Promise<Reply> {
  const { github, pull, inputs, options } = order;
  const named = namedFinding(id, await memoryOf(order, signal), order);
  if (typeof named === "string") return { text: named, reaction: "confused" };
  const { finding, head } = named;
  const guidanceHead = await readBranchHead(github.read, pull.defaultBranch, signal);
  const guidance = await openApiSnapshot(github.read, guidanceHead, signal);
  const rule = await ruleText(finding.ruleId, guidance, inputs["config-path"], signal);
  const claude = claudeFor(order);
  const where = { repositoryUrl: repositoryUrl(order) };
  if (claude === undefined) return { text: explanationText({ finding, head, rule }, where), reaction: "rocket" };
  const settings = await settingsIn(guidance, inputs["config-path"], signal);
  const deadline = AbortSignal.timeout(inputs["time-limit-minutes"] * 60_000);
  const budgetUsd = budgetOf(
    { budgetUsd: options.budgetUsd ?? inputs["budget-usd"], mostUsd: order.mostUsd },
    settings,
  );
  const { keeper } = order.host;
  const { repository } = order.site;
  // A comment shows all of it; only where it counts what jobs cost is it kept.
  await using kept =
    keeper === undefined
      ? undefined
      : await keepAsk({ keeper, run: order.run, repository, head, claude, budgetUsd, prices: settings.prices }, signal);
  const model = await explainFinding(
    finding,
    {
      model: modelOf(claude, 1),
      modelId: claude.modelId,
      effort: claude.effort,
      isRegional: claude.isRegional,
      prices: settings.prices,
      snapshot: await openApiSnapshot(github.read, head, signal),
      budgetUsd,
      ...(kept === undefined ? {} : { laneFor: kept.lane }),
    },
    AbortSignal.any([signal, deadline]),
  );
  return { text: explanationText({ finding, head, rule, model }, where), reaction: "rocket" };
}

/** The words of a rule; undefined when no rule found it, or when it is gone. */
async function ruleText(
  id: string | undefined,
  guidance: Snapshot,
  settingsPath: string,
  signal: AbortSignal,
): Promise<RuleText | undefined> {
  if (id === undefined) return undefined;
  const text = TEXT_RULES.find((rule) => rule.id === id);
  if (text !== undefined) return text;
  const settings = await settingsIn(guidance, settingsPath, signal);
  const rules = await repositoryRules(guidance, settings, bundleLayout(), signal);
  return rules.syntax.find((rule) => rule.id === id);
}

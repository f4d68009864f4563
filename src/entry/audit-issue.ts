import { livingIssue } from "../adapters/github/living-issue.ts";
import { fixRequestFor } from "../domain/fix-request.ts";
import { ofRecipe } from "../domain/ledger.ts";
import { readTicks, type Ticks, withTicks } from "../domain/tick.ts";
import type { ConcludedAudit } from "../flow/conclude-audit.ts";
import type { IssueText, LivingIssue } from "../ports/living-issue.ts";
import { auditIssue } from "../render/audit-issue.ts";
import { headline } from "../render/headline.ts";
import { today } from "./audit-command.ts";
import type { ActionAudit } from "./audit-order.ts";
import { cleaner } from "./runner-log.ts";
import { repositoryUrl } from "./world.ts";

/** An audit's issue as people left it, and what they ticked. */
export type TickedIssue = {
  readonly living: LivingIssue;
  readonly before: IssueText | undefined;
  readonly fix: Ticks["fix"];
};

/** Takes up what people have ticked since the last run: what they accepted is in the ledger after this. */
export async function takeUpTicks(audit: ActionAudit, recipe: string, signal: AbortSignal): Promise<TickedIssue> {
  const living = livingIssue(audit.github, audit.world.host.identity, audit.sleep);
  const before = await living.read(recipe, signal);
  if (before === undefined) return { living, before, fix: new Set() };
  const ticks = readTicks(before.body);
  if (before.editors === undefined) {
    audit.world.host.warning(
      `What is ticked in ${before.url} does not count: somebody without write access may have changed it.`,
    );
    return { living, before, fix: new Set() };
  }
  const ticker = { author: before.editors.join(", ").slice(0, 100), place: `#${before.number}`, date: today() };
  if (before.editors.length > 0) {
    await audit.ledger.update(
      (ledger) => withTicks(ledger, recipe, ticks, ticker),
      `${recipe}: boxes ticked in #${before.number}`,
      signal,
    );
  }
  const { issues } = ofRecipe(await audit.ledger.read(signal), recipe);
  // A box that we left ticked ourselves counts for those who ticked it before.
  const asked = new Set(issues.flatMap(({ id, fix }) => (fix === undefined ? [] : [id])));
  return { living, before, fix: new Set([...ticks.fix].filter((id) => asked.has(id))) };
}

/** Hands what was ticked to a refactor, by the outputs, and brings the issue up to date. */
export async function publishIssue(
  audit: ActionAudit,
  { report, comparison }: ConcludedAudit,
  { living, before, fix }: TickedIssue,
  signal: AbortSignal,
): Promise<void> {
  const { host } = audit.world;
  const clean = cleaner(audit.world);
  const wanted = comparison.standings.flatMap(({ issue, state }) =>
    state !== "accepted" && fix.has(issue.id) ? [issue] : [],
  );
  const request = fixRequestFor(report.audit.recipe.name, wanted);
  host.output("refactor-goal", request?.goal ?? "");
  host.output("refactor-files", request?.files.join("\n") ?? "");
  const pending = new Set(wanted.filter((issue) => request?.issues.includes(issue) !== true).map(({ id }) => id));
  const body = clean(auditIssue(report, comparison, { repositoryUrl: repositoryUrl(audit.world) }, pending));
  const { recipe } = report.audit;
  const title = clean(`${recipe.title}: ${headline(report).replace(/^.*; /, "")}`).slice(0, 250);
  const written = await living.write({ recipe: recipe.name, title, body }, before, signal);
  if (written.kind === "left-alone") {
    host.warning(`The audit's issue was not written: ${written.reason}`);
    return;
  }
  host.output("issue-url", written.url);
  host.info(`The report is in ${written.url}`);
}

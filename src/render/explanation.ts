import type { Finding } from "../domain/finding.ts";
import { BODY_LIMIT, cutMarkdown } from "./cut-markdown.ts";
import { codeSpan, fence } from "./fence.ts";
import { dollars } from "./figures.ts";
import { findingText } from "./finding-comment.ts";
import { neutralizeBlock, neutralizeCode } from "./neutralize-code.ts";
import { inlineText, neutralize } from "./neutralize.ts";
import { placeLink, type Surroundings } from "./place-link.ts";
import { severityLabel } from "./severity-label.ts";

/** What is known about the rule that found something. */
export type RuleText = {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly failureScenario: string;
  readonly url?: string;
};

/** A finding of an earlier review, explained. The texts of the finding, the rule and the model are all untrusted. */
export type ExplanationText = {
  readonly finding: Finding;
  /** The commit that the finding is about. */
  readonly head: string;
  readonly rule: RuleText | undefined;
  /** What a fresh subagent says; undefined under the rules engine. */
  readonly model?: { readonly markdown: string; readonly costUsd: number; readonly incomplete: boolean };
};

const MAX_QUOTE = 3_000;

/** The answer to `explain`, safe to post: what, where, on which evidence, by which rule, how to fix it. At most BODY_LIMIT code units. */
export function explanationText({ finding, head, rule, model }: ExplanationText, where: Surroundings): string {
  const { id, severity, title, quote, side, path, verdict, lens, category } = finding;
  // The base is not known any more: places in removed lines are no links.
  const place = placeLink(finding, { base: head, head }, side === "LEFT" ? {} : where);
  const seen = verdict === "unverified" ? "" : `, a second look says ${verdict}`;
  const language = /\.([A-Za-z0-9]{1,10})$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const parts = [
    `${codeSpan(id)} ${severityLabel(severity)}: **${inlineText(title)}** at ${place}`,
    quote.trim() === "" ? "" : fence(neutralizeBlock(quote.slice(0, MAX_QUOTE).replace(/\n+$/, "")), language),
    ...(model === undefined || model.markdown === "" ? findingText(finding, "") : [neutralize(model.markdown)]),
    ...(rule === undefined ? [] : ruleParagraphs(rule, finding)),
    `<sub>parallel-review · category ${codeSpan(category)}, ${rule === undefined ? `lens ${codeSpan(neutralizeCode(lens))}` : `rule ${codeSpan(neutralizeCode(rule.id))}`}${seen} · ${sourceText(model, head)}</sub>`,
  ];
  return cutMarkdown(parts.filter((part) => part !== "").join("\n\n"), BODY_LIMIT, "_Cut to fit GitHub's limit._");
}

function ruleParagraphs({ id, title, why, failureScenario, url }: RuleText, finding: Finding): readonly string[] {
  // The finding of a rule says the rule's own words already.
  const isSaid = (text: string): boolean =>
    text === "" ||
    finding.detail.includes(text) ||
    finding.failureScenario.includes(text) ||
    finding.title.includes(text);
  const link = url !== undefined && /^https:\/\/[\w./#-]+$/.test(url) ? ` [More about it](${url}).` : "";
  const words = [title, why, failureScenario].filter((text) => !isSaid(text)).map((text) => neutralize(text));
  const name = codeSpan(neutralizeCode(id));
  const said = words.length === 0 ? `**The rule** is ${name}.` : `**The rule** ${name}: ${words.join(" ")}`;
  return [
    `${said}${link} Where it is wrong for this repository, ${codeSpan("rules.disable")} in the settings switches it off.`,
  ];
}

function sourceText(model: ExplanationText["model"], head: string): string {
  const read = `read at ${head.slice(0, 12)}`;
  if (model === undefined) return `no model asked · ${read}`;
  const cut = model.incomplete ? " (its explanation was cut short)" : "";
  return `one fresh subagent${cut} · ${dollars(model.costUsd)} · ${read}`;
}

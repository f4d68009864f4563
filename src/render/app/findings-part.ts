import { type Finding, isOpen } from "../../domain/finding.ts";
import type { Severity } from "../../domain/severity.ts";
import { placeText } from "../place-link.ts";
import { inlineCode } from "./inline-code.ts";
import { liveBlock } from "./live-block.ts";
import { markup, type Markup } from "./markup.ts";

/** More are in the report on GitHub and in `findings.json`. */
const MAX_SHOWN = 300;

const NAMES: Readonly<Record<Severity, string>> = { critical: "Critical", high: "High", medium: "Medium", low: "Low" };

/**
 * The findings, worst first, each to be unfolded. All of it is text of a model.
 * @param withheld how many more there are, for people who may write to the repository
 */
export function findingsPart(findings: readonly Finding[] | undefined, withheld = 0): Markup {
  if (findings === undefined) return liveBlock("findings", markup``);
  const items = findings.slice(0, MAX_SHOWN).map(findingItem);
  const rest = findings.length - items.length;
  const open = findings.filter(isOpen).length;
  const others = findings.length - open;
  const aside =
    others === 0
      ? undefined
      : markup`<p class="muted small">${others} more ${others === 1 ? "does" : "do"} not count: refuted, ignored, or older than this change.</p>`;
  const hidden =
    withheld === 0
      ? undefined
      : markup`<p class="callout">${withheld} more could be of use to attackers. They are shown to people who may write to the repository.</p>`;
  const list =
    items.length === 0
      ? markup`${withheld === 0 ? markup`<p class="muted">None.</p>` : undefined}`
      : markup`<ul class="findings">${items}</ul>${rest === 0 ? undefined : markup`<p class="muted">${rest} more are in the report.</p>`}`;
  return liveBlock(
    "findings",
    markup`<section aria-labelledby="findings-title"><h2 id="findings-title">Findings <span class="count">${open}</span></h2>${aside}${hidden}${list}</section>`,
  );
}

function findingItem(finding: Finding): Markup {
  const { severity, title, detail, failureScenario, suggestion, quote, verdict, verification } = finding;
  return markup`<li><details id="finding-${finding.id}"><summary><span class="severity ${severity}">${NAMES[severity]}</span><span class="title">${inlineCode(title)}${verdict === "refuted" ? markup` <span class="badge">refuted</span>` : undefined}${finding.ignored === undefined ? undefined : markup` <span class="badge">ignored</span>`}${finding.scope === "introduced" ? undefined : markup` <span class="badge">older</span>`}</span><code class="place">${placeText(finding)}</code></summary>
<div class="body">
${paragraph("", detail)}
${paragraph("Fails when", failureScenario)}
${quote === "" ? undefined : markup`<pre tabindex="0" aria-label="The code it is about"><code>${quote}</code></pre>`}
${suggestion === undefined ? undefined : markup`<p class="label">Suggested instead</p><pre tabindex="0" aria-label="Suggested code"><code>${suggestion}</code></pre>`}
${paragraph("Second look", verification ?? "")}
<p class="muted small">${finding.id} · ${finding.category} · lens ${finding.lens} · ${verdict}${finding.agreement.of > 1 ? ` · ${finding.agreement.found} of ${finding.agreement.of} agree` : ""}${finding.scope === "pre-existing" ? " · not introduced by this change" : ""}${finding.placementReason === undefined ? "" : ` · ${finding.placement}: ${finding.placementReason}`}</p>
</div></details></li>`;
}

function paragraph(label: string, text: string): Markup | undefined {
  if (text === "") return undefined;
  return markup`<p class="prose">${label === "" ? undefined : markup`<span class="label">${label}: </span>`}${inlineCode(text)}</p>`;
}

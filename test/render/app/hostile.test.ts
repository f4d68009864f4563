import { describe, expect, it } from "vitest";

import { mapStrings } from "../../../src/domain/map-strings.ts";
import type { RunSummary } from "../../../src/domain/run-summary.ts";
import { type CostLine, costsPage } from "../../../src/render/app/costs-page.ts";
import { deadLettersPage } from "../../../src/render/app/dead-letters-page.ts";
import { markup, type Markup } from "../../../src/render/app/markup.ts";
import { pageDocument } from "../../../src/render/app/page-frame.ts";
import { runPage } from "../../../src/render/app/run-page.ts";
import { runsPage } from "../../../src/render/app/runs-page.ts";
import { transcriptPage } from "../../../src/render/app/transcript-page.ts";
import { SAMPLE_REPORT } from "../../support/sample-report.ts";

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><svg onload=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</code></details></main><form action="https://evil.example"><button>`,
  `javascript:alert(1)`,
  `<!--`,
  `&lt;script&gt;alert(1)&lt;/script&gt;`,
  "`<b>code</b>`",
];

const FREE = {
  id: "7",
  kind: "command",
  status: "failed",
  attempts: 2,
  receivedMs: 1,
  startedMs: 2,
  endedMs: 9,
  costUsd: 1,
} as const;

/** Every page, with `text` wherever somebody else's words go. */
function pages(text: string): readonly Markup[] {
  const run: RunSummary = {
    ...FREE,
    key: text,
    installation: 1,
    repository: text,
    repositoryId: 2,
    pullRequest: 7,
    head: text,
    title: text,
    askedBy: text,
    reason: text,
  };
  const words = mapStrings(
    SAMPLE_REPORT.findings.map(
      ({ title, detail, failureScenario, suggestion, quote, verification, path, category, lens }) => {
        const [maybe, checked] = [suggestion ?? "", verification ?? ""];
        return {
          title,
          detail,
          failureScenario,
          suggestion: maybe,
          quote,
          verification: checked,
          path,
          category,
          lens,
        };
      },
    ),
    () => text,
  );
  const report = {
    ...SAMPLE_REPORT,
    findings: SAMPLE_REPORT.findings.map((finding, index) => ({ ...finding, ...words[index] })),
    coverage: SAMPLE_REPORT.coverage.map((entry) => ({ ...entry, path: text, reason: text })),
    notes: [text],
  };
  const subtask = {
    id: text,
    description: text,
    phase: "finder",
    wave: 0,
    paths: [text],
    status: "failed",
    error: text,
  } as const;
  const subtasks = [{ ...subtask, startedMs: 3, endedMs: 8, turns: 1, costUsd: 0 }];
  const turn = { turn: 1, startedMs: 1, endedMs: 2, costUsd: 0, calls: [{ name: text, input: text }], problem: text };
  const cost: CostLine = { repository: text, day: text, runs: 1, costUsd: 1 };
  return [
    runsPage({
      filter: { repository: text, status: text, from: text, to: text },
      runs: [run],
      older: "/runs?before=7",
      nowMs: 9,
    }),
    runPage({
      run,
      subtasks,
      report,
      notes: [text],
      published: [text, `https://github.com/${text}`],
      askers: [text, `${text}2`],
      mayAct: true,
      isToldToStop: false,
      csrf: text,
      serverUrl: "https://github.com",
      nowMs: 9,
    }),
    transcriptPage({ run, asker: text, description: text, turns: [{ ...turn, text }] }),
    costsPage({ days: 7, range: [text], lines: [cost] }),
    deadLettersPage([{ id: text, what: text, reason: text, attempts: 1, diedMs: 1, mayReplay: true }], text),
  ];
}

/** The tags of a page with the names of their attributes, in order: its structure without its words. */
function structure(html: string): readonly string[] {
  return [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/="[^"]*"/g, ""));
}

describe("words of others on a page", () => {
  it.each(HOSTILE)("never become markup: %s", (text) => {
    const isCode = text.startsWith("`");
    const plain = isCode ? "`words`" : "words";
    for (const [index, page] of pages(text).entries()) {
      const html = page.toString();
      expect(structure(html)).toEqual(structure(pages(plain)[index]?.toString() ?? ""));
      expect(html).not.toMatch(/(?:href|src|action)="\s*javascript:/i);
      expect(html).not.toMatch(/href="(?!\/|https:\/\/github\.com\/)/);
    }
  });

  it("have their invisible characters written out", () => {
    for (const page of pages("safe\u202Egnp.exe\u200B\uD800")) {
      expect(page.toString()).not.toMatch(/[\u202E\u200B\uD800]/);
      expect(page.toString()).toContain("⟪U+202E⟫");
    }
  });

  it("stay words in the title of the document", () => {
    const frame = { viewer: { name: "<b>", canLeave: true }, csrf: `"x`, assets: { style: "/s", script: "/l" } };

    const html = pageDocument({ title: "</title><script>", content: markup`<p>kept</p>`, events: `/e?"x` }, frame);

    expect(html).toContain("<title>&lt;/title&gt;&lt;script&gt; · parallel-review</title>");
    expect(html).toContain("<p>kept</p>");
    expect(html).toContain('data-events="/e?&quot;x"');
    expect(html).toContain("<span>&lt;b&gt;</span>");
  });
});

import { describe, expect, it } from "vitest";

import { claudeModel } from "../../src/adapters/claude/claude-model.ts";
import { SYSTEM_CLOCK } from "../../src/entry/system-clock.ts";
import { startClaude } from "../../src/standin/claude/server.ts";
import { toolTurn } from "../../src/standin/claude/turns.ts";
import { anthropicContract } from "../contract/anthropic/anthropic-contract.ts";
import { lonelyFiles, reportedFinding, reviewOnStage } from "../support/review-stage.ts";

const { validate } = anthropicContract();

describe("a review by claude", () => {
  it("has twelve subtasks in flight at once and places what they report at the quoted lines", async () => {
    await using claude = await startClaude({ validate });
    const files = lonelyFiles(12);
    const everybodyIsHere = Promise.withResolvers<void>();
    claude.script(async (request, info) => {
      if (info.inFlight === files.length) everybodyIsHere.resolve();
      await everybodyIsHere.promise;
      const index = files.findIndex(({ path }) => request.firstUserText.includes(`# Your task: ${path}`));
      const file = files[index];
      const finding = reportedFinding(file?.path ?? "", file?.lines[index + 7] ?? "", { title: `Defect ${index}` });
      return toolTurn([{ name: "report_findings", input: { findings: [finding], final: true } }]);
    });

    const { report } = await reviewOnStage({
      model: claudeModel({ apiKey: "key", baseUrl: claude.url, idleTimeoutMs: 60_000 }),
      files,
      clock: SYSTEM_CLOCK,
    });

    expect(claude.journal.maxInFlight).toBe(12);
    expect(claude.journal.messages).toHaveLength(12);
    expect(report.subtasks.map(({ status }) => status)).toEqual(files.map(() => "done"));
    expect(report.coverage.map(({ status }) => status)).toEqual(files.map(() => "reviewed"));
    const places = report.findings.map(({ path, startLine, endLine, title }) => ({ path, startLine, endLine, title }));
    expect(places.toSorted((a, b) => a.startLine - b.startLine)).toEqual(
      files.map(({ path }, index) => ({ path, startLine: index + 8, endLine: index + 8, title: `Defect ${index}` })),
    );
    expect(report.findings.every(({ placement }) => placement === "inline")).toBe(true);
    expect([...claude.violations, ...claude.unexpected]).toEqual([]);
  });
});

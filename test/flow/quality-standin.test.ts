import { expect, it } from "vitest";

import { claudeModel } from "../../src/adapters/claude/claude-model.ts";
import { phaseOf } from "../../src/domain/phase.ts";
import type { Turn } from "../../src/ports/model.ts";
import { toolTurn } from "../../src/standin/claude/turns.ts";
import type { Turn as StandinTurn } from "../../src/standin/claude/turns.ts";
import { startCheckedClaude } from "../standin/claude/checked-claude.ts";
import { findingsTurn, reviewShop, SESSION, verdictTurn } from "./shop-review.ts";

const spoken = ({ calls }: Turn): StandinTurn => toolTurn(calls.map(({ name, input }) => ({ name, input })));

it("sends in every stage what the Messages API takes, one cached prefix for all but the verifiers", async () => {
  await using checked = await startCheckedClaude();
  const { claude } = checked;
  claude.script(({ tools, firstUserText }) => {
    if (tools.some(({ name }) => name === "report_verdict")) return spoken(verdictTurn("confirmed"));
    const finds = firstUserText.includes(`# Your task: ${SESSION}\n`);
    return spoken(finds ? findingsTurn({}) : findingsTurn());
  });
  const model = claudeModel({ apiKey: "key", baseUrl: claude.url, idleTimeoutMs: 5_000 });

  const { report } = await reviewShop(model);

  expect([...claude.violations, ...checked.violations, ...claude.unexpected]).toEqual([]);
  expect(report.findings).toMatchObject([{ verdict: "confirmed" }]);
  const costs = [...Map.groupBy(report.subtasks, phaseOf)].map(([phase, subtasks]) => ({
    phase,
    requests: subtasks.reduce((sum, { turns }) => sum + turns, 0),
    isPaid: subtasks.every(({ costUsd, usage }) => costUsd > 0 && usage.outputTokens > 0),
  }));
  expect(costs).toEqual([
    { phase: "finder", requests: 4, isPaid: true },
    { phase: "contract", requests: 1, isPaid: true },
    { phase: "gap", requests: 1, isPaid: true },
    { phase: "verifier", requests: 1, isPaid: true },
  ]);
  expect(claude.journal.messages).toHaveLength(7);
});

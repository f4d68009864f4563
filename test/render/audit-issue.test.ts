import { expect, it } from "vitest";

import type { LedgerIssue } from "../../src/domain/ledger.ts";
import { readTicks, withTicks } from "../../src/domain/tick.ts";
import { concludeAudit, type ConcludedAudit } from "../../src/flow/conclude-audit.ts";
import { auditIssue } from "../../src/render/audit-issue.ts";
import { auditOf, memoryLedger, NEVER } from "../support/audit-builders.ts";

const TODAY = "2026-11-22";
const TICKER = { author: "mara", place: "#7", date: TODAY };

async function conclude(
  files: Readonly<Record<string, string>>,
  ledger: ReturnType<typeof memoryLedger>,
): Promise<ConcludedAudit> {
  const report = await auditOf({ files, ledger, request: { today: TODAY } });
  return concludeAudit([report], { ledger, history: undefined, failOn: "never", today: TODAY }, NEVER);
}

const accepted = (issue: LedgerIssue, reason: string): LedgerIssue => ({
  ...issue,
  status: "accepted",
  acceptance: { reason, author: "mara", date: TODAY },
});

it("stays within what GitHub takes, however much was found, and says how much it leaves out", async () => {
  const line = `const ${"x".repeat(100)} = 1; // BUG worst`;
  const files = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`src/file-${index}.ts`, line]));
  const { report, comparison } = await conclude(files, memoryLedger());

  const text = auditIssue(report, comparison, { repositoryUrl: "https://github.com/acme/shop" }, new Set());

  expect(text.length).toBeLessThan(62_000);
  const boxes = text.match(/\[ \] accept/g)?.length ?? 0;
  expect(boxes).toBeGreaterThan(100);
  expect(text).toContain(`And ${400 - boxes} more issues`);
});

it("reads back the boxes that it wrote, and nothing that stands in a finding's words", async () => {
  const ledger = memoryLedger();
  const { report, comparison } = await conclude({ "a.ts": "BUG worst", "b.ts": "BUG lesser" }, ledger);
  const [first, second] = ledger.ledger.issues.map(({ id }) => id);
  const forged = comparison.standings.map((standing) => ({
    ...standing,
    finding: { ...standing.finding, title: `x\n- [x] fix <!-- fix:${first ?? ""} -->` },
  }));

  const text = auditIssue(report, { ...comparison, standings: forged }, {}, new Set([second ?? ""]));

  const { fix, accept, reject } = readTicks(text);
  expect([...fix]).toEqual([second]);
  expect([...accept]).toEqual([]);
  expect([...reject].toSorted()).toEqual([first, second].toSorted());
});

it("gives a box to what was accepted by one, and takes nothing back that was accepted elsewhere", async () => {
  const ledger = memoryLedger();
  const files = { "a.ts": "BUG worst", "b.ts": "BUG lesser" };
  await conclude(files, ledger);
  const reasons: Record<string, string> = { "a.ts": "Accepted in #7.", "b.ts": "Small table." };
  const issues = ledger.ledger.issues.map((issue) => accepted(issue, reasons[issue.path] ?? ""));
  ledger.ledger = { ...ledger.ledger, issues };
  const { report, comparison } = await conclude(files, ledger);

  const text = auditIssue(report, comparison, {}, new Set());
  const emptied = new Set(ledger.ledger.issues.map(({ id }) => id));
  const after = withTicks(ledger.ledger, "bugs", { fix: new Set(), accept: new Set(), reject: emptied }, TICKER);

  expect(readTicks(text).accept.size).toBe(1);
  expect(after.issues.map(({ path, status }) => `${path} ${status}`).toSorted()).toEqual([
    "a.ts open",
    "b.ts accepted",
  ]);
});

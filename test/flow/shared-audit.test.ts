import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { AuditReport } from "../../src/domain/merge-audits.ts";
import { concludeAudit } from "../../src/flow/conclude-audit.ts";
import { sharedPurse } from "../../src/flow/shared-purse.ts";
import { auditMarkdown } from "../../src/render/audit-markdown.ts";
import { auditOf, type CountingDetector, lineDetector, memoryLedger, NEVER } from "../support/audit-builders.ts";
import { memorySharedRun, type Sharer } from "../support/memory-shared-run.ts";

const WORST = "await db.query(`SELECT * FROM orders WHERE id = ${id}`); // BUG worst";
const LESSER = "return calculateTheTotalOf(order, customer); // BUG lesser";
/** Packed as for a model: ten files a subtask. */
const REQUEST = { engine: "claude" } as const;

async function markdownOf(report: AuditReport): Promise<string> {
  const parts = { ledger: undefined, history: undefined, failOn: "never", today: "2026-11-22" } as const;
  const concluded = await concludeAudit([report], parts, NEVER);
  return auditMarkdown(concluded.report, concluded.comparison, {});
}

/** `count` files with some bugs, in folders of six. */
function filesOf(count: number): Record<string, string> {
  const text = (at: number): string => (at % 7 === 0 ? `${WORST}\n${LESSER}` : at % 5 === 0 ? `x\n${LESSER}` : "fine");
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`d${at % 9}/f${at}.ts`, `// ${at}\n${text(at)}`]),
  );
}

describe("an audit that several processes share", () => {
  it("gives each of them the report of one, and reads nothing twice, whoever dies", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 2, max: 4 }),
        fc.option(fc.record({ who: fc.nat(), takes: fc.integer({ min: 1, max: 4 }) }), { nil: undefined }),
        async (count, sharers, death) => {
          const files = filesOf(count);
          const alone = await markdownOf(await auditOf({ files, request: REQUEST }));
          const run = memorySharedRun(sharers);
          const dying = death === undefined ? -1 : death.who % sharers;
          const detectors: CountingDetector[] = [];
          const carry = ({ kept, signal }: Sharer): Promise<AuditReport> => {
            const detector = lineDetector();
            detectors.push(detector);
            return auditOf({ files, detector, kept, signal, request: { ...REQUEST, concurrency: 2 } });
          };
          const joined = Array.from({ length: sharers }, (_, at) => run.join(at === dying ? death?.takes : undefined));

          const ends = await Promise.allSettled(joined.map(carry));

          const reports = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
          const killed = joined.filter(({ signal }) => signal.aborted).length;
          expect(reports).toHaveLength(sharers - killed);
          for (const report of reports) expect(await markdownOf(report)).toBe(alone);
          const read = detectors.flatMap((detector) => detector.read);
          if (killed === 0) expect(read.toSorted()).toEqual(Object.keys(files).toSorted());
        },
      ),
      { numRuns: 40 },
    );
  });

  it("goes on where it was killed, in another process, and comes to the report of one", async () => {
    const files = filesOf(80);
    const alone = await markdownOf(await auditOf({ files, request: REQUEST }));
    const run = memorySharedRun(1);
    const [first, second] = [lineDetector(), lineDetector()];
    const killed = run.join(3);
    const request = { ...REQUEST, concurrency: 1 };
    await expect(auditOf({ files, detector: first, request, ...killed })).rejects.toThrow("it was killed");

    const report = await auditOf({ files, detector: second, request, ...run.join() });

    expect(await markdownOf(report)).toBe(alone);
    const finished = run.entries.findIndex(({ kind }) => kind === "resume");
    expect(run.entries.slice(0, finished).filter(({ kind }) => kind === "outcome")).toHaveLength(3);
    expect(second.read.length).toBeLessThan(80);
    expect(first.read.length + second.read.length).toBe(80);
  });

  it("is remembered once when it goes on after it was remembered, and is told as it was", async () => {
    const ledger = memoryLedger();
    await concludeAudit([await auditOf({ files: { "a.ts": WORST } })], parts(undefined), NEVER);
    const before = ledger.ledger;
    const report = await auditOf({ files: { "a.ts": WORST, "b.ts": LESSER } });
    const begun = { startedMs: 7, readLedger: async () => before };

    const first = await concludeAudit([report], parts(begun), NEVER);
    const remembered = ledger.ledger;
    const again = await concludeAudit([report], parts(begun), NEVER);

    expect(first.comparison.standings.map(({ state }) => state)).toEqual(["open", "new"]);
    expect(again.comparison).toEqual(first.comparison);
    expect(ledger.ledger).toEqual(remembered);
    expect(ledger.ledger.runs).toHaveLength(2);

    function parts(begunWith: Parameters<typeof concludeAudit>[1]["begun"]) {
      return { ledger, history: undefined, failOn: "never", today: "2026-11-22", begun: begunWith } as const;
    }
  });
});

describe("the purse of a run that several processes share", () => {
  it("waits while money may come back, serves in order, and gives up when none can", async () => {
    let free = 3;
    let heldByOthers = 2;
    const work = {
      reserve: async (usd: number) => {
        if (usd <= free) {
          free -= usd;
          return { giveBack: () => void (free += usd) };
        }
        return heldByOthers > 0 ? ("later" as const) : ("never" as const);
      },
      news: async () => {
        // Another process is charged for one of the two it had set aside.
        free += 1;
        heldByOthers = 0;
      },
    };
    const purse = sharedPurse(work, 5);

    const [large, small] = await Promise.all([purse.reserve(4, NEVER), purse.reserve(1, NEVER)]);

    expect([large === undefined, small === undefined]).toEqual([false, true]);
    large?.settle(1.5);
    expect(purse.spentUsd).toBe(1.5);
    expect(await purse.reserve(6, NEVER)).toBeUndefined();
  });
});

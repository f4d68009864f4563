import { z } from "zod";

import type { Attempt } from "../../ports/job-queue.ts";
import type { SharedWork } from "../../ports/shared-work.ts";
import { type Database, notify } from "./database.ts";

/** The database's clock: those of several machines differ. */
export const NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
/** A holder that has been silent for so long holds nothing any more, be it subtasks or money. */
export const SILENT_MS = 10_000;

const Amount = z.tuple([z.object({ usd: z.coerce.number() })]).transform(([row]) => row.usd);

export type MoneyParts = {
  readonly database: Database;
  /** The run that all share. */
  readonly run: string;
  readonly attempt: Attempt;
  /** What was given so far, costs among it, is in the database when this resolves. */
  readonly settled: () => Promise<void>;
};

/** What this process has set aside. */
export type SharedMoney = Pick<SharedWork, "reserve"> & {
  /** Says that this process is still there, and gives back what could not be before. Never rejects. */
  touch(): Promise<void>;
};

/**
 * The money of a run that several processes share. The run's row is locked while somebody takes: what was spent and what is held is
 * seen as one, and counted twice for a moment rather than not at all.
 */
export function shareMoney({ database, run, attempt, settled }: MoneyParts): SharedMoney {
  const own = [run, attempt.runId, attempt.lease];
  const held = new Set<number>();
  const over = new Set<number>();
  let numbers = 0;

  const giveBack = async (): Promise<void> => {
    const given = [...over];
    if (given.length === 0) return;
    await settled();
    try {
      await database.transaction(async (transaction) => {
        await transaction.query(
          "DELETE FROM parallel_review.held_money WHERE run = $1 AND holder = $2 AND lease = $3 AND number = ANY($4::integer[])",
          [...own, given],
        );
        await notify(transaction, `job ${run}`);
      });
      for (const number of given) over.delete(number);
    } catch {
      // Until it can be told, the money counts as held.
    }
  };
  return {
    async reserve(usd, mostUsd) {
      numbers += 1;
      const number = numbers;
      const answer = await database.transaction(async (transaction): Promise<"held" | "later" | "never"> => {
        const spent = Amount.parse(
          await transaction.query("SELECT kept_usd AS usd FROM parallel_review.job WHERE id = $1 FOR UPDATE", [run]),
        );
        const others = await transaction.query(
          `SELECT COALESCE(sum(usd), 0) AS usd FROM parallel_review.held_money
           WHERE run = $1 AND touched_ms > ${NOW} - ${SILENT_MS}`,
          [run],
        );
        const aside = Amount.parse(others);
        if (spent + aside + usd > mostUsd) return aside > 0 ? "later" : "never";
        await transaction.query(`INSERT INTO parallel_review.held_money VALUES ($1, $2, $3, $4, $5, ${NOW})`, [
          ...own,
          number,
          usd,
        ]);
        return "held";
      });
      if (answer !== "held") return answer;
      held.add(number);
      return {
        giveBack() {
          if (!held.delete(number)) throw new Error("money is given back once");
          over.add(number);
          void giveBack();
        },
      };
    },
    async touch() {
      await giveBack();
      if (held.size + over.size === 0) return;
      await database
        .query(
          `UPDATE parallel_review.held_money SET touched_ms = ${NOW} WHERE run = $1 AND holder = $2 AND lease = $3`,
          own,
        )
        .catch(() => undefined);
    },
  };
}

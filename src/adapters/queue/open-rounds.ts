import { randomUUID } from "node:crypto";

import { z } from "zod";

import type { Rounds } from "../../ports/rounds.ts";
import type { Database } from "./database.ts";

/** Whoever holds a round says so this often; one that has been silent for longer than that is gone. */
const TOUCH_MS = 15_000;
const SILENT_MS = 60_000;

/** The database's clock: those of several machines differ. */
const NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

const Begun = z.array(z.object({ now: z.coerce.number(), last_ms: z.coerce.number().nullable() }));

/** Rounds of all processes that share the database. */
export function openRounds(database: Database): Rounds {
  return {
    async begin(name, everyMs) {
      const holder = randomUUID();
      const [begun] = Begun.parse(
        await database.query(
          `INSERT INTO parallel_review.round AS round (name, holder, held_until_ms) VALUES ($1, $2, ${NOW} + ${SILENT_MS})
           ON CONFLICT (name) DO UPDATE SET holder = $2, held_until_ms = ${NOW} + ${SILENT_MS}
           WHERE round.held_until_ms < ${NOW} AND (round.tried_ms IS NULL OR round.tried_ms <= ${NOW} - $3::bigint)
           RETURNING ${NOW} AS now, last_ms`,
          [name, holder, everyMs],
        ),
      );
      if (begun === undefined) return undefined;
      const lost = new AbortController();
      const touch = async (): Promise<void> => {
        const held = await database
          .query(
            `UPDATE parallel_review.round SET held_until_ms = ${NOW} + ${SILENT_MS} WHERE name = $1 AND holder = $2 RETURNING name`,
            [name, holder],
          )
          .catch(() => undefined);
        if (held?.length === 0) lost.abort(new DOMException("another process has begun the round", "AbortError"));
      };
      const timer = setInterval(() => void touch(), TOUCH_MS);
      timer.unref();
      let isDone = false;
      return {
        ...(begun.last_ms === null ? {} : { lastMs: begun.last_ms }),
        lost: lost.signal,
        async done() {
          isDone = true;
        },
        async [Symbol.asyncDispose]() {
          clearInterval(timer);
          await database.query(
            `UPDATE parallel_review.round
             SET holder = NULL, held_until_ms = 0, tried_ms = $3, last_ms = CASE WHEN $4 THEN $3 ELSE last_ms END
             WHERE name = $1 AND holder = $2`,
            [name, holder, begun.now, isDone],
          );
        },
      };
    },
  };
}

import { z } from "zod";

import { RUN_STATUSES } from "../../domain/run-summary.ts";
import type { RunFilter } from "../../ports/run-archive.ts";
import { COST_RANGES } from "../../render/app/costs-page.ts";
import type { RunsFilter } from "../../render/app/runs-page.ts";

const DAY_MS = 86_400_000;

const day = z.union([z.literal(""), z.iso.date("is a day, such as 2026-11-22")]).default("");
const Query = z.object({
  repository: z.string().trim().max(200, "is owner/name").default(""),
  status: z.union([z.literal(""), z.enum(RUN_STATUSES)], { error: `is one of ${RUN_STATUSES.join(", ")}` }).default(""),
  from: day,
  to: day,
  before: z
    .string()
    .regex(/^\d{1,15}$/, "is a run's number")
    .optional(),
});

/** What the list is narrowed to: as the page says it, as the archive is asked, and where the page before it ended. */
export type RunsQuery = { readonly shown: RunsFilter; readonly filter: RunFilter; readonly before?: string };

/** The query of the list's address, or the sentence that says what is wrong with it. */
export function readRunsQuery(query: Readonly<Record<string, string>>): RunsQuery | string {
  const read = Query.safeParse(query);
  if (!read.success) return problemOf(read.error);
  const { before, ...shown } = read.data;
  const { repository, status, from, to } = shown;
  return {
    shown,
    filter: {
      ...(repository === "" ? {} : { repository }),
      ...(status === "" ? {} : { status }),
      ...(from === "" ? {} : { fromMs: Date.parse(from) }),
      ...(to === "" ? {} : { untilMs: Date.parse(to) + DAY_MS }),
    },
    ...(before === undefined ? {} : { before }),
  };
}

/** The address of the list for those filters. */
export function runsAddress(shown: RunsFilter, before?: string): string {
  const pairs = Object.entries({ ...shown, ...(before === undefined ? {} : { before }) });
  const query = new URLSearchParams(pairs.filter(([, value]) => value !== "")).toString();
  return query === "" ? "/runs" : `/runs?${query}`;
}

/** How many days of costs were asked for, or what is wrong with it. */
export function readDays(value: string | undefined): number | string {
  const days = Number(value ?? 30);
  return COST_RANGES.some((range) => range === days) ? days : `days is one of ${COST_RANGES.join(", ")}`;
}

/** The last `days` days (UTC) up to today, oldest first. */
export function lastDays(days: number, nowMs: number): readonly string[] {
  return Array.from({ length: days }, (_, index) =>
    new Date(nowMs - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${String(issue?.path[0])} ${issue?.message ?? "is not right"}`;
}

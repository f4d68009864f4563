import { z } from "zod";

/** Where the report of a scheduled audit can go. */
const SCHEDULED_DESTINATIONS = ["pull-request", "issue", "code-scanning"] as const;

/** One of a list: `*`, a number or a range of them, with or without a step. */
function field(number: string): string {
  const one = String.raw`(?:\*|${number}(?:-${number})?)(?:/[1-9]\d?)?`;
  return `${one}(?:,${one})*`;
}

/** Minute, hour, day of the month, month, day of the week. The minute is one number: an audit at most once an hour. */
const CRON = new RegExp(
  String.raw`^[0-5]?\d ${field(String.raw`(?:[01]?\d|2[0-3])`)} ${field(String.raw`(?:0?[1-9]|[12]\d|3[01])`)} ${field("(?:0?[1-9]|1[0-2])")} ${field("[0-7]")}$`,
);

/** An audit that comes back by the clock. */
export const AuditSchedule = z.strictObject({
  /** The built-in recipe of this name, or the repository's own. */
  recipe: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "must be the name of a recipe, e.g. database"),
  /** As in crontab, in numbers. */
  cron: z
    .string()
    .max(100)
    .regex(
      CRON,
      'must be five fields in numbers (minute, hour, day, month, day of the week), the minute a single one, e.g. "30 3 * * 1-5"',
    ),
  timeZone: z.string().refine(isTimeZone, "must be the name of a time zone, e.g. Europe/Vienna").default("UTC"),
  /** By default a pull request; code scanning for what strangers could use in a public repository. */
  publishTo: z.enum(SCHEDULED_DESTINATIONS).optional(),
  /** The report's file in the repository, in place of the recipe's. */
  reportPath: z.string().min(1).max(300).optional(),
  budgetUsd: z.number().positive().max(1_000).optional(),
});
export type AuditSchedule = z.infer<typeof AuditSchedule>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

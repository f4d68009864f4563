import { z } from "zod";

import { PROVIDERS } from "../adapters/claude/connection.ts";
import { EFFORTS } from "../domain/effort.ts";
import { FAIL_ON } from "../domain/severity.ts";

export const ENGINES = ["auto", "claude", "rules"] as const;
export type EngineChoice = (typeof ENGINES)[number];

const OUTPUT_FORMATS = ["text", "markdown", "json", "sarif"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What one process of the App does: `web` takes webhooks and shows pages, `worker` carries jobs out, `all` does both. */
const ROLES = ["all", "web", "worker"] as const;
export type Role = (typeof ROLES)[number];

const whole = (min: number, max: number): z.ZodType<number> =>
  z.coerce
    .number({ error: "must be a number" })
    .int("must be a whole number")
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

/** `i/n`, part i of n. */
export const Shard = z
  .string()
  .regex(/^\d{1,4}\/\d{1,4}$/, "must be i/n, e.g. 1/8")
  .transform((text) => {
    const [index = 0, of = 0] = text.split("/").map(Number);
    return { index, of };
  })
  .refine(({ index, of }) => index >= 1 && index <= of && of <= 256, "must be i/n with 1 <= i <= n <= 256");

/** Ids of findings with commas or spaces between them; none of them for "". */
export const FindingIds = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((id) => id !== ""))
  .refine((ids) => ids.every((id) => /^f\d{1,5}$/.test(id)), "must be ids of findings, e.g. f1,f3");

/** The values that options take, as text from the command line. */
export const Values = z.object({
  repo: z.string().default("."),
  base: z.string().min(1).optional(),
  head: z.string().min(1).optional(),
  engine: z.enum(ENGINES).default("auto"),
  model: z.string().min(1).optional(),
  "verifier-model": z.string().min(1).optional(),
  lens: z
    .string()
    .regex(/^[a-z0-9-]+(?:,[a-z0-9-]+)*$/, "takes lens names separated by commas")
    .transform((names): readonly string[] => names.split(","))
    .optional(),
  effort: z.enum(EFFORTS).optional(),
  concurrency: whole(1, 1_000).optional(),
  budget: z.coerce.number({ error: "must be an amount in US dollars" }).positive("must be more than 0").optional(),
  format: z.enum(OUTPUT_FORMATS).default("text"),
  output: z.string().min(1).optional(),
  "output-dir": z.string().min(1).optional(),
  replay: z.string().min(1).optional(),
  "base-url": z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }).optional(),
  provider: z.enum(PROVIDERS).default("anthropic"),
  region: z.string().min(1).optional(),
  project: z.string().min(1).optional(),
  resource: z.string().min(1).optional(),
  "fail-on": z.enum(FAIL_ON).optional(),
  "dry-run": z.boolean().default(false),
  quiet: z.boolean().default(false),
  once: z.boolean().default(false),
  port: whole(0, 65_535).optional(),
  goal: z.string().trim().min(1).max(2_000).optional(),
  recipe: z.string().min(1).optional(),
  files: z.array(z.string().min(1)).default([]),
  context: z.array(z.string().min(1)).default([]),
  check: z.string().optional(),
  formatter: z.string().optional(),
  apply: z.boolean().default(false),
  patch: z.string().min(1).optional(),
  findings: z.string().min(1).optional(),
  ids: FindingIds.optional(),
  "no-review": z.boolean().default(false),
  report: z.string().min(1).optional(),
  shard: Shard.optional(),
  batch: z.boolean().default(false),
  ledger: z.string().min(1).optional(),
  role: z.enum(ROLES).default("all"),
  host: z.string().min(1).optional(),
  data: z.string().min(1).optional(),
  demo: z.boolean().default(false),
});

import { z } from "zod";

import { PROVIDERS } from "../adapters/claude/connection.ts";
import { EFFORTS } from "../domain/effort.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { FAIL_ON } from "../domain/severity.ts";
import { ENGINES, FindingIds, Shard } from "./option-values.ts";

const JOBS = ["auto", "review", "plan", "refactor", "audit"] as const;

/** Parts of a run over several jobs: gate plans, analyze reads, publish delivers; all does everything in one job. */
const STAGES = ["all", "gate", "analyze", "publish"] as const;

const DESTINATIONS = ["pull-request", "issue", "code-scanning", "artifact"] as const;

const httpsUrl = z.url({ protocol: /^https?$/, error: "must be an http(s) URL" });

/** An empty input means "not given": the runner sends "" for those. */
const optional = <T extends z.ZodType>(schema: T): z.ZodType<z.infer<T> | undefined> =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const whole = (min: number, max: number): z.ZodType<number> =>
  z.coerce
    .number({ error: `must be a whole number from ${min} to ${max}` })
    .int(`must be a whole number from ${min} to ${max}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** The Action's inputs, named as in action.yml (a test compares them). */
export const Inputs = z.object({
  job: z.enum(JOBS),
  stage: z.enum(STAGES),
  "github-token": z.string().min(1, "is empty: give it ${{ github.token }}"),
  "anthropic-api-key": z.string(),
  "anthropic-base-url": httpsUrl,
  provider: z.enum(PROVIDERS),
  region: optional(z.string()),
  project: optional(z.string()),
  resource: optional(z.string()),
  "anthropic-federation-rule": optional(z.string()),
  "anthropic-organization": optional(z.string()),
  "anthropic-service-account": optional(z.string()),
  "anthropic-workspace": optional(z.string()),
  engine: z.enum(ENGINES),
  model: z.string().min(1, "must not be empty"),
  "verifier-model": optional(z.string()),
  effort: optional(z.enum(EFFORTS)),
  "max-concurrency": whole(1, 1_000),
  "budget-usd": optional(z.coerce.number({ error: "must be an amount in US dollars" }).positive("must be more than 0")),
  "time-limit-minutes": whole(1, 360),
  "config-path": z.string().min(1, "must not be empty"),
  "pull-request": optional(whole(1, Number.MAX_SAFE_INTEGER)),
  goal: optional(z.string().trim().min(1).max(2_000)),
  recipe: optional(z.string()),
  files: z.string(),
  "context-files": z.string(),
  check: z.string(),
  formatter: z.string(),
  "base-branch": optional(z.string()),
  branch: optional(z.string().max(100)),
  draft: flag,
  "max-files-per-pull-request": whole(1, 3_000),
  "max-lines-per-pull-request": whole(1, 1_000_000),
  "review-change": flag,
  "fail-on": optional(z.enum(FAIL_ON)),
  "report-path": optional(z.string()),
  "publish-to": optional(z.enum(DESTINATIONS)),
  shard: optional(Shard),
  batch: flag,
  "findings-path": optional(z.string()),
  "finding-ids": FindingIds,
  "output-dir": optional(z.string()),
  "dry-run": flag,
});
export type Inputs = z.infer<typeof Inputs>;

/**
 * Reads all inputs through `get`, which answers "" for those that are not set.
 * @throws {ConfigurationError} one line per input that cannot be used, with the values it takes.
 */
export function readInputs(get: (name: string) => string): Inputs {
  const inputs = Inputs.safeParse(Object.fromEntries(Object.keys(Inputs.shape).map((name) => [name, get(name)])));
  if (inputs.success) return inputs.data;
  const lines = inputs.error.issues.map((issue) => {
    const allowed =
      issue.code === "invalid_value" ? `must be one of ${issue.values.map(String).join(", ")}` : issue.message;
    return `input ${String(issue.path[0])} ${allowed}`;
  });
  throw new ConfigurationError(lines.join("\n"));
}

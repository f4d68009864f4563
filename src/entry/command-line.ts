import { parseArgs } from "node:util";

import { z } from "zod";

import { EFFORTS } from "../domain/effort.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { FAIL_ON } from "../domain/severity.ts";

export const ENGINES = ["auto", "claude", "rules"] as const;
export type EngineChoice = (typeof ENGINES)[number];

const OUTPUT_FORMATS = ["text", "markdown", "json", "sarif"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What one process of the App does: `web` takes webhooks and shows pages, `worker` carries jobs out, `all` does both. */
const ROLES = ["all", "web", "worker"] as const;
export type Role = (typeof ROLES)[number];

const DEMOS = ["review", "refactor", "audit"] as const;

/** Every option of every command, as node:util reads them. */
const OPTIONS = {
  repo: { type: "string" },
  base: { type: "string" },
  head: { type: "string" },
  engine: { type: "string" },
  model: { type: "string" },
  effort: { type: "string" },
  concurrency: { type: "string" },
  budget: { type: "string" },
  format: { type: "string" },
  output: { type: "string" },
  "output-dir": { type: "string" },
  replay: { type: "string" },
  "base-url": { type: "string" },
  "fail-on": { type: "string" },
  "dry-run": { type: "boolean" },
  quiet: { type: "boolean" },
  once: { type: "boolean" },
  port: { type: "string" },
  goal: { type: "string" },
  recipe: { type: "string" },
  files: { type: "string", multiple: true },
  context: { type: "string", multiple: true },
  check: { type: "string" },
  formatter: { type: "string" },
  apply: { type: "boolean" },
  patch: { type: "string" },
  findings: { type: "string" },
  ids: { type: "string" },
  "no-review": { type: "boolean" },
  report: { type: "string" },
  shard: { type: "string" },
  batch: { type: "boolean" },
  ledger: { type: "string" },
  role: { type: "string" },
  host: { type: "string" },
  data: { type: "string" },
  demo: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

type OptionName = keyof typeof OPTIONS;

const REVIEW_OPTIONS: readonly OptionName[] = [
  "repo",
  "base",
  "head",
  "engine",
  "model",
  "effort",
  "concurrency",
  "budget",
  "format",
  "output",
  "output-dir",
  "replay",
  "base-url",
  "fail-on",
  "dry-run",
  "quiet",
];

/** Which options each command takes. */
const COMMANDS: Readonly<
  Record<
    "review" | "refactor" | "audit" | "merge" | "plan" | "estimate" | "resume" | "ask" | "app" | "demo" | "doctor",
    readonly OptionName[]
  >
> = {
  review: REVIEW_OPTIONS,
  refactor: [
    "repo",
    "base",
    "goal",
    "recipe",
    "files",
    "context",
    "check",
    "formatter",
    "apply",
    "patch",
    "findings",
    "ids",
    "no-review",
    "engine",
    "model",
    "effort",
    "concurrency",
    "budget",
    "base-url",
    "output",
    "output-dir",
    "dry-run",
    "quiet",
  ],
  resume: ["repo", "concurrency", "budget", "format", "output", "base-url", "quiet"],
  ask: ["repo", "head", "model", "effort", "concurrency", "budget", "format", "output", "base-url", "quiet"],
  plan: ["repo", "base", "head", "format", "output"],
  estimate: ["repo", "base", "head", "model", "format", "output"],
  audit: [
    "repo",
    "head",
    "recipe",
    "files",
    "report",
    "shard",
    "batch",
    "ledger",
    "engine",
    "model",
    "effort",
    "budget",
    "base-url",
    "concurrency",
    "format",
    "output",
    "fail-on",
    "quiet",
  ],
  merge: ["repo", "report", "ledger", "format", "output", "fail-on", "quiet"],
  app: ["role", "host", "port", "data", "demo", "once", "engine", "model", "concurrency", "base-url"],
  demo: ["once", "port", "engine", "model", "concurrency", "base-url"],
  doctor: ["repo", "base-url", "data"],
};
type CommandName = keyof typeof COMMANDS;

/** The commands that take one word, and what it is. */
const WORDS: Partial<Record<CommandName, string>> = {
  resume: "the findings.json of the run that is to go on",
  ask: 'a "question"',
};

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

const Values = z.object({
  repo: z.string().default("."),
  base: z.string().min(1).optional(),
  head: z.string().min(1).optional(),
  engine: z.enum(ENGINES).default("auto"),
  model: z.string().min(1).optional(),
  effort: z.enum(EFFORTS).optional(),
  concurrency: whole(1, 1_000).optional(),
  budget: z.coerce.number({ error: "must be an amount in US dollars" }).positive("must be more than 0").optional(),
  format: z.enum(OUTPUT_FORMATS).default("text"),
  output: z.string().min(1).optional(),
  "output-dir": z.string().min(1).optional(),
  replay: z.string().min(1).optional(),
  "base-url": z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }).optional(),
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

export type CommandLine =
  | {
      readonly command: CommandName;
      /** What `demo` shows. */
      readonly job: (typeof DEMOS)[number];
      readonly options: z.infer<typeof Values>;
      /** The one word that `resume` and `ask` take; "" for the others. */
      readonly word: string;
      /** What follows the command's name: the files for `merge`; empty for the others. */
      readonly words: readonly string[];
    }
  | { readonly command: "help" | "version" };

/**
 * Reads the arguments after the program's name.
 * @throws {ConfigurationError} for an unknown command, option or value; the text says what there is.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = readArguments(args);
  if (values.version === true) return { command: "version" };
  const [name, ...rest] = positionals;
  if (values.help === true || name === undefined || name === "help") return { command: "help" };
  if (!isCommand(name)) {
    throw new ConfigurationError(
      `unknown command ${name}; the commands are ${Object.keys(COMMANDS).join(", ")} and help`,
    );
  }
  const demo = name === "demo" ? DEMOS.find((each) => each === rest[0]) : undefined;
  if (demo !== undefined) rest.shift();
  // `--files a b c`: a shell that expands a glob makes several words of it.
  const takesFiles = name === "refactor" || name === "audit";
  if (takesFiles && values.files !== undefined) values.files.push(...rest.splice(0));
  const word = WORDS[name] === undefined ? "" : wordOf(name, rest);
  if (name === "merge" && rest.length === 0) {
    throw new ConfigurationError("merge needs the findings.json files of the shards");
  }
  if (rest.length > 0 && name !== "merge") {
    throw new ConfigurationError(`${name} takes no further words, but got: ${rest.join(" ")}`);
  }
  const wrong = Object.keys(values).find((option) => !COMMANDS[name].some((allowed) => allowed === option));
  if (wrong !== undefined) throw unknownOption(`--${wrong}`, name);
  const options = Values.safeParse(values);
  if (options.success) return { command: name, job: demo ?? "review", options: options.data, word, words: rest };
  throw new ConfigurationError(options.error.issues.map((issue) => optionMistake(issue)).join("\n"));
}

/** Takes the one word that the command needs out of `rest`. */
function wordOf(name: CommandName, rest: string[]): string {
  const word = rest.shift()?.trim() ?? "";
  if (word === "") throw new ConfigurationError(`${name} takes ${WORDS[name]}`);
  return word;
}

function readArguments(args: readonly string[]): Pick<ReturnType<typeof parse>, "values" | "positionals"> {
  try {
    return parse(args);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const option = /Unknown option '([^']+)'/.exec(said)?.[1];
    const bare = /Option '(?:-\w, )?(--[\w-]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(said)?.[1];
    if (bare !== undefined) throw new ConfigurationError(`option ${bare} needs a value`, { cause: error });
    const flag = /Option '(?:-\w, )?(--[\w-]+)' does not take an argument/.exec(said)?.[1];
    if (flag !== undefined) throw new ConfigurationError(`option ${flag} takes no value`, { cause: error });
    const name = args.find((arg) => isCommand(arg));
    if (option !== undefined) throw unknownOption(option, name !== undefined && isCommand(name) ? name : undefined);
    throw new ConfigurationError(said, { cause: error });
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

function unknownOption(option: string, command: CommandName | undefined): ConfigurationError {
  const known = command === undefined ? Object.keys(OPTIONS) : COMMANDS[command];
  const list = known.map((name) => `--${name}`).join(" ");
  return new ConfigurationError(
    `unknown option ${option}${command === undefined ? "" : ` for ${command}`}; there are: ${list}`,
  );
}

function optionMistake(issue: z.core.$ZodIssue): string {
  const name = `--${String(issue.path[0])}`;
  return issue.code === "invalid_value"
    ? `${name}: must be one of ${issue.values.map(String).join(", ")}`
    : `${name}: ${issue.message}`;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

import { parseArgs } from "node:util";

import type { z } from "zod";

import { ConfigurationError } from "../domain/errors.ts";
import { type CommandName, COMMANDS, OPTIONS, WORDS } from "./command-options.ts";
import { Values } from "./option-values.ts";

const DEMOS = ["review", "refactor", "audit"] as const;

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

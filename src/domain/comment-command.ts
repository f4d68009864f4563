import { z } from "zod";

import { type Effort, EFFORTS } from "./effort.ts";

/** What a comment can ask for without further words. */
const PLAIN_VERBS = [
  "full",
  "plan",
  "estimate",
  "dry-run",
  "status",
  "stop",
  "retry",
  "resume",
  "pause",
  "config",
  "help",
] as const;

/** How the review is to be narrowed or paid for; absent means the settings decide. */
export type CommandOptions = {
  readonly lenses?: readonly string[];
  readonly paths?: string;
  readonly model?: string;
  readonly effort?: Effort;
  readonly budgetUsd?: number;
  readonly concurrency?: number;
  readonly sha?: string;
};

export type CommentCommand =
  | { readonly verb: "review" | (typeof PLAIN_VERBS)[number]; readonly options: CommandOptions }
  /** Without an id: the finding whose thread the command stands in. */
  | { readonly verb: "explain"; readonly id?: string; readonly options: CommandOptions }
  | { readonly verb: "ignore"; readonly id?: string; readonly reason: string; readonly options: CommandOptions }
  /** Without ids: the same. */
  | { readonly verb: "fix"; readonly ids: readonly string[]; readonly options: CommandOptions }
  | {
      readonly verb: "refactor";
      readonly goal: string;
      readonly globs: readonly string[];
      readonly options: CommandOptions;
    }
  | { readonly verb: "audit"; readonly recipe: string; readonly options: CommandOptions }
  | { readonly verb: "ask"; readonly question: string; readonly options: CommandOptions };

/** `thread`: under lines of the diff. */
export type CommandPlace = "conversation" | "thread";

/** `none`: the comment is not for us. `mistake`: it is, but we run nothing and answer with help. */
export type ParsedComment =
  | { readonly kind: "none" }
  | { readonly kind: "mistake"; readonly message: string }
  | { readonly kind: "command"; readonly command: CommentCommand };

const Options = z.strictObject({
  lens: z
    .string()
    .regex(/^[a-z0-9-]+(?:,[a-z0-9-]+)*$/, "takes lens names separated by commas")
    .optional(),
  paths: z.string().max(300).optional(),
  model: z
    .string()
    .regex(/^[A-Za-z0-9._:@/-]{1,100}$/, "takes a model id")
    .optional(),
  effort: z.enum(EFFORTS).optional(),
  budget: z.coerce.number().positive().max(1_000).optional(),
  concurrency: z.coerce.number().int().min(1).max(256).optional(),
  sha: z
    .string()
    .regex(/^[0-9a-f]{40}$/, "takes a full commit id of 40 characters")
    .optional(),
});

const FINDING_ID = /^f\d{1,5}$/;

/**
 * Reads a comment. Only its first line counts, and only when it starts with the command itself: quotes, code blocks, indented
 * text and longer words are none of ours. In the thread of a finding, its id may be left out.
 */
export function parseComment(body: string, place: CommandPlace = "conversation"): ParsedComment {
  const line = /^[^\r\n]*/.exec(body)?.[0] ?? "";
  const match = /^\/parallel-review(?:[ \t]+(.*))?$/.exec(line.trimEnd());
  if (match === null) return { kind: "none" };
  const words = splitWords(match[1] ?? "");
  if (words === undefined) return mistake("a quotation mark is not closed");
  const read = readOptions(words);
  return typeof read === "string" ? mistake(read) : commandOf(read.words, read.options, place === "thread");
}

function mistake(message: string): ParsedComment {
  return { kind: "mistake", message };
}

/** Words and "quoted phrases"; undefined when a quotation mark is left open. */
function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:"([^"]*)"|([^\s"]+))/y;
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    words.push(match[1] ?? match[2] ?? "");
  }
  return words;
}

function readOptions(words: readonly string[]): { words: string[]; options: CommandOptions } | string {
  const plain: string[] = [];
  const given: Record<string, string> = {};
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!word.startsWith("-")) {
      plain.push(word);
      continue;
    }
    const name = word.slice(2);
    if (!word.startsWith("--") || !Object.hasOwn(Options.shape, name)) return `unknown option ${word}`;
    const value = words[++index];
    if (value === undefined) return `option ${word} needs a value`;
    given[name] = value;
  }
  const options = Options.safeParse(given);
  if (!options.success) {
    const [issue] = options.error.issues;
    return `option --${String(issue?.path[0])}: ${issue?.message ?? "not understood"}`;
  }
  const { lens, paths, model, effort, budget, concurrency, sha } = options.data;
  return {
    words: plain,
    options: {
      ...(lens === undefined ? {} : { lenses: lens.split(",") }),
      ...(paths === undefined ? {} : { paths }),
      ...(model === undefined ? {} : { model }),
      ...(effort === undefined ? {} : { effort }),
      ...(budget === undefined ? {} : { budgetUsd: budget }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(sha === undefined ? {} : { sha }),
    },
  };
}

function commandOf(words: readonly string[], options: CommandOptions, inThread: boolean): ParsedComment {
  const [verb, ...rest] = words;
  const command = (value: CommentCommand): ParsedComment => ({ kind: "command", command: value });
  if (verb === undefined) return command({ verb: "review", options });
  const plain = PLAIN_VERBS.find((candidate) => candidate === verb);
  if (plain !== undefined) {
    return rest.length === 0 ? command({ verb: plain, options }) : mistake(`${plain} takes no further words`);
  }
  const [first = "", ...others] = rest;
  switch (verb) {
    case "explain":
      if (rest.length === 0 && inThread) return command({ verb, options });
      if (!FINDING_ID.test(first) || others.length > 0) return mistake("explain takes one finding id, such as f3");
      return command({ verb, id: first, options });
    case "ignore":
      if (!FINDING_ID.test(first) && inThread) return command({ verb, reason: rest.join(" "), options });
      if (!FINDING_ID.test(first)) return mistake("ignore takes a finding id, such as f3, and then the reason");
      return command({ verb, id: first, reason: others.join(" "), options });
    case "fix":
      if ((rest.length === 0 && !inThread) || !rest.every((id) => FINDING_ID.test(id)))
        return mistake("fix takes finding ids, such as f1 f4");
      return command({ verb, ids: rest, options });
    case "refactor":
      if (first === "" || others.length === 0) return mistake('refactor takes a "goal" and then globs of files');
      return command({ verb, goal: first, globs: others, options });
    case "audit":
      if (first === "" || others.length > 0) return mistake("audit takes the name of one recipe");
      return command({ verb, recipe: first, options });
    case "ask":
      if (rest.length === 0) return mistake('ask takes a "question"');
      return command({ verb, question: rest.join(" "), options });
    default:
      return mistake(`unknown command ${verb}`);
  }
}

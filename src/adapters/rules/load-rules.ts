import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import type { RuleAssets } from "./assets.ts";
import { builtInRules } from "./built-in-rules.ts";
import { type ParsedRules, parseRules, type PlacedRule, type RuleText } from "./parse-rules.ts";
import type { RuleSet, SyntaxRule } from "./rule.ts";
import { TEXT_RULES } from "./text/text-rules.ts";
import { WorkerThread } from "./worker-thread.ts";

/** Compiling a rule takes a millisecond; one that takes this long is not usable. */
const CHECK_LIMIT_MS = 10_000;

/** Problems shown in one error; more are counted. */
const SHOWN_PROBLEMS = 20;

/**
 * The built-in packs and a repository's own rules, checked. A repository rule with the id of a built-in one takes its
 * place; a document of just `id` and `severity: off` switches a rule off.
 * @throws ConfigurationError that lists what is wrong with the repository's files, each with file and line.
 * @throws ExternalError when the engine itself does not work.
 */
export async function loadRules(options: {
  readonly assets: RuleAssets;
  /** The repository's rule files, read by the caller; [] for none. */
  readonly repository: readonly RuleText[];
  readonly signal: AbortSignal;
  /** The worker's file, which tries the repository's rules out; a bundle passes its own. */
  readonly workerUrl?: URL;
}): Promise<RuleSet> {
  const { assets, repository, signal, workerUrl = new URL("worker.ts", import.meta.url) } = options;
  const builtIn = await builtInRules(assets.packs, signal);
  const own = await loadOwnRules({ assets, repository, signal, workerUrl });

  const replaced = new Set([...own.off, ...own.rules.map(({ rule }) => rule.id)]);
  const syntax: SyntaxRule[] = [
    ...builtIn.filter((rule) => !replaced.has(rule.id)),
    ...own.rules.map(({ rule }) => rule).filter((rule) => !own.off.includes(rule.id)),
  ];
  return {
    syntax: syntax.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    text: TEXT_RULES.map((rule) => rule.id).filter((id) => !replaced.has(id)),
  };
}

/** A repository's rule files alone, checked, in the order they are written. Throws as `loadRules`. */
export async function loadOwnRules(options: {
  readonly assets: RuleAssets;
  readonly repository: readonly RuleText[];
  readonly signal: AbortSignal;
  readonly workerUrl?: URL;
}): Promise<ParsedRules> {
  const { assets, repository, signal, workerUrl = new URL("worker.ts", import.meta.url) } = options;
  const own = parseRules(repository);
  const problems = [...own.problems, ...repeatedIds(own.rules), ...(await complaints(own.rules, assets, workerUrl))];
  signal.throwIfAborted();
  if (problems.length > 0) throw new ConfigurationError(describe(problems));
  return own;
}

function repeatedIds(rules: readonly PlacedRule[]): string[] {
  const first = new Map<string, string>();
  return rules.flatMap(({ rule, place }) => {
    const before = first.get(rule.id);
    if (before === undefined) first.set(rule.id, place);
    return before === undefined ? [] : [`${place}: \`id\` ${rule.id} is taken by ${before}; ids must be unique`];
  });
}

/** What ast-grep has against the rules. In a worker, because a thread can load ast-grep only once. */
async function complaints(rules: readonly PlacedRule[], assets: RuleAssets, workerUrl: URL): Promise<string[]> {
  if (rules.length === 0) return [];
  await using worker = new WorkerThread(workerUrl, { assets, rules: { syntax: [], text: [] } });
  await worker.next(CHECK_LIMIT_MS);
  const found: string[] = [];
  for (const { rule, place } of rules) {
    for (const language of rule.languages) {
      // oxlint-disable-next-line no-await-in-loop -- one worker takes one request at a time
      const reply = await worker.next(CHECK_LIMIT_MS, { kind: "check", rule, language });
      if (reply.kind === "dead")
        throw new ExternalError("rules", `The rules engine failed on ${place}: ${reply.error}`);
      if (reply.answer.kind === "checked" && reply.answer.complaint !== undefined) {
        found.push(`${place}: ${rule.id} (${language}): ${oneLine(reply.answer.complaint)}`);
      }
    }
  }
  return found;
}

function oneLine(complaint: string): string {
  return complaint.replaceAll(/\s*\n\s*\|->\s*/g, " ").replaceAll(/\s*\n\s*/g, " ");
}

function describe(problems: readonly string[]): string {
  const shown = problems.slice(0, SHOWN_PROBLEMS);
  const more = problems.length - shown.length;
  return [
    "The repository's rules cannot be used:",
    ...shown.map((problem) => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}

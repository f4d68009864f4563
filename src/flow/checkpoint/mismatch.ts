import type { RunHeader, RunRequest } from "../../ports/run-store.ts";

const WORDS: Readonly<Record<keyof RunRequest, string>> = {
  run: "what asked for the run",
  engine: "the engine",
  model: "the model",
  verifierModel: "the model that verifies",
  effort: "the effort",
  isRegional: "whether the model is asked in a region",
  paths: "the choice of paths",
  lenses: "the choice of lenses",
  failOn: "fail-on",
  baseRef: "the name of the base",
  headRef: "the name of the head",
  audit: "what the audit is planned from",
};

/** Why a run cannot go on from where another stopped, as a sentence without a full stop; undefined when it can. */
export function mismatch(
  then: RunHeader,
  now: Pick<RunHeader, "version" | "base" | "head" | "planHash" | "request">,
): string | undefined {
  if (then.head !== now.head) return `it is about ${then.head}, but the head is ${now.head} now`;
  if (then.base !== now.base) return `it starts at ${then.base}, but the base is ${now.base} now`;
  if (then.version !== now.version) return `version ${then.version} wrote it, and this is ${now.version}`;
  const fields = Object.keys(WORDS).filter((name): name is keyof RunRequest => Object.hasOwn(WORDS, name));
  const differing = fields.find((name) => JSON.stringify(then.request[name]) !== JSON.stringify(now.request[name]));
  if (differing !== undefined) {
    const [before, after] = [then.request[differing], now.request[differing]].map((value) => JSON.stringify(value));
    return `${WORDS[differing]} was ${before ?? "not given"} then and is ${after ?? "not given"} now`;
  }
  if (then.planHash !== now.planHash) return "the plan is another one now: the settings may have changed";
  return undefined;
}

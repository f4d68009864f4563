import type { LensText } from "../domain/settings.ts";

const GENERAL_DO_NOT_FLAG =
  "style, naming, formatting, missing comments or tests for code that is right, what a compiler or linter reports, " +
  "speculation without a concrete input that goes wrong, and code that the change neither touches nor breaks";

const CORRECTNESS: LensText = {
  name: "correctness",
  lookFor:
    "wrong results, crashes, lost or duplicated work, broken edge cases (empty, null, zero, negative, duplicate, huge, concurrent), " +
    "wrong conditions, off-by-one, missing await or error handling on asynchronous calls, swallowed errors, queries in loops, " +
    "resources never released, contracts with callers broken by the change, data written half, injection and leaked secrets",
  doNotFlag: GENERAL_DO_NOT_FLAG,
};

/** The built-in lenses: what a subagent looks for, and what it must leave alone. */
const BUILT_IN: readonly LensText[] = [
  CORRECTNESS,
  {
    name: "security",
    lookFor:
      "untrusted input that reaches SQL, a shell, HTML, a file path, a URL fetched by the server, a deserialiser or an evaluator; missing or wrong " +
      "authentication and authorisation; secrets in code or logs; weak cryptography; data of one user shown to another; " +
      "invisible or bidirectional characters that make code read differently from what runs",
    doNotFlag: `${GENERAL_DO_NOT_FLAG}; missing hardening where no attacker-controlled input arrives`,
  },
  {
    name: "contracts",
    lookFor:
      "exported functions, types, routes, events, columns or messages whose meaning the change alters, and callers (search for them) that still rely on the old meaning",
    doNotFlag: GENERAL_DO_NOT_FLAG,
  },
  {
    name: "concurrency",
    lookFor:
      "races, lost updates, missing transactions or locks, unbounded parallelism, deadlocks, timers, streams, connections and subscriptions never closed, work that outlives its request",
    doNotFlag: GENERAL_DO_NOT_FLAG,
  },
  {
    name: "data",
    lookFor:
      "migrations that lose or lock data, cannot be rolled back or run before the code that needs them; missing constraints or indexes for new queries; queries in loops; unbounded result sets; wrong units, time zones or rounding of money",
    doNotFlag: GENERAL_DO_NOT_FLAG,
  },
  {
    name: "tests",
    lookFor:
      "tests that cannot fail, assert the wrong thing, depend on order or time, or no longer test what their name says",
    doNotFlag: `${GENERAL_DO_NOT_FLAG}; missing tests as such`,
  },
];

/** The lens of that name: the repository's own first, then the built-in one, then correctness. */
export function lensNamed(name: string, own: readonly LensText[]): LensText {
  const named = (lens: LensText): boolean => lens.name === name;
  return own.find(named) ?? BUILT_IN.find(named) ?? CORRECTNESS;
}

import { AuditRecipe } from "./audit-recipe.ts";
import { SOURCES } from "./source-globs.ts";
import { UPKEEP_RECIPES } from "./upkeep-recipes.ts";

const DATABASE = {
  name: "database",
  title: "Database audit",
  description: "Queries in loops, calls whose failure nobody handles, missing transactions, queries without a limit.",
  reportPath: "docs/code-review/database-audit.md",
  files: [...SOURCES, "**/*.sql"],
  ignore: ["**/migrations/**"],
  issueTypes: [
    {
      id: "n-plus-one",
      title: "Queries in loops (N+1)",
      lookFor: "one query for each element of a list where one query for the whole list would do",
      rules: ["*-query-in-loop"],
    },
    {
      id: "missing-error-handling",
      title: "Missing error handling",
      lookFor: "asynchronous calls whose failure nobody handles: no try, no catch, no wrapper around the handler",
      rules: [
        "ts-unhandled-handler",
        "ts-floating-promise",
        "ts-async-*",
        "py-coroutine-not-awaited",
        "java-ignored-future",
        "go-ignored-error",
        "go-rows-error",
      ],
    },
    {
      id: "open-cursor",
      title: "Rows and connections left open",
      lookFor: "rows, cursors, statements or connections that some path never closes",
      rules: ["go-rows-not-closed"],
    },
    {
      id: "missing-transaction",
      title: "Missing transactions",
      lookFor: "several writes that must happen together and are not in one transaction; a read and a write that race",
      rules: ["*-lost-update"],
    },
    {
      id: "unbounded-query",
      title: "Queries without a limit",
      lookFor: "queries whose result grows with the data and that have neither a limit nor paging",
    },
  ],
  fields: [{ name: "remedy", description: "the query or the wrapper that mends it, in code" }],
};

const SECURITY = {
  name: "security",
  title: "Security audit",
  description: "Untrusted input that reaches SQL, a shell, an evaluator or HTML; secrets; missing authorisation.",
  reportPath: "docs/code-review/security-audit.md",
  files: ["**"],
  issueTypes: [
    { id: "command-injection", title: "Commands built from input", categories: ["command-injection"], sensitive: true },
    { id: "code-injection", title: "Code built from input", categories: ["code-injection"], sensitive: true },
    {
      id: "unsafe-deserialization",
      title: "Unsafe deserialisation",
      categories: ["unsafe-deserialization"],
      sensitive: true,
    },
    { id: "sql-injection", title: "SQL built from input", categories: ["sql-injection"], sensitive: true },
    { id: "xss", title: "HTML built from input", categories: ["xss"], sensitive: true },
    { id: "path-traversal", title: "Paths built from input", categories: ["path-traversal"], sensitive: true },
    { id: "ssrf", title: "Requests to addresses from input", categories: ["ssrf"], sensitive: true },
    { id: "open-redirect", title: "Redirects to anywhere", categories: ["open-redirect"], sensitive: true },
    { id: "xxe", title: "XML parsers that load what a document names", categories: ["xxe"], sensitive: true },
    {
      id: "mass-assignment",
      title: "Fields that callers should not set",
      categories: ["mass-assignment"],
      sensitive: true,
    },
    {
      id: "denial-of-service",
      title: "Input that keeps the program busy",
      categories: ["denial-of-service"],
      sensitive: true,
    },
    { id: "secret", title: "Secrets in source", rules: ["secret-in-source"], categories: ["secret"], sensitive: true },
    { id: "hidden-text", title: "Characters that hide code", rules: ["invisible-characters"], sensitive: true },
    {
      id: "missing-authorization",
      title: "Missing authorisation",
      lookFor: "requests that read or change data of somebody without asking whether the caller may",
      sensitive: true,
    },
    {
      id: "weak-cryptography",
      title: "Weak cryptography",
      lookFor: "broken or home-made ciphers, hashes for passwords without a slow function, predictable tokens",
      categories: ["weak-cryptography", "timing-attack", "tls-verification"],
      sensitive: true,
    },
  ],
};

const ERROR_HANDLING = {
  name: "error-handling",
  title: "Error handling audit",
  description: "Failures that are swallowed, ignored or reach nobody.",
  reportPath: "docs/code-review/error-handling-audit.md",
  files: SOURCES,
  issueTypes: [
    {
      id: "unhandled-failure",
      title: "Failures that nobody handles",
      lookFor: "asynchronous calls whose rejection reaches nobody",
      rules: [
        "ts-unhandled-handler",
        "ts-floating-promise",
        "ts-async-*",
        "ts-promise-condition",
        "ts-unhandled-timer",
        "ts-answered-twice",
        "py-coroutine-not-awaited",
        "py-task-dropped",
        "java-ignored-future",
      ],
    },
    {
      id: "swallowed-error",
      title: "Swallowed errors",
      lookFor: "a catch that neither handles, logs nor passes on what it caught",
      rules: [
        "*-empty-catch",
        "*-unsafe-finally",
        "py-silent-except",
        "go-empty-error-branch",
        "go-error-becomes-nil",
        "java-printed-exception",
        "java-interrupt-lost",
      ],
    },
    {
      id: "ignored-error",
      title: "Ignored errors",
      lookFor: "return values that say a call failed and that nobody reads",
      rules: ["go-ignored-error", "go-rows-error", "go-deferred-before-check"],
    },
    {
      id: "misleading-error",
      title: "Misleading errors",
      lookFor: "a catch that reports another cause than the real one, or loses it on the way",
      rules: ["ts-lost-error", "java-lost-cause"],
    },
  ],
};

const RELIABILITY = {
  name: "reliability",
  title: "Reliability audit",
  description: "What goes well until there is load: leaks, races, calls without a timeout.",
  reportPath: "docs/code-review/reliability-audit.md",
  files: SOURCES,
  issueTypes: [
    {
      id: "resource-leak",
      title: "Resources left open",
      lookFor: "files, connections, listeners or timers that some path never closes or stops",
      categories: ["resource-leak"],
    },
    {
      id: "race-condition",
      title: "Races",
      lookFor: "a check and an act that another request can come between, state that threads share without a lock",
      categories: ["race-condition"],
    },
    {
      id: "missing-timeout",
      title: "Calls without a timeout",
      lookFor: "calls of other programs that may never answer, and that nobody ends",
      categories: ["missing-timeout"],
    },
    {
      id: "blocked-loop",
      title: "Event loops that stand still",
      lookFor: "blocking calls in asynchronous code",
      rules: ["py-blocking-in-async"],
    },
    {
      id: "wrong-comparison",
      title: "Language traps",
      lookFor: "code that looks right and means something else: identity for equality, a default that is shared",
      rules: ["java-string-identity", "py-mutated-default"],
    },
  ],
};

const AUTH = {
  name: "auth",
  title: "Authentication audit",
  description: "Where callers are authenticated and authorised, and which ways in skip it.",
  reportPath: "docs/code-review/auth-audit.md",
  files: SOURCES,
  issueTypes: [
    {
      id: "unauthenticated-entry",
      title: "Ways in without authentication",
      lookFor:
        "routes, handlers, jobs or sockets that act for a caller nobody has identified, where their neighbours ask",
      sensitive: true,
    },
    {
      id: "missing-ownership-check",
      title: "Missing ownership checks",
      lookFor: "an id from the request that selects data without a check that it belongs to the caller",
      sensitive: true,
    },
    {
      id: "weak-session",
      title: "Weak sessions and tokens",
      lookFor: "tokens that do not expire, are not verified, or travel where others read them",
      sensitive: true,
    },
  ],
  instructions:
    "Find all code that authenticates or authorises. Where a file has none although its neighbours have, say which neighbour and what it does.",
};

/** The recipes that come with the program, in the order in which they are listed. */
export const BUILT_IN_RECIPES: readonly AuditRecipe[] = [
  DATABASE,
  SECURITY,
  ERROR_HANDLING,
  RELIABILITY,
  AUTH,
  ...UPKEEP_RECIPES,
].map((recipe) => AuditRecipe.parse(recipe));

/** What kind of defect a place in the example has, or looks as if it had. */
export type DefectFamily =
  | "query-in-loop"
  | "missing-error-handling"
  | "floating-promise"
  | "async-for-each"
  | "empty-catch"
  | "sql-injection"
  | "shell-injection"
  | "code-injection"
  | "html-injection"
  | "secret-in-source"
  | "resource-not-closed"
  | "invisible-character";

/** A place in one version of one file of the example. */
export interface Place {
  /** From the root of the example repository, with forward slashes. */
  readonly path: string;
  /** 1-based, of the line that `quote` quotes. */
  readonly line: number;
  /** 1-based and inclusive; the same as `line` where one line says it all. */
  readonly endLine: number;
  /** The whole text of `line` without its indentation; no other line of the file has it. */
  readonly quote: string;
}

/** A defect that somebody wrote into the example on purpose. */
export interface Defect extends Place {
  /** Stable; unique among all entries of the manifest. */
  readonly id: string;
  readonly family: DefectFamily;
  /** What a sensible reviewer would call it. Engines may differ by one step, not by two. */
  readonly severity: "critical" | "high" | "medium" | "low";
  /** What goes wrong, and when. */
  readonly description: string;
}

/** A place that a careless detector of `family` would flag, and that is right as it is. */
export interface LookAlike extends Place {
  /** Stable; unique among all entries of the manifest. */
  readonly id: string;
  readonly family: DefectFamily;
  readonly innocentBecause: string;
}

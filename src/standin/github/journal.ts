/** One request this server received, in the order they arrived. */
export interface JournalEntry {
  /** 1-based. */
  readonly sequence: number;
  readonly surface: "rest" | "graphql" | "git" | "page";
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed if it was JSON, undefined if there was none (or it belonged to git). */
  body: unknown;
  /** The whole Authorization header: tests ask where a token went. */
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  /** Undefined for an anonymous or unknown token. */
  readonly login: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Undefined until answered; stays so for a request that was reset or hangs. */
  status: number | undefined;
  endedAt: number | undefined;
  /** True if a fault hit it. */
  faulted: boolean;
}

export interface Journal {
  readonly entries: readonly JournalEntry[];
  add(entry: Omit<JournalEntry, "sequence">): JournalEntry;
  clear(): void;
}

export function createJournal(): Journal {
  const entries: JournalEntry[] = [];
  return {
    entries,
    add: (entry) => {
      const numbered = { sequence: entries.length + 1, ...entry };
      entries.push(numbered);
      return numbered;
    },
    clear: () => void entries.splice(0),
  };
}

/** An answer sent instead of the real one. An object body goes out as JSON, a string as HTML, like GitHub's error pages. */
export interface FaultAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `reset` tears the connection down, `hang` never answers, `delayMs` answers truly but late. */
export type FaultEffect = FaultAnswer | "reset" | "hang" | { readonly delayMs: number };

interface Fault {
  /** Upper case; any method if not given. */
  readonly method?: string;
  /** Exact path, or an expression tested on it; any path if not given. Git and GraphQL requests count too. */
  readonly path?: string | RegExp;
  /** The first matching request it hits, 1-based; 1 if not given. */
  readonly nth?: number;
  /** How many matching requests in a row it hits; 1 if not given. */
  readonly times?: number;
  /** `after` lets the request take effect first and then loses the answer. */
  readonly when: "before" | "after";
  readonly do: FaultEffect;
}

interface ActiveFault {
  readonly when: Fault["when"];
  readonly effect: FaultEffect;
}

/** The faults a test asked for. */
export interface Faults {
  /** Returns a function that takes the fault away again. */
  add(fault: Fault): () => void;
  clear(): void;
  /** The fault that hits this request, if any; counts the request for every fault it matches. */
  take(method: string, path: string): ActiveFault | undefined;
}

export function createFaults(): Faults {
  const faults: { readonly fault: Fault; seen: number }[] = [];

  const matches = ({ method, path: wanted }: Fault, seenMethod: string, path: string): boolean => {
    if (method !== undefined && method.toUpperCase() !== seenMethod) return false;
    if (wanted === undefined) return true;
    return typeof wanted === "string" ? wanted === path : path.search(wanted) >= 0;
  };

  return {
    add: (fault) => {
      const entry = { fault, seen: 0 };
      faults.push(entry);
      return () => {
        const at = faults.indexOf(entry);
        if (at >= 0) faults.splice(at, 1);
      };
    },
    clear: () => void faults.splice(0),
    take: (method, path) => {
      let hit: Fault | undefined;
      for (const entry of faults.filter(({ fault }) => matches(fault, method, path))) {
        entry.seen += 1;
        const first = entry.fault.nth ?? 1;
        if (entry.seen >= first && entry.seen < first + (entry.fault.times ?? 1)) hit ??= entry.fault;
      }
      return hit === undefined ? undefined : { when: hit.when, effect: hit.do };
    },
  };
}

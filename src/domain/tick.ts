import { type Ledger, type LedgerIssue, ofRecipe, withRecipe } from "./ledger.ts";

/** The boxes of an audit's issue, by the ids of the ledger's issues. */
export type Ticks = {
  readonly fix: ReadonlySet<string>;
  readonly accept: ReadonlySet<string>;
  /** Boxes for accepting that are there and empty. */
  readonly reject: ReadonlySet<string>;
};

const BOX = /^\s*- \[([ xX])\] .*<!-- (fix|accept):([0-9a-z]+) -->\s*$/;

/** The hidden end of a line with a box. */
export function tickMark(kind: "fix" | "accept", id: string): string {
  return `<!-- ${kind}:${id} -->`;
}

/** Reads the boxes of an issue's text. Everything else in it means nothing. */
export function readTicks(text: string): Ticks {
  const ticks = { fix: new Set<string>(), accept: new Set<string>(), reject: new Set<string>() };
  for (const line of text.split("\n")) {
    const [, mark, kind, id] = BOX.exec(line.trimEnd()) ?? [];
    if (id === undefined) continue;
    const hasTick = mark !== " ";
    if (kind === "fix" && hasTick) ticks.fix.add(id);
    if (kind === "accept") (hasTick ? ticks.accept : ticks.reject).add(id);
  }
  return ticks;
}

const BY_TICK = "Accepted in ";

/** Whether an issue was accepted by a box, which can be emptied again. */
export function isTicked({ acceptance }: LedgerIssue): boolean {
  return acceptance?.reason.startsWith(BY_TICK) === true;
}

/** Who ticked the boxes, where, and when. */
export type Ticker = { readonly author: string; readonly place: string; readonly date: string };

/**
 * The ledger after the boxes: ticked issues of the recipe are accepted, those accepted by this issue whose box was emptied are open
 * again, and those that are to be fixed say who asked. Doing it twice changes nothing more.
 */
export function withTicks(ledger: Ledger, recipe: string, ticks: Ticks, { author, place, date }: Ticker): Ledger {
  const own = ofRecipe(ledger, recipe);
  const reason = `${BY_TICK}${place}.`;
  const issues = own.issues.map((issue): LedgerIssue => {
    const asked = ticks.fix.has(issue.id) && issue.status === "open" ? { ...issue, fix: { author, date } } : issue;
    if (ticks.accept.has(issue.id) && issue.status === "open") {
      return { ...asked, status: "accepted", acceptance: { reason, author, date } };
    }
    if (ticks.reject.has(issue.id) && issue.status === "accepted" && issue.acceptance?.reason === reason) {
      const { acceptance: _, ...rest } = asked;
      return { ...rest, status: "open" };
    }
    return asked;
  });
  return withRecipe(ledger, recipe, { ...own, issues });
}

import { withoutSpace } from "./fingerprint.ts";

/** Characters of an issue's code that are remembered and compared. */
const REMEMBERED = 400;

/** The beginning of a piece of code without any white space: what two sights of one issue are compared by. */
export function codeKey(quote: string): string {
  return withoutSpace(quote).slice(0, REMEMBERED).toWellFormed();
}

/** How alike two code keys are, 0..1: twice the shared pairs of neighbouring characters over all pairs (Dice). 1 for equal ones. */
export function codeLikeness(a: string, b: string): number {
  if (a === b) return 1;
  const pairs = a.length + b.length - 2;
  if (a.length < 2 || b.length < 2) return 0;
  const counts = new Map<string, number>();
  for (let at = 1; at < a.length; at += 1) {
    const pair = a.slice(at - 1, at + 1);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  let shared = 0;
  for (let at = 1; at < b.length; at += 1) {
    const pair = b.slice(at - 1, at + 1);
    const left = counts.get(pair) ?? 0;
    if (left > 0) {
      shared += 1;
      counts.set(pair, left - 1);
    }
  }
  return (2 * shared) / pairs;
}

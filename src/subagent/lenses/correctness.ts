import type { Lens } from "../../domain/lens.ts";
import { GENERAL_DO_NOT_FLAG } from "./general.ts";

export const CORRECTNESS: Lens = {
  name: "correctness",
  lookFor: `- wrong results: inverted or incomplete conditions, off-by-one, wrong operator, wrong variable, stale copy, lost default
- edges the code meets in real use: empty, null or undefined, zero, negative, duplicate, huge, not found, not a number, time zones
- asynchronous code: a promise nobody awaits, an async callback in forEach, filter or map, an error nobody sees, work lost when one of many fails
- errors swallowed, turned into success, or reported with the wrong status
- data written in part: several writes without a transaction, a loop that stops in the middle
- cost that grows with the data: a query or request in a loop, unbounded reads
- untrusted input that reaches SQL, a shell, HTML or a path; secrets in code
- resources that are opened and never closed on some way out
- callers that rely on what the change took away`,
  doNotFlag: GENERAL_DO_NOT_FLAG,
};

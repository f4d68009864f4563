import { Decision, RunMark } from "../domain/review-record.ts";
import { parseMark, printMark } from "./hidden-mark.ts";

const DECISION = "decision@1";
const RUN = "run@1";

/** What a person decided, hidden in the answer that tells them so: whoever deletes the answer takes the decision back. */
export function printDecision(decision: Decision): string {
  return printMark(DECISION, decision);
}

export function parseDecision(body: string): Decision | undefined {
  return parseMark(body, DECISION, Decision);
}

/** How far the run of a status comment is, hidden in it. */
export function printRunMark(mark: RunMark): string {
  return printMark(RUN, mark);
}

export function parseRunMark(body: string): RunMark | undefined {
  return parseMark(body, RUN, RunMark);
}

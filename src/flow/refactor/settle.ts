import { linesNaming, namedIn, newComplaints, pathsIn } from "../../domain/check-complaints.ts";
import { editLog, type EditLog } from "../../domain/edit-log.ts";
import { importGraph } from "../../domain/import-graph.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Checker, CheckResult } from "../../ports/checker.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { readTexts } from "../read-texts.ts";

/** The edits of one writer, which stay or go together. */
export type Candidate = { readonly id: string; readonly edits: EditLog };

/** A candidate that does not pass, with what the check printed about it. */
export type Ejected = { readonly id: string; readonly complaint: string };

export type Settled =
  | {
      /** `no-worse`: the check fails on the base too, and says nothing new about what is kept. */
      readonly status: "passed" | "no-worse";
      readonly kept: readonly Candidate[];
      readonly ejected: readonly Ejected[];
      readonly isolation: string;
      readonly wallMs: number;
      readonly runs: number;
      readonly notes: readonly string[];
    }
  | { readonly status: "unavailable"; readonly reason: string };

type Failed = Extract<CheckResult, { readonly status: "failed" }>;
type Finished = Exclude<CheckResult, { readonly status: "unavailable" }>;

/** Checks that one run may take to find who is to blame; each may take minutes. Then what is left of the suspects goes. */
const MOST_CHECKS = 60;
const MAX_COMPLAINT = 4_000;

/**
 * Finds a largest set of candidates that passes together: one check when all is well; else those go that the check names, or whom
 * files that it names import; where it names nobody, the first in plan order with whom the check turns red. Who went in company is
 * tried again alone, so that nobody goes for another's fault. A base that is red already is judged by what is new.
 */
export async function settle(
  candidates: readonly Candidate[],
  parts: { readonly base: Snapshot; readonly checker: Checker },
  signal: AbortSignal,
): Promise<Settled> {
  const { base, checker } = parts;
  let runs = 0;
  let baseline: Finished | undefined;
  const check = async (some: readonly Candidate[]): Promise<CheckResult> => {
    runs += 1;
    return checker.check({ base, edits: editLog(some.flatMap(({ edits }) => edits)) }, signal);
  };
  const isGreen = (result: Finished): boolean =>
    result.status === "passed" ||
    (baseline?.status === "failed" && !result.timedOut && newComplaints(result.output, baseline.output).length === 0);
  const inOrder = (some: ReadonlySet<string>): readonly Candidate[] => candidates.filter(({ id }) => some.has(id));

  const first = await check(candidates);
  if (first.status === "unavailable") return first;
  let last: Finished = first;
  if (first.status === "failed") {
    const alone = await check([]);
    if (alone.status === "unavailable") return alone;
    baseline = alone;
  }
  const kept = new Set(candidates.map(({ id }) => id));
  const complaints = new Map<string, string>();
  while (last.status === "failed" && !isGreen(last) && kept.size > 0) {
    const red: Failed = last;
    const suspects = runs >= MOST_CHECKS ? inOrder(kept) : await blamed(red, inOrder(kept), baseline, base, signal);
    // oxlint-disable-next-line no-await-in-loop -- the next check is of what this one leaves
    const guilty = suspects.length > 0 ? suspects : await firstRed(inOrder(kept), check, isGreen);
    if ("status" in guilty) return guilty;
    for (const candidate of guilty) {
      kept.delete(candidate.id);
      complaints.set(candidate.id, complaintOf(red, candidate));
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    const next = await check(inOrder(kept));
    if (next.status === "unavailable") return next;
    last = next;
  }
  if (complaints.size > 1) {
    const retry = async (some: readonly Candidate[]): Promise<void> => {
      if (some.length === 0 || runs >= MOST_CHECKS) return;
      const result = await check(inOrder(new Set([...kept, ...some.map(({ id }) => id)])));
      if (result.status === "unavailable") return;
      if (isGreen(result)) {
        last = result;
        for (const { id } of some) {
          kept.add(id);
          complaints.delete(id);
        }
        return;
      }
      const [only, ...others] = some;
      if (only !== undefined && others.length === 0 && result.status === "failed") {
        complaints.set(only.id, complaintOf(result, only));
        return;
      }
      const middle = Math.ceil(some.length / 2);
      await retry(some.slice(0, middle));
      await retry(some.slice(middle));
    };
    const gone = inOrder(new Set(complaints.keys()));
    // All of them together are known to be red.
    const middle = Math.ceil(gone.length / 2);
    await retry(gone.slice(0, middle));
    await retry(gone.slice(middle));
  }
  return {
    status: last.status === "passed" ? "passed" : "no-worse",
    kept: inOrder(kept),
    ejected: [...complaints].map(([id, complaint]) => ({ id, complaint })),
    isolation: last.isolation,
    wallMs: last.wallMs,
    runs,
    notes: last.notes,
  };
}

/** Those whose files the check names; else those whose files are imported by what it names; nobody where it names nothing of use. */
async function blamed(
  red: Failed,
  candidates: readonly Candidate[],
  baseline: Finished | undefined,
  base: Snapshot,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const output = newComplaints(red.output, baseline?.status === "failed" ? baseline.output : "").join("\n");
  const edited = candidates.flatMap(({ edits }) => edits.map(({ path }) => path));
  const owners = (paths: readonly RepoPath[]): readonly Candidate[] => {
    const wanted = new Set(paths);
    return candidates.filter(({ edits }) => edits.some(({ path }) => wanted.has(path)));
  };
  const named = owners(namedIn(output, edited));
  if (named.length > 0) return named;
  const entries = new Set((await base.list(signal)).map(({ path }) => path));
  const strangers = pathsIn(output, entries);
  const texts = await readTexts(base, strangers, signal);
  const graph = importGraph([...new Set([...strangers, ...edited])], (path) => texts.get(path));
  return owners(strangers.flatMap((path) => graph.get(path) ?? []));
}

/** The candidate with whom the check first turns red, when they are added one by one in plan order: by bisection. */
async function firstRed(
  candidates: readonly Candidate[],
  check: (some: readonly Candidate[]) => Promise<CheckResult>,
  isGreen: (result: Finished) => boolean,
): Promise<readonly Candidate[] | Extract<CheckResult, { readonly status: "unavailable" }>> {
  let [low, high] = [0, candidates.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // oxlint-disable-next-line no-await-in-loop -- where to look next depends on the answer
    const result = await check(candidates.slice(0, middle + 1));
    if (result.status === "unavailable") return result;
    if (isGreen(result)) low = middle + 1;
    else high = middle;
  }
  return candidates.slice(low, low + 1);
}

function complaintOf(red: Failed, { edits }: Candidate): string {
  const lines = [...new Set(edits.flatMap(({ path }) => linesNaming(red.output, path)))].join("\n");
  const text = lines === "" ? red.output.trim() : lines;
  const ended = red.timedOut ? "The check did not end in time." : "";
  return (text === "" ? ended : text).slice(0, MAX_COMPLAINT);
}

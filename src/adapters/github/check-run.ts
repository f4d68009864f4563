import { z } from "zod";

import type { CheckAnnotation, CheckOutput } from "../../render/check-output.ts";
import type { Answer } from "./octokit.ts";
import type { Posting } from "./post-review.ts";
import type { CheckConclusion } from "./review-render.ts";
import { forbidden } from "./translate-error.ts";

/** Most annotations of one request (docs.github.com, "Create a check run"); a further request adds to them. */
const BATCH = 50;
/** Broken answers to one check run after which it is left as it is. */
const MAX_DOUBTS = 2;

const RUN = z.object({
  id: z.number(),
  html_url: z.string().nullish(),
  external_id: z.string().nullish(),
  status: z.string(),
  output: z.object({ annotations_count: z.number() }),
});
type Run = z.infer<typeof RUN>;

export type CheckIdentity = {
  readonly name: string;
  readonly head: string;
  /** Tells this run's check from those of other runs on the same commit. */
  readonly externalId: string;
  /** Where the log of the run is. */
  readonly detailsUrl?: string;
};

/** A check run. Every method answers with a sentence when it could not do what it says, and never rejects but on abort. */
export type CheckRun = {
  /** Shows that the run goes on. `mayExist`: an earlier attempt may have made the check; it is looked for and taken over. */
  begin(mayExist: boolean, signal: AbortSignal): Promise<string | undefined>;
  complete(conclusion: CheckConclusion, output: CheckOutput, signal: AbortSignal): Promise<string | undefined>;
  readonly url: string | undefined;
};

const DOING = { what: "write the check run", permission: "checks: write" } as const;

export function createCheckRun(posting: Posting, identity: CheckIdentity): CheckRun {
  const { read, write } = posting;
  let run: Run | undefined;
  let isRefused = false;

  const find = async (signal: AbortSignal): Promise<Answer<Run | undefined>> => {
    const answer = await read.send(
      {
        route: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
        parameters: { ref: identity.head, check_name: identity.name, filter: "all", per_page: 100 },
      },
      z.object({ check_runs: z.array(RUN) }),
      signal,
    );
    if (!answer.ok) return answer;
    return { ok: true, data: answer.data.check_runs.find(({ external_id: id }) => id === identity.externalId) };
  };

  const create = async (signal: AbortSignal): Promise<Answer<Run>> =>
    write.send(
      {
        route: "POST /repos/{owner}/{repo}/check-runs",
        parameters: {
          name: identity.name,
          head_sha: identity.head,
          status: "in_progress",
          external_id: identity.externalId,
          ...(identity.detailsUrl === undefined ? {} : { details_url: identity.detailsUrl }),
        },
      },
      RUN,
      signal,
    );

  const explain = (answer: Extract<Answer<unknown>, { ok: false }>): string => {
    const { failure } = answer;
    isRefused = failure.kind === "forbidden" || failure.kind === "not-found";
    return isRefused
      ? `No check run: ${forbidden(failure, DOING)}`
      : `GitHub did not ${DOING.what} (${failure.status ?? "no connection"})`;
  };

  const begin = async (mayExist: boolean, signal: AbortSignal): Promise<string | undefined> => {
    if (mayExist) {
      const found = await find(signal);
      if (!found.ok) return explain(found);
      run = found.data;
    }
    if (run !== undefined) return undefined;
    let created = await create(signal);
    if (!created.ok && created.failure.kind === "unavailable") {
      const found = await find(signal);
      if (!found.ok) return explain(found);
      created = found.data === undefined ? await create(signal) : { ok: true, data: found.data };
    }
    if (!created.ok) return explain(created);
    run = created.data;
    return undefined;
  };

  /** Adds annotations; with the last of them the run is complete. */
  const update = async (
    id: number,
    annotations: readonly CheckAnnotation[],
    end: { readonly conclusion: CheckConclusion } | undefined,
    { title, summary }: CheckOutput,
    signal: AbortSignal,
  ): Promise<Answer<Run>> =>
    write.send(
      {
        route: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
        parameters: {
          check_run_id: id,
          ...(end === undefined ? { status: "in_progress" } : { status: "completed", ...end }),
          output: { title, summary, annotations },
        },
      },
      RUN,
      signal,
    );

  return {
    begin,
    async complete(conclusion, output, signal) {
      if (isRefused) return undefined;
      if (run === undefined) {
        const problem = await begin(true, signal);
        if (problem !== undefined) return problem;
      }
      const annotations = output.batches.flat();
      let doubts = 0;
      // Annotations are added, not replaced: those that an earlier attempt sent are not sent again.
      let sent = run?.output.annotations_count ?? 0;
      while (run !== undefined && run.status !== "completed") {
        const batch = annotations.slice(sent, sent + BATCH);
        const isLast = sent + BATCH >= annotations.length;
        // oxlint-disable-next-line no-await-in-loop -- a batch follows on what the one before it left
        const answer = await update(run.id, batch, isLast ? { conclusion } : undefined, output, signal);
        if (answer.ok) {
          run = answer.data;
          if (isLast) break;
          sent += BATCH;
          continue;
        }
        doubts += 1;
        if (answer.failure.kind !== "unavailable" || doubts > MAX_DOUBTS) return explain(answer);
        // oxlint-disable-next-line no-await-in-loop -- as above
        const now = await read.send(
          { route: "GET /repos/{owner}/{repo}/check-runs/{check_run_id}", parameters: { check_run_id: run.id } },
          RUN,
          signal,
        );
        if (!now.ok) return explain(now);
        run = now.data;
        sent = Math.max(sent, run.output.annotations_count);
      }
      return undefined;
    },
    get url() {
      return run?.html_url ?? undefined;
    },
  };
}

import { resolveCommit } from "../git/git-store.ts";
import { created, notFound, ok, refusal, validationFailed, type Answer } from "../http/answer.ts";
import { page } from "../http/page.ts";
import type { RequestBody } from "../http/request-body.ts";
import { readRoute, writeRoute, type Route, type SignedCall } from "../http/route.ts";
import { annotationJson, checkRunJson } from "../json/check-json.ts";
import type { StandinAnnotation, StandinCheckRun } from "../model-checks.ts";
import type { StandinRepository } from "../model.ts";
import { now } from "../world.ts";

const READ = ["checks=read"] as const;
const WRITE = ["checks=write"] as const;
const STATUSES = ["queued", "in_progress", "completed", "waiting", "requested", "pending"] as const;
const CONCLUSIONS = [
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "stale",
  "timed_out",
] as const;
/** Documented: annotations of one request, actions of one run, characters of a summary or text. */
const MOST_ANNOTATIONS = 50;
const MOST_ACTIONS = 3;
const LONGEST_TEXT = 65_535;

export const checkRoutes: readonly Route[] = [
  writeRoute("POST", "/check-runs", WRITE, createRun),
  readRoute("/check-runs/:run", READ, ({ world, repository, params }) =>
    ok(checkRunJson(world, repository, findRun(repository, params["run"]))),
  ),
  writeRoute("PATCH", "/check-runs/:run", WRITE, (call) => {
    requireApp(call);
    const run = findRun(call.repository, call.params["run"]);
    if (run.app !== call.token.app)
      throw refusal(403, "Invalid app_id `1` - check run can only be modified by the GitHub App that created it.");
    apply(call, run);
    return ok(checkRunJson(call.world, call.repository, run));
  }),
  readRoute("/check-runs/:run/annotations", READ, ({ world, repository, params, url }) => {
    const run = findRun(repository, params["run"]);
    return page(
      run.annotations.map((annotation) => annotationJson(world, repository, run, annotation)),
      url,
    );
  }),
  readRoute("/commits/*ref/check-runs", READ, async ({ world, repository, params, url }) => {
    const sha = await resolveCommit(world.git, repository.gitDir, params["ref"] ?? "");
    if (sha === undefined) throw refusal(422, `No commit found for SHA: ${params["ref"] ?? ""}`);
    const query = url.searchParams;
    const matching = repository.checkRuns
      .filter(({ headSha }) => headSha === sha)
      .filter(({ name }) => [null, name].includes(query.get("check_name")))
      .filter(({ status }) => [null, status].includes(query.get("status")));
    const newest = new Map(matching.map((run) => [`${run.app} ${run.name}`, run]));
    const shown = query.get("filter") === "all" ? matching : [...newest.values()];
    return page(
      shown.toReversed().map((run) => checkRunJson(world, repository, run)),
      url,
      (entries) => ({ total_count: shown.length, check_runs: entries }),
    );
  }),
];

async function createRun(call: SignedCall): Promise<Answer> {
  requireApp(call);
  const { world, repository, body, token } = call;
  const name = body.text("name");
  const headSha = body.text("head_sha");
  if ((await resolveCommit(world.git, repository.gitDir, headSha)) !== headSha) {
    throw refusal(422, `No commit found for SHA: ${headSha}`);
  }
  const sibling = repository.checkRuns.find((run) => run.headSha === headSha && run.app === token.app);
  const run: StandinCheckRun = {
    id: world.nextId(),
    suiteId: sibling?.suiteId ?? world.nextId(),
    headSha,
    app: token.app ?? "",
    name,
    status: "queued",
    conclusion: null,
    detailsUrl: null,
    externalId: "",
    startedAt: now(world),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
  };
  apply(call, run);
  repository.checkRuns.push(run);
  return created(checkRunJson(world, repository, run));
}

/** Sets what the request names. Everything is read (and refused) before anything is changed. */
function apply({ world, body }: SignedCall, run: StandinCheckRun): void {
  const name = body.optionalText("name");
  const conclusion = body.optionalChoice("conclusion", CONCLUSIONS);
  const status = body.optionalChoice("status", STATUSES) ?? (conclusion === undefined ? undefined : "completed");
  if (status === "completed" && conclusion === undefined && run.conclusion === null) {
    throw validationFailed({ resource: "CheckRun", field: "conclusion", code: "missing_field" });
  }
  const output = body.optionalObject("output");
  const title = output?.text("title") ?? run.title;
  const summary = output?.text("summary") ?? run.summary;
  const text = output?.optionalText("text") ?? run.text;
  for (const [field, value] of Object.entries({ summary, text })) {
    if ((value ?? "").length > LONGEST_TEXT) {
      throw refusal(
        422,
        `Invalid request.\n\nOnly ${String(LONGEST_TEXT)} characters are allowed; ${String(value?.length)} were supplied.`,
        { field },
      );
    }
  }
  const annotations = (output?.optionalObjects("annotations", MOST_ANNOTATIONS) ?? []).map(readAnnotation);
  body.optionalObjects("actions", MOST_ACTIONS);
  run.name = name ?? run.name;
  run.status = status ?? run.status;
  run.conclusion = conclusion ?? (run.status === "completed" ? run.conclusion : null);
  run.detailsUrl = body.optionalText("details_url") ?? run.detailsUrl;
  run.externalId = body.optionalText("external_id") ?? run.externalId;
  run.startedAt = body.optionalText("started_at") ?? run.startedAt;
  run.completedAt = body.optionalText("completed_at") ?? (run.status === "completed" ? now(world) : null);
  run.title = title;
  run.summary = summary;
  run.text = text;
  run.annotations.push(...annotations);
}

function readAnnotation(annotation: RequestBody): StandinAnnotation {
  const startLine = annotation.integer("start_line");
  const endLine = annotation.integer("end_line");
  const startColumn = annotation.optionalInteger("start_column");
  const endColumn = annotation.optionalInteger("end_column");
  if (startLine !== endLine && (startColumn !== undefined || endColumn !== undefined)) {
    throw refusal(
      422,
      "Invalid request.\n\nAnnotations may only have columns if start_line and end_line are the same.",
    );
  }
  return {
    path: annotation.text("path"),
    startLine,
    endLine,
    startColumn,
    endColumn,
    level: annotation.choice("annotation_level", ["notice", "warning", "failure"]),
    message: annotation.text("message"),
    title: annotation.optionalText("title"),
    rawDetails: annotation.optionalText("raw_details"),
  };
}

function requireApp({ token }: SignedCall): void {
  if (token.kind !== "installation") throw refusal(403, "You must authenticate via a GitHub App.");
}

function findRun(repository: StandinRepository, id: string | undefined): StandinCheckRun {
  const run = repository.checkRuns.find((candidate) => String(candidate.id) === id);
  if (run === undefined) throw notFound();
  return run;
}

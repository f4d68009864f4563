import type { StandinAnnotation, StandinCheckRun } from "../model-checks.ts";
import type { StandinRepository } from "../model.ts";
import { pullsOf, user, type World } from "../world.ts";
import { appJson } from "./app-json.ts";
import { apiUrl, htmlUrl } from "./repository-json.ts";
import { nodeId } from "./user-json.ts";

export function checkRunJson(
  world: World,
  repository: StandinRepository,
  run: StandinCheckRun,
): Record<string, unknown> {
  const api = apiUrl(world, repository);
  const url = `${api}/check-runs/${String(run.id)}`;
  const html = `${htmlUrl(world, repository)}/runs/${String(run.id)}`;
  const link = { id: repository.id, url: api, name: repository.name };
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CR", run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appJson(world, run.app, user(world, `${run.app}[bot]`)),
    pull_requests: pullsOf(repository)
      .filter(({ state, head }) => state === "open" && head.sha === run.headSha)
      .map((pull) => ({
        id: pull.id,
        number: pull.number,
        url: `${api}/pulls/${String(pull.number)}`,
        head: { ref: pull.head.ref, sha: pull.head.sha, repo: link },
        base: { ref: pull.base.ref, sha: pull.base.sha, repo: link },
      })),
  };
}

export function annotationJson(
  world: World,
  repository: StandinRepository,
  run: StandinCheckRun,
  annotation: StandinAnnotation,
): Record<string, unknown> {
  return {
    path: annotation.path,
    blob_href: `${htmlUrl(world, repository)}/blob/${run.headSha}/${annotation.path}`,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    start_column: annotation.startColumn ?? null,
    end_column: annotation.endColumn ?? null,
    annotation_level: annotation.level,
    title: annotation.title ?? null,
    message: annotation.message,
    raw_details: annotation.rawDetails ?? null,
  };
}

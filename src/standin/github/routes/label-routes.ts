import { pullEvent } from "../events.ts";
import { created, notFound, ok, validationFailed } from "../http/answer.ts";
import { page } from "../http/page.ts";
import { readRoute, writeRoute, type Route } from "../http/route.ts";
import { labelJson, labelsOf } from "../json/issue-json.ts";
import {
  isPull,
  type StandinIssue,
  type StandinLabel,
  type StandinPullRequest,
  type StandinRepository,
} from "../model.ts";
import { requireIssue, type World } from "../world.ts";

const READ = ["issues=read", "pull_requests=read"] as const;
const WRITE = ["issues=write", "pull_requests=write"] as const;

export const labelRoutes: readonly Route[] = [
  readRoute("/labels", READ, ({ world, repository, url }) =>
    page(
      [...repository.labels.values()].map((label) => labelJson(world, repository, label)),
      url,
    ),
  ),
  writeRoute("POST", "/labels", WRITE, ({ world, repository, body }) => {
    const name = body.text("name");
    if (repository.labels.has(name.toLowerCase())) {
      throw validationFailed({ resource: "Label", field: "name", code: "already_exists" });
    }
    const label = makeLabel(world, repository, name);
    label.color = body.optionalText("color") ?? label.color;
    label.description = body.optionalText("description") ?? null;
    return created(labelJson(world, repository, label));
  }),
  readRoute("/labels/:name", READ, ({ world, repository, params }) => {
    const label = repository.labels.get((params["name"] ?? "").toLowerCase());
    if (label === undefined) throw notFound();
    return ok(labelJson(world, repository, label));
  }),
  readRoute("/issues/:number/labels", READ, ({ world, repository, params, url }) =>
    page(labelsOf(world, repository, requireIssue(repository, params["number"])), url),
  ),
  writeRoute("POST", "/issues/:number/labels", WRITE, ({ world, repository, params, body, actor }) => {
    const issue = requireIssue(repository, params["number"]);
    const added = body.optionalTexts("labels") ?? [];
    setLabels(world, repository, issue, [...issue.labels, ...added]);
    if (isPull(issue)) {
      for (const name of added)
        pullEvent(world, repository, issue, actor, "labeled", { label: named(world, repository, name) });
    }
    return ok(labelsOf(world, repository, issue));
  }),
  writeRoute("DELETE", "/issues/:number/labels/:name", WRITE, ({ world, repository, params, actor }) => {
    const issue = requireIssue(repository, params["number"]);
    const name = params["name"] ?? "";
    if (!issue.labels.includes(name)) throw notFound();
    issue.labels = issue.labels.filter((label) => label !== name);
    if (isPull(issue))
      pullEvent(world, repository, issue, actor, "unlabeled", { label: named(world, repository, name) });
    return ok(labelsOf(world, repository, issue));
  }),
];

/** Replaces the labels of an issue; unknown ones are made, as GitHub does. */
export function setLabels(
  world: World,
  repository: StandinRepository,
  issue: StandinIssue | StandinPullRequest,
  names: readonly string[],
): void {
  for (const name of names) makeLabel(world, repository, name);
  issue.labels = [...new Set(names)];
}

function named(world: World, repository: StandinRepository, name: string): Record<string, unknown> {
  return labelJson(world, repository, makeLabel(world, repository, name));
}

function makeLabel(world: World, repository: StandinRepository, name: string): StandinLabel {
  const key = name.toLowerCase();
  const label = repository.labels.get(key) ?? { id: world.nextId(), name, color: "ededed", description: null };
  repository.labels.set(key, label);
  return label;
}

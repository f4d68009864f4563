import { pullEvent } from "../events.ts";
import { diffText } from "../git/git-diff.ts";
import { resolveCommit } from "../git/git-store.ts";
import { created, ok, RawBody, refusal, validationFailed, type Answer } from "../http/answer.ts";
import { checkLength, inFields } from "../http/body-limit.ts";
import { page } from "../http/page.ts";
import { readRoute, writeRoute, type RepositoryCall, type Route, type SignedCall } from "../http/route.ts";
import { commitJson, fileJson } from "../json/commit-json.ts";
import { pullJson, pullSummaryJson } from "../json/pull-json.ts";
import type { StandinPullRequest } from "../model.ts";
import { changePull, openPullRequest } from "../pull-scene.ts";
import { findRepository, pullsOf, requirePull, requireWritable } from "../world.ts";

const READ = ["pull_requests=read"] as const;
const WRITE = ["pull_requests=write"] as const;

/** Documented limits of the lists: files of a pull request, commits of a pull request. */
const MOST_FILES = 3000;
const MOST_COMMITS = 250;
/** Limits of the diff media type. */
const MOST_DIFF_FILES = 300;
const MOST_DIFF_LINES = 20_000;

export const pullRoutes: readonly Route[] = [
  readRoute("/pulls", READ, ({ world, repository, url }) =>
    page(
      filterPulls(pullsOf(repository), url).map((pull) => pullSummaryJson(world, repository, pull)),
      url,
    ),
  ),
  writeRoute("POST", "/pulls", WRITE, createPull),
  readRoute("/pulls/:number", READ, getPull),
  writeRoute("PATCH", "/pulls/:number", WRITE, updatePull),
  readRoute("/pulls/:number/files", READ, ({ world, repository, params, url }) => {
    const pull = requirePull(repository, params["number"]);
    const files = pull.files.slice(0, MOST_FILES);
    return page(
      files.map((file) => fileJson(world, repository, file.status === "removed" ? pull.base.sha : pull.head.sha, file)),
      url,
    );
  }),
  readRoute("/pulls/:number/commits", READ, ({ world, repository, params, url }) => {
    const pull = requirePull(repository, params["number"]);
    return page(
      pull.commits.slice(0, MOST_COMMITS).map((commit) => commitJson(world, repository, commit)),
      url,
    );
  }),
];

async function getPull({ world, repository, params, accept }: RepositoryCall): Promise<Answer> {
  const pull = requirePull(repository, params["number"]);
  if (!/application\/vnd\.github\.(?:v3\.)?diff/.test(accept)) return ok(pullJson(world, repository, pull));
  const tooMany = (what: string): Error =>
    refusal(
      406,
      `Sorry, the diff exceeded the maximum number of ${what}. Consider using 'List pull requests files' API or locally cloning the repository instead.`,
      { errors: [{ resource: "PullRequest", field: "diff", code: "too_large" }] },
    );
  if (pull.files.length > MOST_DIFF_FILES) throw tooMany(`files (${String(MOST_DIFF_FILES)})`);
  const text = await diffText(world.git, repository.gitDir, pull.mergeBase, pull.head.sha);
  if (text.split("\n").length > MOST_DIFF_LINES) throw tooMany(`lines (${String(MOST_DIFF_LINES)})`);
  return ok(new RawBody(text, "application/vnd.github.diff; charset=utf-8"));
}

function filterPulls(pulls: readonly StandinPullRequest[], url: URL): StandinPullRequest[] {
  const query = url.searchParams;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const base = query.get("base");
  const sort = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const newestFirst = (query.get("direction") ?? (query.has("sort") ? "asc" : "desc")) === "desc";
  const found = pulls
    .filter((pull) => state === "all" || pull.state === state)
    .filter((pull) => head === null || `${pull.head.owner.login}:${pull.head.ref}` === head || pull.head.ref === head)
    .filter((pull) => base === null || pull.base.ref === base)
    .toSorted((a, b) => a[sort].localeCompare(b[sort]) || a.number - b.number);
  return newestFirst ? found.toReversed() : found;
}

async function createPull(call: SignedCall): Promise<Answer> {
  const { world, repository, body, actor } = call;
  requireWritable(repository);
  const title = body.text("title");
  const base = body.text("base");
  const text = body.optionalText("body");
  checkLength(text ?? "", inFields("PullRequest"));
  const [owner = "", head = ""] = body.text("head").includes(":")
    ? body.text("head").split(":", 2)
    : [repository.owner.login, body.text("head")];
  const source =
    owner.toLowerCase() === repository.owner.login.toLowerCase()
      ? repository
      : findRepository(world, owner, body.optionalText("head_repo") ?? repository.name);
  const invalid = (field: string): Error => validationFailed({ resource: "PullRequest", field, code: "invalid" });
  const tip = source && (await resolveCommit(world.git, source.gitDir, `refs/heads/${head}`));
  if (source === undefined || tip === undefined) throw invalid("head");
  const target = await resolveCommit(world.git, repository.gitDir, `refs/heads/${base}`);
  if (target === undefined) throw invalid("base");
  const custom = (message: string): Error =>
    validationFailed({ resource: "PullRequest", field: "", code: "custom", message });
  const twin = pullsOf(repository).find(
    (pull) =>
      pull.state === "open" && pull.head.ref === head && pull.head.repository === source && pull.base.ref === base,
  );
  if (twin !== undefined) throw custom(`A pull request already exists for ${owner}:${head}.`);
  if (tip === target) throw custom(`No commits between ${base} and ${head}`);
  const { pull } = await openPullRequest(world, repository, {
    base,
    head,
    title,
    ...(text === undefined ? {} : { body: text }),
    author: actor.login,
    draft: body.optionalFlag("draft") ?? false,
    fork: source,
  });
  const json = pullJson(world, repository, pull);
  return created(json, String(json["url"]));
}

async function updatePull({ world, repository, params, body, actor }: SignedCall): Promise<Answer> {
  requireWritable(repository);
  const pull = requirePull(repository, params["number"]);
  const title = body.optionalText("title");
  const text = body.optionalText("body");
  const state = body.optionalChoice("state", ["open", "closed"]);
  checkLength(text ?? "", inFields("PullRequest"));
  if (title !== undefined) pull.title = title;
  if (text !== undefined) pull.body = text;
  if (title !== undefined || text !== undefined) {
    pullEvent(world, repository, pull, actor, "edited", { changes: {} });
  }
  if (state !== undefined && state !== pull.state) {
    await changePull(world, repository, pull.number, actor.login, state === "open" ? "reopen" : "close");
  }
  return ok(pullJson(world, repository, pull));
}

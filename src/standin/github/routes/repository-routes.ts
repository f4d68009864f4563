import { diffCommits, diffText } from "../git/git-diff.ts";
import { countCommits, listCommits, mergeBase, resolveCommit } from "../git/git-store.ts";
import { notFound, ok, RawBody, refusal, type Answer } from "../http/answer.ts";
import { page } from "../http/page.ts";
import { readRoute, writeRoute, type RepositoryCall, type Route } from "../http/route.ts";
import { commitJson, fileJson } from "../json/commit-json.ts";
import { apiUrl, fullRepositoryJson, htmlUrl } from "../json/repository-json.ts";
import { userJson } from "../json/user-json.ts";
import type { AccessLevel, StandinCommit, StandinRepository } from "../model.ts";
import { accessOf, isAtLeast } from "../tokens.ts";
import type { World } from "../world.ts";

const CONTENTS = ["contents=read"] as const;
/** Documented: files of a comparison (on its first page), commits of one page. */
const MOST_COMPARED_FILES = 300;
const MOST_COMPARED_COMMITS = 250;

export const repositoryRoutes: readonly Route[] = [
  readRoute("", ["metadata=read"], ({ world, repository, token }) => ok(fullRepositoryJson(world, repository, token))),
  writeRoute("GET", "/collaborators/:login/permission", ["metadata=read"], (call) => {
    const { world, repository, params, token } = call;
    if (token.kind === "user" && !isAtLeast(accessOf(token.owner.login, repository), "write")) {
      throw refusal(403, "Must have push access to view collaborator permission.");
    }
    const known = world.users.get((params["login"] ?? "").toLowerCase());
    if (known === undefined) throw notFound();
    const level = accessOf(known.login, repository);
    return ok({
      permission: oldPermission(level),
      role_name: level,
      user: { ...userJson(world, known), permissions: flags(level), role_name: level },
    });
  }),
  readRoute("/branches", CONTENTS, async ({ world, repository, url }) => {
    const format = "%(objectname) %(refname:lstrip=2)";
    const rows = await world.git.text(repository.gitDir, ["for-each-ref", `--format=${format}`, "refs/heads/"]);
    const branches = rows.split("\n").filter((row) => row !== "");
    return page(
      branches.map((row) => {
        const sha = row.slice(0, 40);
        return {
          name: row.slice(41),
          commit: { sha, url: `${apiUrl(world, repository)}/commits/${sha}` },
          protected: false,
        };
      }),
      url,
    );
  }),
  readRoute("/branches/*branch", CONTENTS, async ({ world, repository, params }) => {
    const name = params["branch"] ?? "";
    const sha = await resolveCommit(world.git, repository.gitDir, `refs/heads/${name}`);
    if (sha === undefined) throw refusal(404, "Branch not found");
    const url = `${apiUrl(world, repository)}/branches/${name}`;
    return ok({
      name,
      commit: commitJson(world, repository, await oneCommit(world, repository, sha)),
      _links: { self: url, html: `${htmlUrl(world, repository)}/tree/${name}` },
      protected: false,
      protection: { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } },
      protection_url: `${url}/protection`,
    });
  }),
  readRoute("/commits", CONTENTS, async ({ world, repository, url }) => {
    const start = url.searchParams.get("sha") ?? repository.defaultBranch;
    const sha = await resolveCommit(world.git, repository.gitDir, start);
    if (sha === undefined) throw notFound();
    const commits = await listCommits(world.git, repository.gitDir, sha, []);
    return page(
      commits.map((commit) => commitJson(world, repository, commit)),
      url,
    );
  }),
  readRoute("/commits/*ref", CONTENTS, getCommit),
  readRoute("/compare/*basehead", CONTENTS, compare),
];

function oldPermission(level: AccessLevel): string {
  if (level === "maintain") return "write";
  return level === "triage" ? "read" : level;
}

function flags(level: AccessLevel): Record<string, boolean> {
  return {
    admin: level === "admin",
    maintain: isAtLeast(level, "maintain"),
    push: isAtLeast(level, "write"),
    triage: isAtLeast(level, "triage"),
    pull: isAtLeast(level, "read"),
  };
}

async function oneCommit(world: World, repository: StandinRepository, sha: string): Promise<StandinCommit> {
  const [commit] = await listCommits(world.git, repository.gitDir, sha, ["-n", "1"]);
  if (commit === undefined) throw notFound();
  return commit;
}

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

async function getCommit({ world, repository, params, accept }: RepositoryCall): Promise<Answer> {
  const { git } = world;
  const ref = params["ref"] ?? "";
  const sha = await resolveCommit(git, repository.gitDir, ref);
  if (sha === undefined) throw refusal(422, `No commit found for SHA: ${ref}`);
  if (/application\/vnd\.github\.(?:v3\.)?sha/.test(accept)) return ok(new RawBody(sha, "application/vnd.github.sha"));
  const commit = await oneCommit(world, repository, sha);
  const parent = commit.parents[0] ?? EMPTY_TREE;
  if (/application\/vnd\.github\.(?:v3\.)?diff/.test(accept)) {
    return ok(new RawBody(await diffText(git, repository.gitDir, parent, sha), "application/vnd.github.diff"));
  }
  const files = await diffCommits(git, repository.gitDir, parent, sha);
  const additions = files.reduce((total, file) => total + file.additions, 0);
  const deletions = files.reduce((total, file) => total + file.deletions, 0);
  return ok({
    ...commitJson(world, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files.slice(0, 3000).map((file) => fileJson(world, repository, sha, file)),
  });
}

async function compare({ world, repository, params, url, accept }: RepositoryCall): Promise<Answer> {
  const { git } = world;
  const spec = params["basehead"] ?? "";
  const [left = "", right = ""] = spec.split("...", 2);
  const strip = (name: string): string => name.slice(name.indexOf(":") + 1);
  const base = await resolveCommit(git, repository.gitDir, strip(left));
  const head = await resolveCommit(git, repository.gitDir, strip(right));
  if (base === undefined || head === undefined) throw notFound();
  const fork = await mergeBase(git, repository.gitDir, base, head);
  if (fork === undefined) throw refusal(404, `No common ancestor between ${left} and ${right}.`);
  if (/application\/vnd\.github\.(?:v3\.)?diff/.test(accept)) {
    return ok(new RawBody(await diffText(git, repository.gitDir, fork, head), "application/vnd.github.diff"));
  }
  const [ahead, behind] = await Promise.all([
    countCommits(git, repository.gitDir, `${fork}..${head}`),
    countCommits(git, repository.gitDir, `${fork}..${base}`),
  ]);
  const commits = await listCommits(git, repository.gitDir, `${base}..${head}`, ["--reverse", "--topo-order"]);
  const listed = page(commits, withDefault(url, MOST_COMPARED_COMMITS));
  const first = (url.searchParams.get("page") ?? "1") === "1";
  const files = first ? await diffCommits(git, repository.gitDir, fork, head) : [];
  const html = `${htmlUrl(world, repository)}/compare`;
  const [baseCommit, forkCommit] = await Promise.all([
    oneCommit(world, repository, base),
    oneCommit(world, repository, fork),
  ]);
  const shown = commits.filter((commit) => Array.isArray(listed.body) && listed.body.includes(commit));
  const body = {
    url: `${apiUrl(world, repository)}/compare/${spec}`,
    html_url: `${html}/${spec}`,
    permalink_url: `${html}/${base}...${head}`,
    diff_url: `${html}/${spec}.diff`,
    patch_url: `${html}/${spec}.patch`,
    base_commit: commitJson(world, repository, baseCommit),
    merge_base_commit: commitJson(world, repository, forkCommit),
    status: status(ahead, behind),
    ahead_by: ahead,
    behind_by: behind,
    total_commits: commits.length,
    commits: shown.map((commit) => commitJson(world, repository, commit)),
    ...(first
      ? { files: files.slice(0, MOST_COMPARED_FILES).map((file) => fileJson(world, repository, head, file)) }
      : {}),
  };
  return listed.headers === undefined ? ok(body) : ok(body, listed.headers);
}

function status(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}

/** A comparison that is not paged shows 250 commits; a paged one follows `per_page`. */
function withDefault(url: URL, size: number): URL {
  const copy = new URL(url);
  if (!copy.searchParams.has("per_page") && !copy.searchParams.has("page"))
    copy.searchParams.set("per_page", String(size));
  return copy;
}

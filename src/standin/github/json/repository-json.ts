import type { StandinRepository } from "../model.ts";
import { accessOf, isAtLeast, type StandinToken } from "../tokens.ts";
import { now, type World } from "../world.ts";
import { nodeId, userJson } from "./user-json.ts";

export function apiUrl(world: World, repository: StandinRepository): string {
  return `${world.origin}/repos/${repository.fullName}`;
}

export function htmlUrl(world: World, repository: StandinRepository): string {
  return `${world.origin}/${repository.fullName}`;
}

/** The templates GitHub lists with every repository: `<name>_url` -> what follows the repository's API address. */
const LINKS: Readonly<Record<string, string>> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

/** A repository as it stands inside other objects. */
export function repositoryJson(world: World, repository: StandinRepository): Record<string, unknown> {
  const api = apiUrl(world, repository);
  const html = htmlUrl(world, repository);
  const open = [...repository.issues.values()].filter(({ state }) => state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: repository.fullName,
    private: repository.private,
    owner: userJson(world, repository.owner),
    html_url: html,
    description: null,
    fork: repository.parent !== undefined,
    url: api,
    ...Object.fromEntries(Object.entries(LINKS).map(([name, rest]) => [name, `${api}${rest}`])),
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    pushed_at: now(world),
    git_url: `${html.replace(/^http/, "git")}.git`,
    ssh_url: `git@127.0.0.1:${repository.fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    custom_properties: {},
    visibility: repository.private ? "private" : "public",
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
  };
}

/** The answer of `GET /repos/{owner}/{repo}`. */
export function fullRepositoryJson(
  world: World,
  repository: StandinRepository,
  token: StandinToken | undefined,
): Record<string, unknown> {
  const level = token === undefined ? "read" : accessOf(token.owner.login, repository);
  const parent = repository.parent === undefined ? undefined : repositoryJson(world, repository.parent);
  return {
    ...repositoryJson(world, repository),
    ...(token?.kind === "user"
      ? {
          permissions: {
            admin: level === "admin",
            maintain: isAtLeast(level, "maintain"),
            push: isAtLeast(level, "write"),
            triage: isAtLeast(level, "triage"),
            pull: isAtLeast(level, "read"),
          },
        }
      : {}),
    ...(parent === undefined ? {} : { parent, source: parent }),
    subscribers_count: 0,
    network_count: 0,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
  };
}

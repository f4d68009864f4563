import type { StandinFile } from "../model-diff.ts";
import type { StandinCommit, StandinRepository, StandinUser } from "../model.ts";
import type { World } from "../world.ts";
import { apiUrl, htmlUrl } from "./repository-json.ts";
import { userJson } from "./user-json.ts";

const UNSIGNED = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** A commit as the commits, compare and pull request endpoints list it. */
export function commitJson(
  world: World,
  repository: StandinRepository,
  commit: StandinCommit,
): Record<string, unknown> {
  const api = apiUrl(world, repository);
  return {
    sha: commit.sha,
    node_id: `C_kwDO${commit.sha}`,
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: UNSIGNED,
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${htmlUrl(world, repository)}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: accountJson(world, commit.author.email),
    committer: accountJson(world, commit.committer.email),
    parents: commit.parents.map((sha) => parentJson(world, repository, sha, "commits")),
  };
}

/** A commit as `GET /git/commits/{sha}` gives it. */
export function gitCommitJson(
  world: World,
  repository: StandinRepository,
  commit: StandinCommit,
): Record<string, unknown> {
  const api = apiUrl(world, repository);
  return {
    sha: commit.sha,
    node_id: `C_kwDO${commit.sha}`,
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${htmlUrl(world, repository)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => parentJson(world, repository, sha, "git/commits")),
    verification: UNSIGNED,
  };
}

function parentJson(world: World, repository: StandinRepository, sha: string, kind: string): Record<string, unknown> {
  return {
    sha,
    url: `${apiUrl(world, repository)}/${kind}/${sha}`,
    html_url: `${htmlUrl(world, repository)}/commit/${sha}`,
  };
}

/** GitHub finds the account behind a commit by the address. */
function accountJson(world: World, email: string): Record<string, unknown> | null {
  const account: StandinUser | undefined = [...world.users.values()].find((user) => user.email === email);
  return account === undefined ? null : userJson(world, account);
}

/** A changed file. @param sha the commit its links point to. */
export function fileJson(
  world: World,
  repository: StandinRepository,
  sha: string,
  file: StandinFile,
): Record<string, unknown> {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${htmlUrl(world, repository)}/blob/${sha}/${path}`,
    raw_url: `${htmlUrl(world, repository)}/raw/${sha}/${path}`,
    contents_url: `${apiUrl(world, repository)}/contents/${path}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  };
}

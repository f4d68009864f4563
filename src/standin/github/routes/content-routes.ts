import { listTree, objectType, readBlob, resolveCommit, resolveObject, type TreeEntry } from "../git/git-store.ts";
import { notFound, ok, RawBody, refusal, type Answer } from "../http/answer.ts";
import { readRoute, type RepositoryCall, type Route } from "../http/route.ts";
import { apiUrl, htmlUrl } from "../json/repository-json.ts";

/** Documented: above 1 MB only the raw media type has content, above 100 MB there is none. Entries of a folder: 1,000. */
const LARGEST_INLINE = 1024 * 1024;
const LARGEST_RAW = 100 * 1024 * 1024;
const MOST_ENTRIES = 1000;

export const contentRoutes: readonly Route[] = [
  readRoute("/contents", ["contents=read"], getContent),
  readRoute("/contents/*path", ["contents=read"], getContent),
];

async function getContent(call: RepositoryCall): Promise<Answer> {
  const { world, repository, params, url, accept } = call;
  const { git } = world;
  const path = (params["path"] ?? "").replaceAll(/^\/|\/$/g, "");
  const ref = url.searchParams.get("ref") ?? repository.defaultBranch;
  const commit = await resolveCommit(git, repository.gitDir, ref);
  if (commit === undefined) throw refusal(404, `No commit found for the ref ${ref}`);
  const sha = await resolveObject(git, repository.gitDir, `${commit}:${path}`);
  if (sha === undefined) throw notFound();

  if (path === "" || (await objectType(git, repository.gitDir, sha)) === "tree") {
    const entries = await listTree(git, repository.gitDir, sha, false);
    const prefix = path === "" ? "" : `${path}/`;
    return ok(
      entries.slice(0, MOST_ENTRIES).map((entry) => entryJson(call, ref, { ...entry, path: prefix + entry.path })),
    );
  }

  const [entry] = await listTree(git, repository.gitDir, `${commit}:${folderOf(path)}`, false).then((all) =>
    all.filter(({ path: name }) => name === path.slice(path.lastIndexOf("/") + 1)),
  );
  if (entry === undefined) throw notFound();
  const shared = entryJson(call, ref, { ...entry, path });
  if (entry.type === "commit") return ok({ ...shared, submodule_git_url: null });
  const content = await readBlob(git, repository.gitDir, sha);
  if (content.length > LARGEST_RAW) throw refusal(403, "This API returns blobs up to 100 MB in size.");
  if (/application\/vnd\.github\.(?:v3\.)?raw/.test(accept)) {
    return ok(new RawBody(content, "application/vnd.github.raw; charset=utf-8"));
  }
  if (entry.mode === "120000") return ok({ ...shared, target: content.toString("utf8") });
  const inline = content.length <= LARGEST_INLINE;
  return ok({
    ...shared,
    content: inline ? `${content.toString("base64").replaceAll(/.{60}/g, "$&\n")}\n` : "",
    encoding: inline ? "base64" : "none",
  });
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function entryJson({ world, repository }: RepositoryCall, ref: string, entry: TreeEntry): Record<string, unknown> {
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const self = `${apiUrl(world, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${apiUrl(world, repository)}/git/${entry.type === "tree" ? "trees" : "blobs"}/${entry.sha}`;
  const html = `${htmlUrl(world, repository)}/${entry.type === "tree" ? "tree" : "blob"}/${ref}/${path}`;
  const type = { tree: "dir", commit: "submodule" }[entry.type] ?? (entry.mode === "120000" ? "symlink" : "file");
  return {
    name: entry.path.slice(entry.path.lastIndexOf("/") + 1),
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: type === "file" || type === "symlink" ? `${htmlUrl(world, repository)}/raw/${ref}/${path}` : null,
    type,
    _links: { self, git, html },
  };
}

import { listCommits, listTree, objectType, readBlob, resolveObject } from "../git/git-store.ts";
import { deleteRef, updateRef, writeBlob, writeCommit, writeTree, type Signature } from "../git/git-write.ts";
import { created, NO_CONTENT, notFound, ok, refusal, validationFailed, type Answer } from "../http/answer.ts";
import type { RequestBody } from "../http/request-body.ts";
import { readRoute, writeRoute, type RepositoryCall, type Route, type SignedCall } from "../http/route.ts";
import { gitCommitJson } from "../json/commit-json.ts";
import { apiUrl } from "../json/repository-json.ts";
import type { StandinRepository } from "../model.ts";
import { refreshPulls } from "../pull-state.ts";
import { requireWritable, type World } from "../world.ts";

const READ = ["contents=read"] as const;
const WRITE = ["contents=write"] as const;
const MODES = ["100644", "100755", "040000", "160000", "120000"] as const;
/** Documented limits: entries of a recursive tree, bytes of a blob. */
const MOST_ENTRIES = 100_000;
const LARGEST_BLOB = 100 * 1024 * 1024;

export const gitRoutes: readonly Route[] = [
  readRoute("/git/trees/*tree", READ, getTree),
  writeRoute("POST", "/git/trees", WRITE, createTree),
  readRoute("/git/blobs/:sha", READ, async ({ world, repository, params }) => {
    const sha = params["sha"] ?? "";
    if ((await typeOf(world, repository, sha)) !== "blob") throw notFound();
    const content = await readBlob(world.git, repository.gitDir, sha);
    if (content.length > LARGEST_BLOB)
      throw refusal(403, "This API returns blobs up to 100 MB in size.", {
        errors: [{ resource: "Blob", field: "data", code: "too_large" }],
      });
    return ok({
      sha,
      node_id: `B_kwDO${sha}`,
      size: content.length,
      url: `${apiUrl(world, repository)}/git/blobs/${sha}`,
      content: content.toString("base64").replaceAll(/.{60}/g, "$&\n"),
      encoding: "base64",
    });
  }),
  writeRoute("POST", "/git/blobs", WRITE, async ({ world, repository, body }) => {
    requireWritable(repository);
    const encoding = body.optionalText("encoding") === "base64" ? "base64" : "utf8";
    const sha = await writeBlob(world.git, repository.gitDir, Buffer.from(body.text("content"), encoding));
    const url = `${apiUrl(world, repository)}/git/blobs/${sha}`;
    return created({ sha, url }, url);
  }),
  readRoute("/git/commits/:sha", READ, async ({ world, repository, params }) => {
    const sha = params["sha"] ?? "";
    if ((await typeOf(world, repository, sha)) !== "commit") throw notFound();
    return ok(await commitBody(world, repository, sha));
  }),
  writeRoute("POST", "/git/commits", WRITE, createCommit),
  readRoute("/git/ref/*ref", READ, async ({ world, repository, params }) => {
    const ref = `refs/${params["ref"] ?? ""}`;
    return ok(await refBody(world, repository, ref));
  }),
  readRoute("/git/matching-refs/*ref", READ, async ({ world, repository, params }) => {
    const wanted = `refs/${params["ref"] ?? ""}`;
    const rows = await world.git.text(repository.gitDir, ["for-each-ref", "--format=%(refname)"]);
    const refs = rows.split("\n").filter((ref) => ref.startsWith(wanted) && ref !== "");
    return ok(await Promise.all(refs.map(async (ref) => refBody(world, repository, ref))));
  }),
  writeRoute("POST", "/git/refs", WRITE, createRef),
  writeRoute("PATCH", "/git/refs/*ref", WRITE, moveRef),
  writeRoute("DELETE", "/git/refs/*ref", WRITE, async ({ world, repository, params }) => {
    requireWritable(repository);
    const ref = `refs/${params["ref"] ?? ""}`;
    if ((await resolveObject(world.git, repository.gitDir, ref)) === undefined) {
      throw refusal(422, "Reference does not exist");
    }
    await deleteRef(world.git, repository.gitDir, ref);
    return NO_CONTENT;
  }),
];

/** Only full ids: a short or symbolic name is not an object of the git database. */
async function typeOf(world: World, repository: StandinRepository, sha: string): Promise<string | undefined> {
  return /^[0-9a-f]{40}$/.test(sha) ? objectType(world.git, repository.gitDir, sha) : undefined;
}

async function getTree({ world, repository, params, url }: RepositoryCall): Promise<Answer> {
  const sha = await resolveObject(world.git, repository.gitDir, `${params["tree"] ?? ""}^{tree}`);
  if (sha === undefined) throw notFound();
  const recursive = url.searchParams.has("recursive");
  const entries = await listTree(world.git, repository.gitDir, sha, recursive);
  const api = apiUrl(world, repository);
  const kinds: Readonly<Record<string, string>> = { blob: "blobs", tree: "trees" };
  return ok({
    sha,
    url: `${api}/git/trees/${sha}`,
    tree: entries.slice(0, MOST_ENTRIES).map(({ path, mode, type, sha: id, size }) => ({
      path,
      mode,
      type,
      sha: id,
      ...(size === undefined ? {} : { size }),
      ...(kinds[type] === undefined ? {} : { url: `${api}/git/${kinds[type]}/${id}` }),
    })),
    truncated: entries.length > MOST_ENTRIES,
  });
}

async function createTree({ world, repository, body }: SignedCall): Promise<Answer> {
  requireWritable(repository);
  const { git } = world;
  const baseTree = body.optionalText("base_tree");
  const base = baseTree && (await resolveObject(git, repository.gitDir, `${baseTree}^{tree}`));
  if (baseTree !== undefined && base === undefined) throw refusal(404, "base_tree is not a valid tree oid");
  const wanted = body.optionalObjects("tree") ?? [];
  if (wanted.length === 0 && base === undefined) throw refusal(422, "Invalid tree info");
  const entries = await Promise.all(
    wanted.map(async (entry) => {
      const path = entry.text("path");
      const mode = entry.optionalChoice("mode", MODES) ?? "100644";
      if (/^\/|\/$|\/\/|(?:^|\/)\.{1,2}(?:\/|$)|(?:^|\/)\.git(?:\/|$)/i.test(path))
        throw refusal(422, "tree.path contains a malformed path component");
      const content = entry.optionalText("content");
      const sha =
        content === undefined
          ? (entry.optionalText("sha") ?? null)
          : await writeBlob(git, repository.gitDir, Buffer.from(content));
      if (sha !== null && mode !== "160000" && (await typeOf(world, repository, sha)) === undefined) {
        throw refusal(422, `tree.sha ${sha} is not a valid ${mode === "040000" ? "tree" : "blob"}`);
      }
      return { path, mode, type: { "040000": "tree", "160000": "commit" }[mode as string] ?? "blob", sha };
    }),
  );
  const sha = await writeTree(git, repository.gitDir, base, entries);
  const listing = await listTree(git, repository.gitDir, sha, false);
  const url = `${apiUrl(world, repository)}/git/trees/${sha}`;
  return created(
    {
      sha,
      url,
      tree: listing.map(({ path, mode, type, sha: id, size }) => ({
        path,
        mode,
        type,
        sha: id,
        ...(size === undefined ? {} : { size }),
        url: `${apiUrl(world, repository)}/git/${type}s/${id}`,
      })),
      truncated: false,
    },
    url,
  );
}

async function createCommit({ world, repository, body, actor }: SignedCall): Promise<Answer> {
  requireWritable(repository);
  const tree = body.text("tree");
  const parents = body.optionalTexts("parents") ?? [];
  if ((await typeOf(world, repository, tree)) !== "tree") throw refusal(422, "Tree SHA does not exist");
  for (const parent of parents) {
    // oxlint-disable-next-line no-await-in-loop
    if ((await typeOf(world, repository, parent)) !== "commit")
      throw refusal(422, "Parent SHA does not exist or is not a commit object");
  }
  const fallback: Signature = { name: actor.name, email: actor.email, date: world.clock() };
  const author = signature(body.optionalObject("author"), fallback);
  const sha = await writeCommit(world.git, repository.gitDir, {
    tree,
    parents,
    message: body.text("message"),
    author,
    committer: signature(body.optionalObject("committer"), author),
  });
  const json = await commitBody(world, repository, sha);
  return created(json, String(json["url"]));
}

function signature(given: RequestBody | undefined, fallback: Signature): Signature {
  if (given === undefined) return fallback;
  const date = new Date(given.optionalText("date") ?? fallback.date);
  if (Number.isNaN(date.getTime())) throw refusal(422, "Invalid request.\n\ndate is not a valid ISO 8601 date.");
  return { name: given.text("name"), email: given.text("email"), date };
}

async function createRef({ world, repository, body, actor }: SignedCall): Promise<Answer> {
  requireWritable(repository);
  const ref = body.text("ref");
  const sha = body.text("sha");
  const valid =
    /^refs\/[^/]+\/./.test(ref) && (await world.git.run(repository.gitDir, ["check-ref-format", ref])).code === 0;
  if (!valid)
    throw refusal(422, "Reference name must be a fully qualified and valid ref name, such as refs/heads/main.");
  if ((await typeOf(world, repository, sha)) === undefined) throw refusal(422, "Object does not exist");
  if ((await resolveObject(world.git, repository.gitDir, ref)) !== undefined)
    throw refusal(422, "Reference already exists");
  await updateRef(world.git, repository.gitDir, ref, sha);
  await refreshPulls(world, repository, ref.replace("refs/heads/", ""), actor);
  const json = await refBody(world, repository, ref);
  return created(json, String(json["url"]));
}

async function moveRef({ world, repository, params, body, actor }: SignedCall): Promise<Answer> {
  requireWritable(repository);
  const ref = `refs/${params["ref"] ?? ""}`;
  const sha = body.text("sha");
  const before = await resolveObject(world.git, repository.gitDir, ref);
  if (before === undefined) throw refusal(422, "Reference does not exist");
  if ((await typeOf(world, repository, sha)) === undefined) throw refusal(422, "Object does not exist");
  if (body.optionalFlag("force") !== true) {
    const forward = await world.git.run(repository.gitDir, ["merge-base", "--is-ancestor", before, sha]);
    if (forward.code !== 0) throw refusal(422, "Update is not a fast forward");
  }
  await updateRef(world.git, repository.gitDir, ref, sha);
  await refreshPulls(world, repository, ref.replace("refs/heads/", ""), actor);
  return ok(await refBody(world, repository, ref));
}

async function refBody(world: World, repository: StandinRepository, ref: string): Promise<Record<string, unknown>> {
  const sha = await resolveObject(world.git, repository.gitDir, ref);
  const type = sha && (await objectType(world.git, repository.gitDir, sha));
  if (sha === undefined || type === undefined) throw notFound();
  const api = apiUrl(world, repository);
  return {
    ref,
    node_id: `REF_${Buffer.from(`${String(repository.id)}:${ref}`).toString("base64url")}`,
    url: `${api}/git/${ref}`,
    object: { sha, type, url: `${api}/git/${type}s/${sha}` },
  };
}

async function commitBody(world: World, repository: StandinRepository, sha: string): Promise<Record<string, unknown>> {
  const [commit] = await listCommits(world.git, repository.gitDir, sha, ["-n", "1"]);
  if (commit === undefined) throw validationFailed({ resource: "Commit", field: "sha", code: "invalid" });
  return gitCommitJson(world, repository, commit);
}

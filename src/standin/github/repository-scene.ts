import { join } from "node:path";

import { pushEvent } from "./events.ts";
import { createBareRepository, importRefs, resolveCommit } from "./git/git-store.ts";
import { commitFiles, deleteRef, updateRef, type FileContent } from "./git/git-write.ts";
import type { AccessLevel, StandinRepository } from "./model.ts";
import { refreshPulls } from "./pull-state.ts";
import { findRepository, now, user, type World } from "./world.ts";

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  /** `main` if not given. */
  readonly defaultBranch?: string;
  readonly collaborators?: Readonly<Record<string, AccessLevel>>;
  /** Makes it a fork of that repository, with its branches. */
  readonly forkOf?: StandinRepository;
}

export interface Push {
  readonly message?: string;
  /** Login; the owner of the repository if not given. */
  readonly author?: string;
  /** Branch or commit a new branch starts from; the default branch if not given, and nothing in an empty repository. */
  readonly from?: string;
}

export async function addRepository(world: World, wanted: NewRepository): Promise<StandinRepository> {
  const fullName = `${wanted.owner}/${wanted.name}`;
  if (findRepository(world, wanted.owner, wanted.name) !== undefined) throw new Error(`${fullName} exists already`);
  const gitDir = join(world.root, wanted.owner, `${wanted.name}.git`);
  const defaultBranch = wanted.defaultBranch ?? wanted.forkOf?.defaultBranch ?? "main";
  await createBareRepository(world.git, gitDir, defaultBranch);
  if (wanted.forkOf !== undefined) {
    await world.git.read(gitDir, ["fetch", "-q", wanted.forkOf.gitDir, "+refs/heads/*:refs/heads/*"]);
  }
  const repository: StandinRepository = {
    id: world.nextId(),
    owner: user(world, wanted.owner),
    name: wanted.name,
    fullName,
    private: wanted.private ?? false,
    archived: false,
    parent: wanted.forkOf,
    defaultBranch,
    createdAt: now(world),
    gitDir,
    collaborators: new Map(Object.entries(wanted.collaborators ?? {})),
    issues: new Map(),
    labels: new Map(),
    checkRuns: [],
    sarifUploads: [],
    dispatches: [],
  };
  for (const login of repository.collaborators.keys()) user(world, login);
  world.repositories.set(fullName.toLowerCase(), repository);
  return repository;
}

/** Takes branches out of a repository on disk: branch here -> revision there. */
export async function importBranches(
  world: World,
  repository: StandinRepository,
  source: string,
  branches: Readonly<Record<string, string>>,
): Promise<void> {
  const refs = Object.fromEntries(Object.entries(branches).map(([name, revision]) => [`refs/heads/${name}`, revision]));
  await importRefs(world.git, repository.gitDir, source, refs);
  for (const branch of Object.keys(branches)) {
    // oxlint-disable-next-line no-await-in-loop
    await refreshPulls(world, repository, branch, repository.owner);
  }
}

/** Commits files on a branch as a person would push them (a string names a commit to move to). Returns the new tip. */
export async function push(
  world: World,
  repository: StandinRepository,
  branch: string,
  change: string | Readonly<Record<string, FileContent>>,
  options: Push = {},
): Promise<string> {
  const author = user(world, options.author ?? repository.owner.login);
  const ref = `refs/heads/${branch}`;
  const before = await resolveCommit(world.git, repository.gitDir, ref);
  if (typeof change === "string") {
    await updateRef(world.git, repository.gitDir, ref, change);
    await refreshPulls(world, repository, branch, author);
    pushEvent(world, repository, { branch, before, after: change, files: undefined }, author);
    return change;
  }
  const start = options.from ?? repository.defaultBranch;
  const parent = before ?? (await resolveCommit(world.git, repository.gitDir, start));
  const sha = await commitFiles(world.git, repository.gitDir, {
    ref,
    parent,
    files: change,
    message: options.message ?? `Update ${Object.keys(change).join(", ").slice(0, 60)}`,
    author: { name: author.name, email: author.email, date: world.clock() },
  });
  await refreshPulls(world, repository, branch, author);
  pushEvent(world, repository, { branch, before, after: sha, files: change }, author);
  return sha;
}

export async function deleteBranch(world: World, repository: StandinRepository, branch: string): Promise<void> {
  await deleteRef(world.git, repository.gitDir, `refs/heads/${branch}`);
}

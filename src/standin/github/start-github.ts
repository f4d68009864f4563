import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { redeliver } from "./apps/deliver.ts";
import type { StandinApp, StandinDelivery, StandinInstallation } from "./apps/model-app.ts";
import { installApp, registerApp, uninstallApp, type NewApp, type NewInstallation } from "./apps/register-app.ts";
import * as conversations from "./conversation-scene.ts";
import { checkRunEvent, type StandinEvent } from "./events.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createGitRunner } from "./git/git-process.ts";
import { objectType, readBlob, resolveObject } from "./git/git-store.ts";
import type { FileContent } from "./git/git-write.ts";
import type { Permission } from "./http/route.ts";
import { createGitHubServer, type PageHandler } from "./http/server.ts";
import { createJournal, type Journal } from "./journal.ts";
import type { StandinCheckRun } from "./model-checks.ts";
import type {
  StandinIssueComment,
  StandinPullRequest,
  StandinRepository,
  StandinReviewComment,
  StandinUser,
} from "./model.ts";
import * as pulls from "./pull-scene.ts";
import * as repositories from "./repository-scene.ts";
import { routes } from "./routes/routes.ts";
import { issueToken } from "./tokens.ts";
import { findRepository, requirePull, user, type World } from "./world.ts";

export interface GitHubOptions {
  /** Where `git` is looked for, as in PATH; the usual folders if not given. */
  readonly searchPath?: string;
  /** Port on the loopback interface; any free one if not given. */
  readonly port?: number;
  /** The wall clock if not given. */
  readonly clock?: () => Date;
}

export interface NewToken {
  /** A made-up one if not given. */
  readonly value?: string;
  /** `github-actions[bot]` (as GITHUB_TOKEN is) if not given. A login ending in `[bot]` is an app's token, any other a person's. */
  readonly login?: string;
  /** Nothing if not given; `metadata` is always held. */
  readonly permissions?: Readonly<Partial<Record<Permission, "read" | "write">>>;
  /** `owner/name`; every repository its owner can see if not given. */
  readonly repositories?: readonly string[];
  /** Requests an hour: 1,000 for GITHUB_TOKEN, 5,000 for others, if not given. */
  readonly rateLimit?: number;
}

/** A running stand-in for GitHub. Disposing of it ends the server, its git processes and the repositories on disk. */
export interface GitHubStandin extends AsyncDisposable {
  /** Base of the REST API (GITHUB_API_URL) and of pages (GITHUB_SERVER_URL): one origin, no final slash. */
  readonly url: string;
  readonly graphqlUrl: string;
  readonly faults: Faults;
  readonly journal: Journal;
  cloneUrl(owner: string, name: string): string;

  /** Registers a token and returns its value. */
  addToken(token: NewToken): string;
  /** Makes a token answer 401 from now on, as an expired one. */
  revokeToken(value: string): void;
  addUser(login: string): StandinUser;
  addRepository(repository: repositories.NewRepository): Promise<StandinRepository>;
  /** Takes branches out of a repository on disk: branch here -> revision there. */
  importBranches(
    repository: StandinRepository,
    source: string,
    branches: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Commits files on a branch, or moves it to a commit (also backwards); open pull requests follow. Returns the tip. */
  push(
    repository: StandinRepository,
    branch: string,
    change: string | Readonly<Record<string, FileContent>>,
    options?: repositories.Push,
  ): Promise<string>;
  deleteBranch(repository: StandinRepository, branch: string): Promise<void>;
  openPullRequest(
    repository: StandinRepository,
    pull: pulls.NewPullRequest,
  ): Promise<{ pull: StandinPullRequest; event: StandinEvent }>;
  changePullRequest(
    repository: StandinRepository,
    number: number,
    login: string,
    change: pulls.PullChange,
  ): Promise<void>;
  /** A person comments; the event is what Actions would start a run with. */
  commentAs(
    login: string,
    repository: StandinRepository,
    number: number,
    body: string,
  ): { comment: StandinIssueComment; event: StandinEvent };
  /** A person answers in the thread that begins with that comment. */
  replyAs(
    login: string,
    repository: StandinRepository,
    pull: StandinPullRequest,
    first: StandinReviewComment,
    body: string,
  ): { comment: StandinReviewComment; event: StandinEvent };
  editCommentAs(login: string, repository: StandinRepository, comment: StandinIssueComment, body: string): StandinEvent;
  editIssueAs(login: string, repository: StandinRepository, number: number, body: string): void;

  /** Somebody presses "Re-run" on a check, or one of the buttons that its App put there. */
  pressCheckButton(login: string, repository: StandinRepository, check: StandinCheckRun, button?: string): void;

  /** Makes an App, as its owner would on the page; its hook is sent a ping. */
  registerApp(app: NewApp): StandinApp;
  /** Sends the App's webhooks to that address from now on. */
  pointHook(app: StandinApp, url: string): void;
  installApp(app: StandinApp, installation: NewInstallation): StandinInstallation;
  uninstallApp(app: StandinApp, installation: StandinInstallation): void;
  /** The App by its slug. @throws Error if there is none */
  app(slug: string): StandinApp;
  /** Sends a delivery again, as the button on the App's page does. */
  redeliver(app: StandinApp, delivery: StandinDelivery): void;
  /** Resolves once no webhook is on its way any more. */
  delivered(): Promise<void>;

  /** Called for everything that would start workflow runs or webhooks. Returns a function that ends it. */
  onEvent(listener: (event: StandinEvent) => void): () => void;
  /** The repository by `owner/name`. @throws Error if there is none */
  repository(fullName: string): StandinRepository;
  /** The live pull request: files with hunks, reviews, comments. @throws Error if there is none */
  pullRequest(fullName: string, number: number): StandinPullRequest;
  /** Every repository, in the order they were added. */
  repositories(): readonly StandinRepository[];
  /** A file at a commit; undefined if there is none. */
  readFile(repository: StandinRepository, commit: string, path: string): Promise<Buffer | undefined>;
  /** Gives the addresses that are not the API's to a page server, on the same origin. */
  servePages(handler: PageHandler): void;
}

const SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";

export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubStandin> {
  const root = await mkdtemp(join(tmpdir(), "github-standin-"));
  const ending = new AbortController();
  const faults = createFaults();
  const journal = createJournal();
  let pages: PageHandler | undefined;
  let lastId = 1000;
  let origin = "";
  const world: World = {
    git: createGitRunner(options.searchPath ?? SEARCH_PATH, root, ending.signal),
    root,
    get origin() {
      return origin;
    },
    clock: options.clock ?? (() => new Date()),
    users: new Map(),
    repositories: new Map(),
    tokens: new Map(),
    apps: new Map(),
    codes: new Map(),
    deliveries: new Set(),
    listeners: new Set(),
    nextId: () => (lastId += 1),
  };
  const server = createGitHubServer({ world: () => world, routes, faults, journal, pages: () => pages });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  origin = `http://127.0.0.1:${String(address.port)}`;

  const repository = (fullName: string): StandinRepository => {
    const [owner = "", name = ""] = fullName.split("/");
    const found = findRepository(world, owner, name);
    if (found === undefined) throw new Error(`there is no repository ${fullName}`);
    return found;
  };

  return {
    url: origin,
    graphqlUrl: `${origin}/graphql`,
    faults,
    journal,
    cloneUrl: (owner, name) => `${origin}/${owner}/${name}.git`,
    addToken: (token) => addToken(world, token),
    revokeToken: (value) => {
      const token = world.tokens.get(value);
      if (token !== undefined) token.revoked = true;
    },
    addUser: (login) => user(world, login),
    addRepository: async (wanted) => repositories.addRepository(world, wanted),
    importBranches: async (...args) => repositories.importBranches(world, ...args),
    push: async (...args) => repositories.push(world, ...args),
    deleteBranch: async (...args) => repositories.deleteBranch(world, ...args),
    openPullRequest: async (...args) => pulls.openPullRequest(world, ...args),
    changePullRequest: async (...args) => pulls.changePull(world, ...args),
    commentAs: (login, target, number, body) => conversations.comment(world, target, number, login, body),
    replyAs: (login, target, pull, first, body) => conversations.replyTo(world, target, pull, first, login, body),
    editCommentAs: (login, target, comment, body) => conversations.editComment(world, target, comment, login, body),
    editIssueAs: (login, target, number, body) => conversations.editIssue(world, target, number, login, body),
    pressCheckButton: (login, target, check, button) => checkRunEvent(world, target, check, user(world, login), button),
    registerApp: (app) => registerApp(world, app),
    pointHook: (app, url) => void Object.assign(app.hook, { url, active: true }),
    installApp: (app, installation) => installApp(world, app, installation),
    uninstallApp: (app, installation) => uninstallApp(world, app, installation),
    app: (slug) => {
      const found = world.apps.get(slug);
      if (found === undefined) throw new Error(`there is no App ${slug}`);
      return found;
    },
    redeliver: (app, delivery) => redeliver(world, app, delivery),
    delivered: async () => {
      // oxlint-disable-next-line no-await-in-loop -- one webhook may bring forth the next
      while (world.deliveries.size > 0) await Promise.all(world.deliveries);
    },
    onEvent: (listener) => {
      world.listeners.add(listener);
      return () => void world.listeners.delete(listener);
    },
    repository,
    pullRequest: (fullName, number) => requirePull(repository(fullName), String(number)),
    repositories: () => [...world.repositories.values()],
    readFile: async (target, commit, path) => {
      const blob = await resolveObject(world.git, target.gitDir, `${commit}:${path}`);
      if (blob === undefined || (await objectType(world.git, target.gitDir, blob)) !== "blob") return undefined;
      return readBlob(world.git, target.gitDir, blob);
    },
    servePages: (handler) => {
      pages = handler;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      ending.abort();
      await closed;
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function addToken(world: World, wanted: NewToken): string {
  const login = wanted.login ?? "github-actions[bot]";
  const owner = user(world, login);
  const app = owner.type === "Bot" ? login.replace("[bot]", "") : undefined;
  const token = issueToken(world, {
    value: wanted.value,
    prefix: app === undefined ? "github_pat_" : "ghs_",
    owner,
    kind: app === undefined ? "user" : "installation",
    app,
    installation: undefined,
    permissions: wanted.permissions ?? {},
    repositories: wanted.repositories?.map((name) => name.toLowerCase()),
    limit: wanted.rateLimit ?? (app === "github-actions" ? 1000 : 5000),
    expiresAt: undefined,
  });
  return token.value;
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import pg from "pg";

import { openAppStore, type AppStore } from "../../../src/adapters/queue/open-app-store.ts";
import { type ClaudeStandin, startClaude } from "../../../src/standin/claude/server.ts";
import type { Timing } from "../../../src/standin/claude/timing.ts";
import type { StandinApp, StandinDelivery } from "../../../src/standin/github/apps/model-app.ts";
import type { StandinRepository } from "../../../src/standin/github/model.ts";
import { type GitHubStandin, startGitHub } from "../../../src/standin/github/start-github.ts";
import { startPostgres } from "../../support/postgres-server.ts";

type Role = "web" | "worker" | "all";

/** A member of the cluster; when it is killed, `start` puts another in its place. */
export type Member = {
  readonly role: Role;
  /** Whether it has begun with that run, or with helping it. */
  hasBegun(runId: string): boolean;
  start(): Promise<void>;
  /** As the kernel does it: nothing of it runs any more when this resolves. */
  kill(): Promise<void>;
  /** As a deployment does it. */
  terminate(): Promise<void>;
};

/** The App in processes of its own, on a PostgreSQL server of its own or the embedded one, between a GitHub and a model on this machine. */
export type Cluster = AsyncDisposable & {
  readonly github: GitHubStandin;
  readonly claude: ClaudeStandin;
  readonly app: StandinApp;
  readonly repositories: readonly StandinRepository[];
  /** The App's database as another process sees it. The embedded one can be opened only while no member runs. */
  openStore(): Promise<AppStore & AsyncDisposable>;
  /** Whether no job waits or runs, as the process that takes webhooks tells. */
  isIdle(): Promise<boolean>;
  member(role: Role, concurrency?: number): Member;
  /** Hands a webhook to the web process until it is taken, as GitHub and redelivery do together. Answers with the status. */
  deliver(delivery: Pick<StandinDelivery, "requestHeaders" | "payload">): Promise<number>;
  /** How many processes hold, or held last, a subtask of a shared run. */
  holders(): Promise<number>;
  /** A page of the web process, as text. */
  page(path: string): Promise<string>;
  /** Everything the processes wrote, for a failing test. */
  log(): string;
};

const PROGRAM = join(import.meta.dirname, "../../../src/entry/cli.ts");
/** A web process that was killed comes back where it was: below the ports that the system gives to those who call. */
let nextPort = 20_000 + (process.pid % 12_000);
const PERMISSIONS = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  checks: "write",
  security_events: "write",
} as const;
const EVENTS = ["issue_comment", "pull_request", "pull_request_review_comment", "check_run"];
/** No stage behind the finders, so that a request to the model is a subtask. */
const SETTINGS = "quality:\n  finders: 1\n  gap-pass: off\n  contract-pass: off\n  verify: off\n";

export async function openCluster(options: {
  readonly owners: readonly string[];
  readonly timing?: Timing;
  readonly database?: "server" | "embedded";
}): Promise<Cluster> {
  await using opening = new AsyncDisposableStack();
  const isEmbedded = options.database === "embedded";
  const url = isEmbedded ? undefined : await opening.use(await startPostgres()).createDatabase();
  const github = opening.use(await startGitHub());
  const claude = opening.use(await startClaude(options.timing === undefined ? {} : { timing: options.timing }));
  // Nothing listens there: the deliveries are only written down, and the test sends them as it likes.
  const hookUrl = "http://127.0.0.1:9/";
  const app = github.registerApp({ name: "Parallel", owner: "dev", permissions: PERMISSIONS, events: EVENTS, hookUrl });
  const repositories: StandinRepository[] = [];
  for (const owner of options.owners) {
    const repository = await github.addRepository({ owner, name: "shop", collaborators: { dev: "write" } });
    await github.push(repository, "main", { "README.md": "# Shop\n", ".github/parallel-review.yml": SETTINGS });
    github.installApp(app, { account: owner });
    repositories.push(repository);
  }
  const lines: string[] = [];
  const children = new Set<ChildProcess>();
  opening.defer(async () => void (await Promise.all([...children].map(killed))));
  const folder = mkdtempSync(join(tmpdir(), "pr-cluster-"));
  opening.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { id: appId, privateKey } = app;
  const port = nextPort;
  nextPort += 1;
  const start = async (role: Role, concurrency: number): Promise<ChildProcess> => {
    const flags = [
      "--role",
      role,
      "--concurrency",
      String(concurrency),
      "--base-url",
      claude.url,
      "--engine",
      "claude",
    ];
    const child = spawn(
      process.execPath,
      [PROGRAM, "app", ...flags, "--port", role === "worker" ? "0" : String(port), "--data", folder],
      {
        env: {
          PATH: process.env["PATH"],
          NODE_COMPILE_CACHE: join(tmpdir(), "parallel-review-compile-cache"),
          ...(url === undefined ? {} : { DATABASE_URL: url }),
          APP_ID: String(appId),
          PRIVATE_KEY: privateKey,
          WEBHOOK_SECRET: app.hook.secret,
          GITHUB_API_URL: github.url,
          GITHUB_SERVER_URL: github.url,
          ANTHROPIC_API_KEY: "sk-ant-test-0123456789abcdef",
          LEASE_SECONDS: "10",
        },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    children.add(child);
    child.once("exit", () => children.delete(child));
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      lines.push(`${role} ${child.pid}: ${text}`);
      if (text.includes('"message":"listening"')) resolve();
    });
    const failed = once(child, "exit").then(() => {
      throw new Error(`a ${role} did not start:\n${lines.join("")}`);
    });
    await Promise.race([ready, failed]);
    failed.catch(() => undefined);
    return child;
  };
  const open = opening.move();
  return {
    github,
    claude,
    app,
    repositories,
    openStore() {
      const place = url === undefined ? { folder: join(folder, "database") } : { url };
      return openAppStore(place, { onProblem: (problem) => console.warn(problem) });
    },
    async isIdle() {
      const metrics = await fetch(`http://127.0.0.1:${port}/metrics`).then(
        (response) => response.text(),
        () => "",
      );
      const depths = [...metrics.matchAll(/^parallel_review_queue_jobs\{state="(?:queued|running)"\} (\d+)$/gm)];
      return depths.length === 2 && depths.every(([, count]) => count === "0");
    },
    member(role, concurrency = 4) {
      let child: ChildProcess | undefined;
      return {
        role,
        async start() {
          child = await start(role, concurrency);
        },
        hasBegun: (runId) =>
          lines.some((line) => line.startsWith(`${role} ${child?.pid}: `) && begins(line).includes(runId)),
        kill: async () => child && killed(child),
        async terminate() {
          if (child === undefined || child.exitCode !== null) return;
          const exited = once(child, "exit");
          child.kill("SIGTERM");
          await exited;
        },
      };
    },
    async deliver({ requestHeaders, payload }) {
      for (;;) {
        const response = await fetch(`http://127.0.0.1:${port}/api/github/webhooks`, {
          method: "POST",
          headers: requestHeaders,
          body: JSON.stringify(payload),
        }).catch(() => undefined);
        await response?.arrayBuffer().catch(() => undefined);
        if (response?.ok === true) return response.status;
        await pause(100);
      }
    },
    async holders() {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        const { rows } = await client.query("SELECT DISTINCT holder FROM parallel_review.held_subtask");
        return rows.length;
      } finally {
        await client.end();
      }
    },
    async page(path) {
      return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    },
    log: () => lines.join(""),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** The runs that these lines of a process say have begun. */
function begins(lines: string): readonly string[] {
  return [...lines.matchAll(/"message":"job begins","run":"(\d+)"/g)].map(([, run = ""]) => run);
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

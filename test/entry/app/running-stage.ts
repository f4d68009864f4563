import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { APP_EVENTS, appManifest } from "../../../src/adapters/github/app/manifest.ts";
import type { RunSummary } from "../../../src/domain/run-summary.ts";
import { appLog } from "../../../src/entry/app/app-log.ts";
import { type AppOptions, openApp, type RunningApp } from "../../../src/entry/app/open-app.ts";
import { type ClaudeStandin, startClaude } from "../../../src/standin/claude/server.ts";
import type { StandinApp, StandinDelivery } from "../../../src/standin/github/apps/model-app.ts";
import type { StandinPullRequest, StandinRepository } from "../../../src/standin/github/model.ts";
import { type GitHubStandin, startGitHub } from "../../../src/standin/github/start-github.ts";
import { FLAWED } from "../action-stage.ts";
import { type Gate, openGate } from "../gate.ts";

/** The App as it is deployed on one machine: its server, its embedded database and its worker, between a GitHub and a model on this machine. */
export type RunningStage = AsyncDisposable & {
  readonly github: GitHubStandin;
  readonly gate: Gate;
  readonly claude: ClaudeStandin;
  readonly app: StandinApp;
  readonly repository: StandinRepository;
  readonly running: RunningApp;
  /** Everything the process wrote. */
  readonly log: () => string;
  /** A pull request of `dev` with these files, and without a review. */
  open(files?: Readonly<Record<string, string>>): Promise<StandinPullRequest>;
  /** Every run of that pull request has ended: all of them, newest first. */
  settled(pullRequest: number): Promise<readonly RunSummary[]>;
  /** What the App answered to the newest webhook. */
  lastAnswer(): Promise<Pick<StandinDelivery, "statusCode" | "responseBody">>;
};

/** No stage behind the finders. */
const SETTINGS = "quality:\n  finders: 1\n  gap-pass: off\n  contract-pass: off\n  verify: off\n";

export async function openRunning(
  change: Partial<Omit<AppOptions, "settings">> & { readonly settings?: Partial<AppOptions["settings"]> } = {},
): Promise<RunningStage> {
  await using opening = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), "app-running-"));
  opening.defer(() => rmSync(data, { recursive: true, force: true, maxRetries: 3 }));
  const github = opening.use(await startGitHub());
  const gate = opening.use(await openGate(github.url));
  const claude = opening.use(await startClaude());
  const { default_permissions: permissions } = appManifest({ name: "x", publicUrl: github.url });
  const app = github.registerApp({ name: "Parallel Review", owner: "acme", permissions, events: APP_EVENTS });
  const repository = await github.addRepository({
    owner: "acme",
    name: "shop",
    collaborators: { dev: "write", triager: "triage", reader: "read", "helper[bot]": "write" },
  });
  await github.push(repository, "main", {
    "README.md": "# Shop\n",
    "src/old.ts": "export const old = 1;\n",
    ".github/parallel-review.yml": SETTINGS,
  });
  const lines: string[] = [];
  const { settings, ...more } = change;
  const running = opening.use(
    await openApp(
      {
        settings: {
          appId: app.id,
          privateKey: app.privateKey,
          webhookSecrets: [app.hook.secret],
          apiUrl: gate.url,
          serverUrl: gate.url,
          databaseUrl: undefined,
          publicUrl: undefined,
          login: undefined,
          anthropicKey: "sk-ant-test-0123456789abcdef",
          claude: { inputs: {} },
          metricsToken: undefined,
          budgets: {},
          leaseSeconds: 30,
          ...settings,
        },
        role: "all",
        host: "127.0.0.1",
        port: 0,
        data,
        engine: "claude",
        model: undefined,
        anthropicBaseUrl: claude.url,
        concurrency: 2,
        env: { PATH: process.env["PATH"] },
        log: appLog(
          (line) => void lines.push(line),
          [],
          () => Date.now(),
        ),
        ...more,
      },
      new AbortController().signal,
    ),
  );
  github.pointHook(app, running.webhookUrl);
  github.installApp(app, { account: "acme" });
  await github.delivered();
  const open = opening.move();
  return {
    github,
    gate,
    claude,
    app,
    repository,
    running,
    log: () => lines.join(""),
    async open(files = { "src/formula.ts": FLAWED }) {
      const head = `feature-${randomUUID().slice(0, 8)}`;
      await github.push(repository, head, files, { from: "main", author: "dev" });
      const draft = true; // What is not automatic is tested without a review in its way.
      const { pull } = await github.openPullRequest(repository, {
        base: "main",
        head,
        title: "Change",
        author: "dev",
        draft,
      });
      return pull;
    },
    async settled(pullRequest) {
      await github.delivered();
      const signal = AbortSignal.timeout(60_000);
      for (let version = 0; ;) {
        // oxlint-disable-next-line no-await-in-loop -- asked again until all have ended
        const [changes, runs] = await Promise.all([
          running.archive.changes(version, 500, signal),
          running.archive.list({ pullRequest, limit: 50 }, signal),
        ]);
        ({ version } = changes);
        if (runs.every(({ endedMs }) => endedMs !== undefined)) return runs;
      }
    },
    async lastAnswer() {
      await github.delivered();
      const last = app.deliveries.at(-1);
      if (last === undefined) throw new Error("nothing was delivered");
      return last;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

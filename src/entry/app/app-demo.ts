import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { APP_EVENTS, appManifest } from "../../adapters/github/app/manifest.ts";
import type { RunSummary } from "../../domain/run-summary.ts";
import type { RunArchive } from "../../ports/run-archive.ts";
import { createPages } from "../../standin/page/pages.ts";
import { bundleLayout } from "../bundle-layout.ts";
import { type DemoScene, openDemoScene } from "../demo-scene.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { CommandOptions } from "../local-order.ts";
import { reviewText } from "../review-text.ts";
import { SYSTEM_CLOCK } from "../system-clock.ts";
import { readAppClaude } from "./app-claude.ts";
import { appLog } from "./app-log.ts";
import { openApp, type RunningApp } from "./open-app.ts";

const APP_NAME = "Parallel Review";
const COMMAND = "/parallel-review";
/** How often the archive is asked at the latest whether the run has ended. */
const LOOK_MS = 1_000;

/**
 * `app --demo`: the App, whole, on a local GitHub: somebody comments, the signed webhook comes in, a worker takes the job from the embedded
 * database, and the review appears on the pull request. Serves the pull request and the App's pages until it is interrupted, or ends
 * with `--once`.
 */
export async function appDemo(options: CommandOptions, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<ExitCode> {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  await using stack = new AsyncDisposableStack();
  const place = { shopSources: bundleLayout().shopSources, searchPath: env["PATH"], port: 0 };
  const scene = stack.use(await openDemoScene(place, signal));
  scene.github.servePages(createPages(scene.github).handle);
  const data = options.data === undefined ? await temporaryFolder(stack) : resolve(options.data);
  const { app, installation } = await demoApp(scene, { options, env, data }, signal);
  stack.use(app);
  const pullRequest = `${scene.github.url}/${scene.repository.fullName}/pull/${scene.pull.number}`;
  print(`A local GitHub with the example shop: ${pullRequest}`);
  print(`The App "${app.name}", installed there (${installation}): ${app.url}`);
  print(`jonas-weber comments: ${COMMAND}\n`);
  scene.comment(COMMAND);

  const run = await endOfRun(app.archive, signal);
  if (signal.aborted) return EXIT.interrupted;
  print(`${reviewText(scene.pull)}\n`);
  print(
    `The run: ${run?.status ?? "none"}${run?.reason === undefined ? "" : ` (${run.reason})`}, ${app.url}/runs/${run?.id ?? ""}`,
  );
  if (options.once) return run?.status === "done" && run.conclusion === "success" ? EXIT.done : EXIT.failed;
  print(`\nLook at it: ${pullRequest} and ${app.url}\nComment there, and the App answers. End with Ctrl-C.`);
  await new Promise<void>((done) => signal.addEventListener("abort", () => done(), { once: true }));
  return EXIT.done;
}

async function demoApp(
  { github, repository }: DemoScene,
  { options, env, data }: { readonly options: CommandOptions; readonly env: NodeJS.ProcessEnv; readonly data: string },
  signal: AbortSignal,
): Promise<{ readonly app: RunningApp; readonly installation: number }> {
  const { default_permissions: permissions } = appManifest({ name: APP_NAME, publicUrl: github.url });
  const made = github.registerApp({ name: APP_NAME, owner: repository.owner.login, permissions, events: APP_EVENTS });
  const anthropicKey = env["ANTHROPIC_API_KEY"] ?? "";
  const claude = readAppClaude(env);
  const secrets = [made.privateKey, made.hook.secret, made.clientSecret, anthropicKey];
  const app = await openApp(
    {
      settings: {
        appId: made.id,
        privateKey: made.privateKey,
        webhookSecrets: [made.hook.secret],
        apiUrl: github.url,
        serverUrl: github.url,
        databaseUrl: env["DATABASE_URL"] === "" ? undefined : env["DATABASE_URL"],
        publicUrl: undefined,
        login: undefined,
        anthropicKey,
        claude,
        metricsToken: undefined,
        budgets: {},
        leaseSeconds: 30,
      },
      role: "all",
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 0,
      data,
      engine: options.engine,
      model: options.model,
      anthropicBaseUrl: options["base-url"],
      concurrency: options.concurrency ?? 2,
      env,
      log: appLog(
        (line) => void process.stderr.write(line),
        secrets,
        () => SYSTEM_CLOCK.now(),
      ),
    },
    signal,
  );
  github.pointHook(made, app.webhookUrl);
  const { id } = github.installApp(made, { account: repository.owner.login, repositories: [repository.fullName] });
  return { app, installation: id };
}

async function temporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "parallel-review-app-"));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** The first run, once it has ended. */
async function endOfRun(archive: RunArchive, signal: AbortSignal): Promise<RunSummary | undefined> {
  for (let version = 0; !signal.aborted;) {
    // oxlint-disable-next-line no-await-in-loop -- the archive answers when something has changed
    const [changes, [run]] = await Promise.all([
      archive.changes(version, LOOK_MS, signal),
      archive.list({ limit: 1 }, signal),
    ]);
    ({ version } = changes);
    if (run?.endedMs !== undefined) return run;
  }
  return undefined;
}

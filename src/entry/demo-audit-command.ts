import { logSafe, logSafeLines } from "../render/log-safe.ts";
import { isPull } from "../standin/github/model.ts";
import { createPages } from "../standin/page/pages.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { openDemoScene } from "./demo-scene.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { CommandOptions } from "./local-order.ts";
import { DEMO_RUN_ID, runDemoAction } from "./run-demo-action.ts";

const REPORT = "docs/code-review/database-audit.md";

/**
 * `demo audit`: somebody starts the audit workflow of the example shop on a local GitHub; the Action reads its controllers and opens
 * a pull request with the report. Prints the report and serves the pull request until it is interrupted, or ends with `--once`.
 */
export async function demoAuditCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const layout = bundleLayout();
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const place = {
    shopSources: layout.shopSources,
    searchPath: env["PATH"],
    port: options.port ?? 0,
    contents: "write",
  } as const;
  await using scene = await openDemoScene(place, signal);
  const { github, repository } = scene;
  const pages = createPages(github);
  github.servePages(pages.handle);
  print(`A local GitHub with the example shop: ${github.url}/${repository.fullName}`);
  print("jonas-weber starts the workflow audit: recipe database, files src/controllers/**\n");
  const result = await runDemoAction(
    scene,
    {
      with: {
        job: "audit",
        recipe: "database",
        files: "src/controllers/**",
        engine: options.engine,
        "anthropic-api-key": env["ANTHROPIC_API_KEY"] ?? "",
      },
      event: { name: "workflow_dispatch", payload: { ref: `refs/heads/${repository.defaultBranch}`, inputs: {} } },
    },
    { layout, env, signal },
  );
  if (signal.aborted) return EXIT.interrupted;
  pages.addRun({
    repository: repository.fullName,
    id: DEMO_RUN_ID,
    title: "audit",
    summary: result.summary,
    files: [],
  });
  const pull = [...repository.issues.values()]
    .filter(isPull)
    .find(({ head }) => head.ref.startsWith("parallel-review/"));
  const report = pull === undefined ? undefined : await github.readFile(repository, pull.head.sha, REPORT);
  print(report === undefined ? "No report was proposed." : `\n${logSafeLines(report.toString("utf8"))}`);
  if (pull !== undefined) print(logSafe(`${REPORT} is in ${github.url}/${repository.fullName}/pull/${pull.number}`));
  if (result.exitCode !== 0) print(`The Action ended with exit code ${result.exitCode ?? "none"}.`);
  if (options.once) return result.exitCode === 0 && report !== undefined ? EXIT.done : EXIT.failed;
  print("End with Ctrl-C.");
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  return EXIT.done;
}

import { logSafeLines } from "../render/log-safe.ts";
import { createPages } from "../standin/page/pages.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { openDemoScene } from "./demo-scene.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { CommandOptions } from "./local-order.ts";
import { DEMO_RUN_ID, runDemoAction } from "./run-demo-action.ts";

const RECIPE = "extend-base-service";
const CHECK = ["tsc", "--noEmit", "--pretty", "false"];

/**
 * `demo refactor`: a local GitHub with the example shop; a maintainer dispatches the refactor, the Action runs as a runner would run
 * it, and a pull request opens. Prints it and serves it as a page until it is interrupted, or ends with `--once`.
 */
export async function demoRefactor(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  const layout = bundleLayout();
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const place = { shopSources: layout.shopSources, searchPath: env["PATH"], port: options.port ?? 0 };
  await using scene = await openDemoScene(place, signal);
  const { github, repository } = scene;
  const pages = createPages(github);
  github.servePages(pages.handle);
  print(`A local GitHub with the example shop: ${github.url}/${repository.fullName}`);
  print(`jonas-weber dispatches the recipe ${RECIPE}\n`);
  const event = await scene.dispatch("parallel-refactor.yml", { recipe: RECIPE });
  const token = github.addToken({
    permissions: { contents: "write", pull_requests: "write" },
    repositories: [repository.fullName],
  });
  const result = await runDemoAction(
    scene,
    {
      with: {
        "github-token": token,
        job: "refactor",
        recipe: RECIPE,
        check: JSON.stringify(CHECK),
        engine: options.engine,
      },
      event: { name: event.name, payload: event.payload },
      workflow: "parallel-refactor",
      dependencies: layout.installed,
    },
    { layout, env, signal },
  );
  if (signal.aborted) return EXIT.interrupted;
  pages.addRun({
    repository: repository.fullName,
    id: DEMO_RUN_ID,
    title: "parallel-refactor",
    summary: result.summary,
    files: [],
  });
  const address = result.outputs["pull-request-url"] ?? "";
  const number = Number(/\/pull\/(\d+)$/.exec(address)?.[1]);
  if (Number.isInteger(number)) {
    const pull = github.pullRequest(repository.fullName, number);
    const state = pull.draft ? "draft" : pull.state;
    print(
      logSafeLines(`\n${pull.author.login} opened #${pull.number} (${state}): ${pull.title}\n\n${pull.body ?? ""}`),
    );
  } else {
    print("\nNo pull request was opened.");
  }
  if (result.exitCode !== 0) print(`The Action ended with exit code ${result.exitCode ?? "none"}.`);
  if (options.once) return result.exitCode === 0 ? EXIT.done : EXIT.failed;
  print(`\nLook at it: ${address === "" ? github.url : address}\nEnd with Ctrl-C.`);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  return EXIT.done;
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { createPages } from "../standin/page/pages.ts";
import { bundleLayout } from "./bundle-layout.ts";
import { openDemoScene } from "./demo-scene.ts";
import { chooseEngine } from "./engine-choice.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { localClaude } from "./local-claude.ts";
import type { CommandOptions } from "./local-order.ts";
import { reviewText } from "./review-text.ts";
import { DEMO_RUN_ID, runDemoAction } from "./run-demo-action.ts";

/**
 * `demo`: a local GitHub with the example shop; somebody comments `/parallel-review`, the Action runs as a runner would run it, and
 * the review appears. Prints it and serves the pull request as a page until it is interrupted, or ends with `--once`.
 */
export async function demoCommand(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ExitCode> {
  chooseEngine(options.engine, localClaude(options, env));
  const layout = bundleLayout();
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const place = { shopSources: layout.shopSources, searchPath: env["PATH"], port: options.port ?? 0 };
  await using scene = await openDemoScene(place, signal);
  const { github, repository, pull } = scene;
  const pages = createPages(github);
  github.servePages(pages.handle);
  const address = `${github.url}/${repository.fullName}/pull/${pull.number}`;
  print(`A local GitHub with the example shop: ${address}`);
  print(`jonas-weber comments: /parallel-review\n`);
  const event = scene.comment("/parallel-review");

  const result = await runDemoAction(
    scene,
    {
      with: {
        "anthropic-api-key": env["ANTHROPIC_API_KEY"] ?? "",
        engine: options.engine,
        ...(options.model === undefined ? {} : { model: options.model }),
        ...(options["base-url"] === undefined ? {} : { "anthropic-base-url": options["base-url"] }),
        ...(options.concurrency === undefined ? {} : { "max-concurrency": String(options.concurrency) }),
      },
      event: { name: event.name, payload: event.payload },
    },
    { layout, env, signal },
  );
  if (signal.aborted) return EXIT.interrupted;
  pages.addRun({
    repository: repository.fullName,
    id: DEMO_RUN_ID,
    title: "parallel-review",
    summary: result.summary,
    files: await producedFiles(scene.outputDirectory),
  });
  print(`\n${reviewText(scene.pull)}`);
  if (result.exitCode !== 0) print(`The Action ended with exit code ${result.exitCode ?? "none"}.`);
  if (options.once) return result.exitCode === 0 ? EXIT.done : EXIT.failed;
  print(`\nLook at it: ${address}\nEnd with Ctrl-C.`);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  return EXIT.done;
}

async function producedFiles(folder: string): Promise<{ name: string; content: Buffer }[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(folder, name)) })));
}

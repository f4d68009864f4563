import { type ActionStep, runAction, type StepResult } from "../standin/runner/run-action.ts";
import { declaredInputs } from "./action-file.ts";
import type { BundleLayout } from "./bundle-layout.ts";
import type { DemoScene } from "./demo-scene.ts";

/** Id of a demo's one workflow run. */
export const DEMO_RUN_ID = 1;

/** Runs the Action on the demo's GitHub as a runner would; what it logs goes to stderr. */
export function runDemoAction(
  { github, repository, token, outputDirectory }: DemoScene,
  step: Pick<ActionStep, "with" | "event" | "workflow" | "dependencies">,
  {
    layout,
    env,
    signal,
  }: { readonly layout: BundleLayout; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<StepResult> {
  return runAction({
    ...step,
    main: layout.actionMain,
    declared: declaredInputs(layout.actionFile),
    with: { "github-token": token, "output-dir": outputDirectory, ...step.with },
    repository: repository.fullName,
    apiUrl: github.url,
    serverUrl: github.url,
    graphqlUrl: github.graphqlUrl,
    runId: String(DEMO_RUN_ID),
    environment: { PATH: env["PATH"] },
    onOutput: (text) => void process.stderr.write(text),
    signal,
  });
}

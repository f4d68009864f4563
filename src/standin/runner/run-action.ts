import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseCommands, type WorkflowCommand } from "./parse-commands.ts";
import { parseFileCommands } from "./parse-file-commands.ts";

/** One step `uses: ./`, as a GitHub-hosted runner would start it. */
export type ActionStep = {
  /** The file that `runs.main` of action.yml names. */
  readonly main: string;
  /** Every input that action.yml declares, with its default ("" where it has none). */
  readonly declared: Readonly<Record<string, string>>;
  /** `with:` of the step. An input that is not declared is refused, as a typo in a workflow would be flagged. */
  readonly with: Readonly<Record<string, string>>;
  readonly event: { readonly name: string; readonly payload: unknown };
  /** `owner/name` */
  readonly repository: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly graphqlUrl: string;
  readonly workflow?: string;
  readonly runId?: string;
  readonly attempt?: number;
  /** A folder of installed packages that stands in the workspace as `node_modules`, as a step before would leave it. */
  readonly dependencies?: string | undefined;
  /** More environment, e.g. PATH and what a hostile runner would have. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called with each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
};

export type StepResult = {
  readonly exitCode: number | null;
  /** Standard output and error as the log shows them. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly commands: readonly WorkflowCommand[];
  /** Values that were masked and still stand in the log. */
  readonly leaked: readonly string[];
};

/**
 * Runs an Action's main file with the environment, the event file, the file commands and the working directory of a runner, and
 * reads back what a runner reads back. Nothing of the file system outlives it but what the Action wrote elsewhere.
 */
export async function runAction(step: ActionStep): Promise<StepResult> {
  const unknown = Object.keys(step.with).filter((name) => !Object.hasOwn(step.declared, name));
  if (unknown.length > 0) throw new Error(`action.yml declares no input ${unknown.join(", ")}`);
  const home = await mkdtemp(join(tmpdir(), "runner-"));
  try {
    const file = (name: string): string => join(home, `${name}-${randomBytes(4).toString("hex")}`);
    const files = {
      output: file("output"),
      env: file("env"),
      path: file("path"),
      state: file("state"),
      summary: file("summary"),
    };
    for (const path of Object.values(files)) await writeFile(path, "");
    const eventPath = file("event.json");
    await writeFile(eventPath, JSON.stringify(step.event.payload));
    const workspace = join(home, "workspace");
    const temporary = join(home, "temp");
    await mkdir(workspace);
    if (step.dependencies !== undefined) await symlink(step.dependencies, join(workspace, "node_modules"));
    await mkdir(temporary);
    const environment = {
      ...step.environment,
      ...inputVariables(step),
      HOME: home,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_NAME: step.event.name,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_REPOSITORY: step.repository,
      GITHUB_API_URL: step.apiUrl,
      GITHUB_GRAPHQL_URL: step.graphqlUrl,
      GITHUB_SERVER_URL: step.serverUrl,
      GITHUB_WORKSPACE: workspace,
      GITHUB_WORKFLOW: step.workflow ?? "parallel-review",
      GITHUB_JOB: "review",
      GITHUB_RUN_ID: step.runId ?? "1",
      GITHUB_RUN_ATTEMPT: String(step.attempt ?? 1),
      GITHUB_OUTPUT: files.output,
      GITHUB_ENV: files.env,
      GITHUB_PATH: files.path,
      GITHUB_STATE: files.state,
      GITHUB_STEP_SUMMARY: files.summary,
      RUNNER_TEMP: temporary,
      RUNNER_OS: "Linux",
      RUNNER_ARCH: "X64",
    };
    const { exitCode, stdout, log } = await start(step, workspace, environment);
    const commands = parseCommands(stdout);
    const masks = commands.filter(({ command }) => command === "add-mask").map(({ message }) => message);
    const visible = log
      .split("\n")
      .filter((line) => !line.startsWith("::add-mask::"))
      .join("\n");
    return {
      exitCode,
      log: visible,
      outputs: parseFileCommands(await readFile(files.output, "utf8")),
      summary: await readFile(files.summary, "utf8"),
      commands,
      leaked: masks.filter((mask) => mask !== "" && visible.includes(mask)),
    };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function inputVariables(step: ActionStep): Record<string, string> {
  return Object.fromEntries(
    Object.entries(step.declared).map(([name, fallback]) => [
      `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
      step.with[name] ?? fallback,
    ]),
  );
}

async function start(
  step: ActionStep,
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ exitCode: number | null; stdout: string; log: string }> {
  const child = spawn(process.execPath, [step.main], {
    cwd,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    ...(step.signal === undefined ? {} : { signal: step.signal, killSignal: "SIGTERM" as const }),
  });
  let stdout = "";
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    log += text;
    step.onOutput?.(text);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
    step.onOutput?.(text);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  child.on("error", (error) => (error.name === "AbortError" ? undefined : reject(error)));
  return { exitCode: await promise, stdout, log };
}

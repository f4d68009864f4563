import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { Report } from "../../src/domain/report.ts";
import { declaredInputs } from "../../src/entry/action-file.ts";
import type { StandinEvent } from "../../src/standin/github/events.ts";
import type { FileContent } from "../../src/standin/github/git/git-write.ts";
import type { StandinPullRequest, StandinRepository, StandinReview } from "../../src/standin/github/model.ts";
import { startGitHub, type GitHubStandin, type NewToken } from "../../src/standin/github/start-github.ts";
import { runAction, type ActionStep, type StepResult } from "../../src/standin/runner/run-action.ts";
import { openGate, type Gate } from "./gate.ts";

const ROOT = join(import.meta.dirname, "../..");

/** What the workflow of the README grants. */
export const GRANTED = { contents: "read", pull_requests: "write", checks: "write" } as const;

/** Lines 3 and 4 of this file each have one finding. */
export const FLAWED = [
  "export async function calculate(formula: string): Promise<unknown> {",
  "  try {",
  "    return await eval(formula);",
  "  } catch (error) {}",
  '  console.warn("no result", formula);',
  "}",
  "",
].join("\n");
export const FLAWS = ["src/formula.ts:3", "src/formula.ts:4"];

type Files = Readonly<Record<string, FileContent>>;

export type ActOptions = Partial<
  Pick<
    ActionStep,
    "attempt" | "runId" | "dependencies" | "environment" | "onOutput" | "signal" | "apiUrl" | "serverUrl" | "repository"
  >
> & {
  readonly with?: Readonly<Record<string, string>>;
  /** `GRANTED` if not given; a string is used as it is. */
  readonly token?: string | NewToken["permissions"];
};

export type Acted = StepResult & {
  /** The requests of this run that were to change something, in order. */
  readonly writes: readonly string[];
  /** The files in the output directory, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Everything that the run left behind where people or programs may read it. */
  readonly traces: string;
};

/** A GitHub with one repository and a gate in front; every test opens its own pull request. */
export type ActionStage = AsyncDisposable & {
  readonly github: GitHubStandin;
  readonly gate: Gate;
  readonly repository: StandinRepository;
  /** A pull request of `dev` with these files; `FLAWED` if not given. */
  open(files?: Files, draft?: boolean): Promise<{ readonly pull: StandinPullRequest; readonly event: StandinEvent }>;
  comment(login: string, pull: { readonly number: number }, body?: string): StandinEvent;
  /** Runs the Action from its sources, as a runner would. */
  act(event: Pick<StandinEvent, "name" | "payload">, options?: ActOptions): Promise<Acted>;
};

export async function openActionStage(): Promise<ActionStage> {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "action-stage-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const github = stack.use(await startGitHub());
  const gate = stack.use(await openGate(github.url));
  const repository = await github.addRepository({
    owner: "acme",
    name: "shop",
    collaborators: { dev: "write", keeper: "maintain", triager: "triage", reader: "read", "helper[bot]": "write" },
  });
  await github.push(repository, "main", {
    "README.md": "# Shop\n",
    "src/gone.ts": "export const gone = true;\n",
    "src/old.ts": "export const old = 1;\nexport const older = 2;\nexport const oldest = 3;\n",
  });
  let opened = 0;
  let last: Promise<unknown> = Promise.resolve();
  let acted = 0;
  return {
    github,
    gate,
    repository,
    open(files = { "src/formula.ts": FLAWED }, draft = false) {
      opened += 1;
      const head = `feature-${opened}`;
      // One after the other: the stand-in gives out numbers as they are asked for.
      const opening = last.then(async () => {
        await github.push(repository, head, files, { from: "main", author: "dev" });
        return github.openPullRequest(repository, { base: "main", head, title: "Change", author: "dev", draft });
      });
      last = opening.catch(() => undefined);
      return opening;
    },
    comment: (login, pull, body = "/parallel-review") => github.commentAs(login, repository, pull.number, body).event,
    async act(event, options = {}) {
      acted += 1;
      const output = join(folder, `output-${acted}`);
      const { token = GRANTED, environment, with: inputs, ...step } = options;
      const value = typeof token === "string" ? token : github.addToken({ permissions: token });
      const result = await runAction({
        main: join(ROOT, "src/entry/action.ts"),
        declared: declaredInputs(join(ROOT, "action.yml")),
        with: {
          "github-token": value,
          "output-dir": output,
          engine: "rules",
          ...inputs,
        },
        event: { name: event.name, payload: event.payload },
        repository: repository.fullName,
        apiUrl: gate.url,
        serverUrl: gate.url,
        graphqlUrl: `${gate.url}/graphql`,
        environment: {
          PATH: process.env["PATH"],
          NODE_COMPILE_CACHE: join(tmpdir(), "parallel-review-compile-cache"),
          ...environment,
        },
        ...step,
      });
      const files = await readFolder(output);
      const traces = [result.log, result.summary, ...Object.values(result.outputs), ...Object.values(files)].join("\n");
      const writes = github.journal.entries
        .filter(
          ({ authorization, method, surface }) => isOf(value, authorization) && method !== "GET" && surface === "rest",
        )
        .map(({ method, path }) => `${method} ${path}`);
      return { ...result, files, traces, writes };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function isOf(token: string, authorization: string | undefined): boolean {
  return authorization !== undefined && authorization.endsWith(` ${token}`);
}

async function readFolder(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries.flatMap((entry) =>
    entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name))] : [],
  );
  const read = async (name: string): Promise<[string, string]> => [name, await readFile(join(folder, name), "utf8")];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

export function reviewsOf(pull: StandinPullRequest): readonly StandinReview[] {
  return pull.reviews.filter(({ state }) => state === "COMMENTED");
}

/** Where the inline comments stand, as `path:line`, sorted. */
export function anchorsOf(pull: StandinPullRequest): readonly string[] {
  return pull.reviewComments.map(({ path, line }) => `${path}:${line}`).toSorted();
}

/** The bodies of the bot's comments, in order. */
export function botComments(pull: StandinPullRequest): readonly string[] {
  return pull.comments.filter(({ author }) => author.login === "github-actions[bot]").map(({ body }) => body);
}

/** Contents of reactions on the comment that `event` tells of. */
export function reactionsOn(pull: StandinPullRequest, event: StandinEvent): readonly string[] {
  const { comment } = event.payload as { comment: { id: number } };
  const found = pull.comments.find(({ id }) => id === comment.id);
  return (found?.reactions ?? []).map(({ content }) => content);
}

export function reportIn(files: Readonly<Record<string, string>>): Report {
  return Report.parse(JSON.parse(files["findings.json"] ?? "null"));
}

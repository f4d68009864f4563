import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Fetch } from "../../../src/adapters/github/guarded-fetch.ts";
import { createGitHub } from "../../../src/adapters/github/octokit.ts";
import { createProposer } from "../../../src/adapters/github/proposer.ts";
import { RecipeFields } from "../../../src/domain/recipe.ts";
import { prepareRefactor } from "../../../src/flow/refactor/prepare-refactor.ts";
import { proposalsOf, type StackPart } from "../../../src/flow/refactor/propose-refactor.ts";
import { proposeStack } from "../../../src/flow/refactor/propose-stack.ts";
import { runRefactor } from "../../../src/flow/refactor/run-refactor.ts";
import type { Proposed } from "../../../src/ports/proposer.ts";
import { isPull, type StandinRepository } from "../../../src/standin/github/model.ts";
import { type GitHubStandin, startGitHub } from "../../../src/standin/github/start-github.ts";
import { workingCopy } from "../../../src/subagent/working-copy.ts";
import { mortal } from "../../adapters/github/mortal.ts";
import { anOutcome } from "../../support/builders.ts";
import { fakeChecker } from "../../support/fake-checker.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const never = new AbortController().signal;
const recipe = { ...RecipeFields.parse({ goal: "Say two" }), name: "two", instructions: "" };
const FILES = { "a.ts": "gives 1\n", "b.ts": 'import "./a.ts";\n', "c.ts": 'import "./b.ts";\n' };

let github: GitHubStandin;
let count = 0;
beforeAll(async () => {
  github = await startGitHub();
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

type Scene = { readonly repository: StandinRepository; readonly base: string; readonly stack: readonly StackPart[] };

/** Three files that import each other, one a pull request. */
async function setScene(files = 1): Promise<Scene> {
  count += 1;
  const repository = await github.addRepository({
    owner: "acme",
    name: `stack-${count}`,
    collaborators: { mona: "write" },
  });
  const base = await github.push(repository, "main", FILES);
  const tree = memorySnapshot(FILES);
  const prepared = await prepareRefactor(tree, { recipe, files: ["*.ts"] }, never);
  const result = await runRefactor(
    prepared,
    {
      engine: "rules",
      async write({ subtask }, signal) {
        const copy = workingCopy(tree, { scope: subtask.scope, named: new Set() });
        for (const { path } of subtask.files) await copy.write(path, `// two ${path}\n`, signal);
        return { outcome: anOutcome({ subtaskId: subtask.id }), edits: copy.log(), summaries: [], declined: [] };
      },
      asksAgain: false,
      checker: fakeChecker(),
      concurrency: 4,
      journal: { write: () => undefined },
      clock: { now: () => 0, sleep: async () => Promise.resolve() },
    },
    never,
    never,
  );
  const place = { baseBranch: "main", base, command: "check", words: undefined, draft: false, identity: [] };
  return { repository, base, stack: proposalsOf(prepared, result, { ...place, limits: { files, lines: 1_000 } }) };
}

async function propose({ repository, base, stack }: Scene, fetchWith: Fetch = fetch): Promise<readonly Proposed[]> {
  const client = createGitHub({
    repository: repository.fullName,
    token: github.addToken({ permissions: { contents: "write", pull_requests: "write" } }),
    baseUrl: github.url,
    spacing: "none",
    retryBaseMs: 0,
    proposes: true,
    fetch: fetchWith,
  });
  const sleep = async (): Promise<void> => Promise.resolve();
  const proposer = createProposer({ github: client, repositoryUrl: `${github.url}/${repository.fullName}`, sleep });
  return proposeStack(proposer, stack, { base, clean: (text) => text }, never);
}

/** What stands in the repository, in the order of the stack. */
function standing({ repository, stack }: Scene) {
  const pulls = [...repository.issues.values()].filter(isPull);
  return stack.map(({ branch }) =>
    pulls
      .filter(({ head }) => head.ref === branch)
      .map((pull) => ({
        base: pull.base.ref,
        commits: pull.commits.length,
        files: pull.files.map(({ path }) => path),
        listed: [...(pull.body ?? "").matchAll(/^\d\. (\S+)/gm)].map(([, name]) => name ?? "").slice(0, stack.length),
      })),
  );
}

function whole({ repository, stack }: Scene, parts: readonly (readonly string[])[]) {
  const pulls = [...repository.issues.values()].filter(isPull);
  const numbers = stack.map(({ branch }) => `#${pulls.find(({ head }) => head.ref === branch)?.number}`);
  return parts.map((files, index) => [
    {
      base: stack[index - 1]?.branch ?? "main",
      commits: 1,
      files,
      listed: numbers.map((number, at) => (at === index ? "this" : number)),
    },
  ]);
}

describe("a change that is too large for one pull request", () => {
  it("becomes several, in plan order, each on the branch of the one before and listed in all", async () => {
    const scene = await setScene();

    const proposed = await propose(scene);

    expect(proposed.map(({ kind }) => kind)).toEqual(["opened", "opened", "opened"]);
    expect(standing(scene)).toEqual(whole(scene, [["a.ts"], ["b.ts"], ["c.ts"]]));
    expect((await propose(scene)).map(({ kind }) => kind)).toEqual(["unchanged", "unchanged", "unchanged"]);
  });

  it("stays one where it fits, and says nothing of parts", async () => {
    const scene = await setScene(3);

    await propose(scene);

    const pulls = [...scene.repository.issues.values()].filter(isPull);
    expect(pulls.map(({ title, files }) => [title, files.length])).toEqual([["Say two", 3]]);
    expect(pulls[0]?.body).not.toContain("Part 1");
  });

  it("stops at a part that a person has pushed to, and leaves what stands on it", async () => {
    const scene = await setScene();
    await propose(scene);
    const [, second] = scene.stack;
    await github.push(scene.repository, second?.branch ?? "", { "b.ts": "mine\n" }, { author: "mona" });

    const again = await propose(scene);

    expect(again.map(({ kind }) => kind)).toEqual(["unchanged", "left-alone"]);
    expect(await github.readFile(scene.repository, second?.branch ?? "", "b.ts")).toEqual(Buffer.from("mine\n"));
  });

  it("is there once, whichever request was the last of a run that was killed", async () => {
    let requests = 0;
    for (let at = 0; ; at += 1) {
      const scene = await setScene(2);
      const process = mortal(at);
      const ended = propose(scene, process.fetch).then(() => "ended" as const);
      const end = await Promise.race([process.killed, ended]);

      await propose(scene);

      expect(standing(scene)).toEqual(whole(scene, [["a.ts", "b.ts"], ["c.ts"]]));
      if (end === "ended") break;
      requests = at;
    }
    expect(requests).toBeGreaterThan(15);
  }, 300_000);
});

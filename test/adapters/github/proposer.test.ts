import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Fetch } from "../../../src/adapters/github/guarded-fetch.ts";
import { createGitHub } from "../../../src/adapters/github/octokit.ts";
import { createProposer } from "../../../src/adapters/github/proposer.ts";
import { ConfigurationError, ExternalError } from "../../../src/domain/errors.ts";
import { type Proposal, proposalBranch } from "../../../src/domain/proposal.ts";
import type { Proposed } from "../../../src/ports/proposer.ts";
import type { FaultEffect } from "../../../src/standin/github/faults.ts";
import type { StandinRepository } from "../../../src/standin/github/model.ts";
import { type GitHubStandin, startGitHub } from "../../../src/standin/github/start-github.ts";
import { createGitHubContract, type GitHubContract } from "../../contract/github/github-contract.ts";
import { mortal } from "./mortal.ts";
import { never } from "./support.ts";

const MAY_PROPOSE = { contents: "write", pull_requests: "write" } as const;
const FILES = { "src/a.ts": "export const a = 1;\n", "src/b.ts": "export const b = 1;\n", "old.ts": "gone\n" };

let github: GitHubStandin;
let contract: GitHubContract;
let count = 0;
beforeAll(async () => {
  github = await startGitHub();
  contract = createGitHubContract({ baseUrl: github.url });
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

type Scene = { readonly repository: StandinRepository; readonly proposal: Proposal };

/** A repository of its own for each test, and a proposal that changes, creates and removes a file. */
async function setScene(over: Partial<Proposal> = {}): Promise<Scene> {
  count += 1;
  const repository = await github.addRepository({
    owner: "acme",
    name: `shop-${count}`,
    collaborators: { mona: "write" },
  });
  const base = await github.push(repository, "main", FILES);
  const proposal: Proposal = {
    branch: proposalBranch("Extend BaseService", ["main"]),
    baseBranch: "main",
    base,
    edits: [
      { kind: "delete", path: "old.ts", baseBlob: "0".repeat(40) },
      { kind: "modify", path: "src/a.ts", baseBlob: "0".repeat(40), executable: false, text: "export const a = 2;\n" },
      { kind: "create", path: "src/c.ts", text: 'export const c = "é";\r\n' },
    ],
    named: new Set(),
    title: "Extend BaseService",
    body: "Three files.",
    commitMessage: "Extend BaseService",
    draft: false,
    ...over,
  };
  return { repository, proposal };
}

type Options = {
  readonly fetch?: Fetch;
  readonly permissions?: Parameters<GitHubStandin["addToken"]>[0]["permissions"];
};

async function propose({ repository, proposal }: Scene, options: Options = {}): Promise<Proposed> {
  const client = createGitHub({
    repository: repository.fullName,
    token: github.addToken({ permissions: options.permissions ?? MAY_PROPOSE }),
    baseUrl: github.url,
    spacing: "none",
    retryBaseMs: 0,
    proposes: true,
    fetch: options.fetch ?? contract.fetch,
  });
  const sleep = async (): Promise<void> => Promise.resolve();
  const repositoryUrl = `${github.url}/${repository.fullName}`;
  return createProposer({ github: client, repositoryUrl, sleep }).propose(proposal, never());
}

/** What stands in the repository beside its default branch. */
function standing({ repository, proposal }: Scene) {
  const pulls = [...repository.issues.values()].flatMap((issue) => ("head" in issue ? [issue] : []));
  return pulls.map((pull) => ({
    state: pull.state,
    head: pull.head.ref,
    draft: pull.draft,
    title: pull.title,
    body: pull.body,
    commits: pull.commits.length,
    onBase: pull.mergeBase === proposal.base,
    files: pull.files.map(({ path, status }) => `${status} ${path}`),
  }));
}

function whole({ proposal }: Scene, over: object = {}) {
  return {
    state: "open",
    head: proposal.branch,
    draft: false,
    title: proposal.title,
    body: proposal.body,
    commits: 1,
    onBase: true,
    files: ["removed old.ts", "modified src/a.ts", "added src/c.ts"],
    ...over,
  };
}

describe("a proposal", () => {
  it("is one branch with one commit on the pinned base, and one pull request", async () => {
    const scene = await setScene();

    const proposed = await propose(scene);

    expect(proposed).toMatchObject({ kind: "opened", branch: scene.proposal.branch, number: 1 });
    expect(standing(scene)).toEqual([whole(scene)]);
    const tip = proposed.kind === "opened" ? proposed.commit : "";
    const read = async (path: string): Promise<string | undefined> =>
      (await github.readFile(scene.repository, tip, path))?.toString();
    expect(await Promise.all(["src/a.ts", "src/b.ts", "src/c.ts", "old.ts"].map(read))).toEqual([
      "export const a = 2;\n",
      FILES["src/b.ts"],
      'export const c = "é";\r\n',
      undefined,
    ]);
  });

  it("is on the base it was made on, wherever the branch has gone by now", async () => {
    const scene = await setScene();
    await github.push(scene.repository, "main", { "src/b.ts": "export const b = 3;\n" });

    await propose(scene);

    expect(standing(scene)).toEqual([whole(scene)]);
  });

  it("is left as it is when it is made again", async () => {
    const scene = await setScene();
    const first = await propose(scene);

    const again = await propose(scene);

    expect(again).toMatchObject({ kind: "unchanged", commit: first.kind === "opened" ? first.commit : "" });
    expect(standing(scene)).toEqual([whole(scene)]);
  });

  it("is updated by a run that came to something else, on a newer base", async () => {
    const scene = await setScene();
    await propose(scene);
    const base = await github.push(scene.repository, "main", { "new.ts": "x\n" });
    const later = {
      ...scene,
      proposal: { ...scene.proposal, base, body: "Two files.", edits: scene.proposal.edits.slice(1) },
    };

    const proposed = await propose(later);

    expect(proposed).toMatchObject({ kind: "updated", number: 1 });
    expect(standing(later)).toEqual([whole(later, { files: ["modified src/a.ts", "added src/c.ts"] })]);
  });

  it("is a draft when something was left out", async () => {
    const scene = await setScene({ draft: true });

    await propose(scene);

    expect(standing(scene)).toEqual([whole(scene, { draft: true })]);
  });

  it("is not made again when a person closed it", async () => {
    const scene = await setScene();
    await propose(scene);
    await github.changePullRequest(scene.repository, 1, "mona", "close");

    const proposed = await propose({ ...scene, proposal: { ...scene.proposal, edits: scene.proposal.edits.slice(1) } });

    expect(proposed).toMatchObject({ kind: "left-alone", reason: expect.stringContaining("#1") as string });
    expect(standing(scene)).toEqual([whole(scene, { state: "closed" })]);
  });

  it("leaves a branch alone that a person has pushed to", async () => {
    const scene = await setScene();
    await propose(scene);
    await github.push(scene.repository, scene.proposal.branch, { "src/a.ts": "mine\n" }, { author: "mona" });

    const proposed = await propose({ ...scene, proposal: { ...scene.proposal, edits: scene.proposal.edits.slice(1) } });

    expect(proposed).toMatchObject({ kind: "left-alone", reason: expect.stringContaining("pushed") as string });
    expect(standing(scene)).toMatchObject([{ commits: 2 }]);
  });

  it("is a branch and a link where pull requests may not be opened, and the setting is named", async () => {
    const scene = await setScene();
    const refused = { message: "GitHub Actions is not permitted to create or approve pull requests." };
    const remove = github.faults.add({
      method: "POST",
      path: /\/pulls$/,
      when: "before",
      do: { status: 403, body: refused },
    });

    const proposed = await propose(scene, { fetch });
    remove();

    expect(proposed).toMatchObject({
      kind: "branch-only",
      compareUrl: `${github.url}/${scene.repository.fullName}/compare/main...${scene.proposal.branch}?expand=1`,
      reason: expect.stringContaining("Allow GitHub Actions to create and approve pull requests") as string,
    });
  });

  it("names the permission when the token may write no contents, and leaves nothing behind", async () => {
    const scene = await setScene();

    const proposed = propose(scene, { permissions: { contents: "read", pull_requests: "write" } });

    await expect(proposed).rejects.toThrow(ConfigurationError);
    await expect(proposed).rejects.toThrow("contents: write");
    expect(standing(scene)).toEqual([]);
  });
});

describe("a proposal that was tampered with", () => {
  const edit = { kind: "create", text: "x\n" } as const;
  it.each([
    ["a workflow", { edits: [{ ...edit, path: ".github/workflows/x.yml" }] }],
    ["a workflow in other letters", { edits: [{ ...edit, path: ".GitHub/workflows/x.yml" }] }],
    ["a workflow with an invisible character", { edits: [{ ...edit, path: ".g\u200Bithub/workflows/x.yml" }] }],
    ["a folder that ends in a dot", { edits: [{ ...edit, path: ".github./workflows/x.yml" }] }],
    ["a manifest below", { edits: [{ ...edit, path: "sub/package.json" }] }],
    ["a short name of .git", { edits: [{ ...edit, path: "git~1/hooks/pre-commit" }] }],
    ["a way out", { edits: [{ ...edit, path: "src/../../x" }] }],
    [
      "one path twice",
      {
        edits: [
          { ...edit, path: "src/n.ts" },
          { ...edit, path: "src/N.ts" },
        ],
      },
    ],
    ["an executable", { edits: [{ kind: "modify", path: "run", baseBlob: "", executable: true, text: "x" }] }],
    ["a hidden character", { edits: [{ ...edit, path: "src/n.ts", text: "a\u202Eb" }] }],
    ["half a character", { edits: [{ ...edit, path: "src/n.ts", text: "\uD800" }] }],
    ["nothing", { edits: [] }],
    ["another branch", { branch: "main" }],
    ["a branch that speaks", { branch: "parallel-review/a$(touch${IFS}x)-00000000" }],
  ] as const)("with %s is refused before anything is sent", async (_what, over) => {
    const scene = await setScene(over);
    const before = github.journal.entries.length;

    await expect(propose(scene)).rejects.toThrow(ConfigurationError);

    expect(github.journal.entries.length).toBe(before);
  });

  it("keeps the protected file that a person named", async () => {
    const path = "package.json";
    const scene = await setScene({ named: new Set([path]), edits: [{ ...edit, path }] });

    await propose(scene);

    expect(standing(scene)).toEqual([whole(scene, { files: ["added package.json"] })]);
  });
});

describe("a run that is killed and run again", () => {
  it("leaves one branch, one commit and one pull request, whichever request was its last", async () => {
    let requests = 0;
    for (let at = 0; ; at += 1) {
      const scene = await setScene();
      const process = mortal(at);
      const ended = propose(scene, { fetch: process.fetch }).then(() => "ended" as const);
      const end = await Promise.race([process.killed, ended]);

      await propose(scene, { fetch });

      expect(standing(scene)).toEqual([whole(scene)]);
      if (end === "ended") break;
      requests = at;
    }
    expect(requests).toBe(7);
  });

  const effects: readonly { readonly name: string; readonly effect: FaultEffect; readonly when: "before" | "after" }[] =
    [
      { name: "502", effect: { status: 502, body: "<html>Bad Gateway</html>" }, when: "before" },
      { name: "502", effect: { status: 502, body: "<html>Bad Gateway</html>" }, when: "after" },
      { name: "a broken connection", effect: "reset", when: "after" },
    ];
  const writes = [
    { write: "the tree", path: /\/git\/trees$/ },
    { write: "the commit", path: /\/git\/commits$/ },
    { write: "the branch", path: /\/git\/refs$/ },
    { write: "the pull request", path: /\/pulls$/ },
  ];
  it.each(effects.flatMap((effect) => writes.map((write) => ({ ...effect, ...write }))))(
    "$name $when $write doubles nothing",
    async ({ effect, when, path }) => {
      const scene = await setScene();
      const remove = github.faults.add({ method: "POST", path, when, do: effect });

      await propose(scene, { fetch });
      remove();

      expect(standing(scene)).toEqual([whole(scene)]);
    },
  );

  it("ends with an outside failure when GitHub stays away, and the next run finishes it", async () => {
    const scene = await setScene();
    const remove = github.faults.add({
      method: "POST",
      path: /\/git\/refs$/,
      when: "before",
      do: { status: 502 },
      times: 9,
    });

    await expect(propose(scene, { fetch })).rejects.toThrow(ExternalError);
    remove();
    await propose(scene, { fetch });

    expect(standing(scene)).toEqual([whole(scene)]);
  });
});

describe("all of the above", () => {
  it("sent and took only what GitHub's own description allows", () => {
    expect(contract.operations).toContain("pulls/create");
    expect(contract.violations).toEqual([]);
  });
});

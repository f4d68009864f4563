import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { fetchPullRequest, type PullRequestFetch } from "../../../src/adapters/git/bare-fetch.ts";
import { diffRange } from "../../../src/adapters/git/diff-range.ts";
import { gitSnapshot } from "../../../src/adapters/git/git-snapshot.ts";
import { ConfigurationError, ExternalError } from "../../../src/domain/errors.ts";
import { CONTRACT_MAX_BYTES, CONTRACT_TREE } from "../../contract/snapshot.ts";
import { GIT_PROGRAM, gitFixture, type GitFixture } from "../../support/git-fixture.ts";
import { gitServer, type GitServer, type GitServerOptions } from "../../support/git-server.ts";

const TOKEN = "ghs_canary0123456789abcdefghijklmnop";
const signal = new AbortController().signal;

type Served = AsyncDisposable & {
  readonly fixture: GitFixture;
  readonly server: GitServer;
  readonly request: PullRequestFetch;
  readonly parted: string;
};

/** main and a pull request that left it `distance` commits ago. */
async function served(options: GitServerOptions & { distance?: number; filter?: boolean } = {}): Promise<Served> {
  const fixture = gitFixture();
  const files = { ...CONTRACT_TREE, "changed.bin": `old ${"o".repeat(CONTRACT_MAX_BYTES)}` };
  const parted = fixture.commit({ ...files, "old-secret.ts": "only in history" });
  for (let index = 0; index < (options.distance ?? 2); index += 1) fixture.commit({ ...files, index: `${index}` });
  const headSha = fixture.commit(
    { ...files, "changed.bin": `new ${"n".repeat(CONTRACT_MAX_BYTES)}`, "added.ts": "export {};\n" },
    { branch: "topic", parents: [parted] },
  );
  fixture.git("update-ref", "refs/pull/7/head", headSha);
  fixture.git("branch", "-D", "-q", "topic");
  fixture.git("config", "uploadpack.allowFilter", String(options.filter ?? true));
  const server = await gitServer(fixture.directory, { token: TOKEN, ...options });
  const cloneUrl = server.urlOf(".git");
  return {
    fixture,
    server,
    parted,
    request: { cloneUrl, token: TOKEN, pullRequest: 7, headSha, baseRef: "main", maxFileBytes: CONTRACT_MAX_BYTES },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      fixture[Symbol.dispose]();
    },
  };
}

function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

async function thrownBy(promise: Promise<unknown>): Promise<Error> {
  const thrown: unknown = await promise.catch((error: unknown) => error);
  if (thrown instanceof Error) return thrown;
  throw new Error("nothing was thrown");
}

describe("fetchPullRequest", () => {
  it.each([
    ["with filters", true],
    ["without filters", false],
  ])("gives the range, its diff and both trees, from a server %s", async (_name, filter) => {
    await using from = await served({ filter });
    await using fetched = await fetchPullRequest(GIT_PROGRAM, from.request, signal);

    const files = await diffRange(fetched.repository, fetched.base, fetched.head, signal);
    const head = gitSnapshot(fetched.repository, fetched.head);

    expect([fetched.base, fetched.head]).toEqual([from.parted, from.request.headSha]);
    expect(fetched.guidance).toBe(from.fixture.git("rev-parse", "main"));
    expect(files.map(({ path, status, additions }) => [path, status, additions])).toEqual([
      ["added.ts", "added", 1],
      ["changed.bin", "modified", 1],
      ["old-secret.ts", "removed", 0],
    ]);
    expect(await head.read("src/a.ts", signal)).toMatchObject({ kind: "text" });
    expect(await head.read("large.txt", signal)).toMatchObject({ kind: "too-large" });
    expect(await head.filesContaining("const needle", signal)).toEqual(["src/a.ts"]);
    expect(await gitSnapshot(fetched.repository, fetched.guidance).read("index", signal)).toEqual({
      kind: "text",
      text: "1",
    });
  });

  it("asks for no file above the limit that is not changed, and for no old version", async () => {
    await using from = await served();
    await using fetched = await fetchPullRequest(GIT_PROGRAM, from.request, signal);

    const present = from.fixture.git("rev-list", "--objects", "--all", "--filter=object:type=blob").split("\n");
    const ids = await Promise.all(
      present.map(async (line) => {
        const [id = "", name = ""] = line.split(" ");
        return (await fetched.repository.objects.read(id, signal)) === undefined ? [name] : [];
      }),
    );

    expect(ids.flat().filter((name) => name !== "")).toEqual(expect.arrayContaining(["index", "large.txt"]));
    expect(ids.flat()).not.toContain("changed.bin");
  });

  it("makes no request after the fetch, whatever is read", async () => {
    await using from = await served();
    await using fetched = await fetchPullRequest(GIT_PROGRAM, from.request, signal);
    const before = from.server.requests.length;
    const head = gitSnapshot(fetched.repository, fetched.head);

    await Promise.all((await head.list(signal)).map(async ({ path }) => head.read(path, signal)));
    await head.filesContaining("needle", signal);
    await diffRange(fetched.repository, fetched.base, fetched.head, signal);

    expect(before).toBeGreaterThan(0);
    expect(from.server.requests).toHaveLength(before);
  });

  it("goes back in history until it finds the merge base", async () => {
    await using from = await served({ distance: 70 });
    await using fetched = await fetchPullRequest(GIT_PROGRAM, from.request, signal);

    expect(fetched.base).toBe(from.parted);
  });

  it("reviews the commit that was pinned, when the pull request has moved on", async () => {
    await using from = await served();
    const newer = from.fixture.commit(
      { evil: "" },
      { branch: "newer", parents: [from.parted], message: "Force-pushed" },
    );
    from.fixture.git("update-ref", "refs/pull/7/head", newer);

    await using fetched = await fetchPullRequest(GIT_PROGRAM, from.request, signal);

    expect(fetched.head).toBe(from.request.headSha);
    expect(await gitSnapshot(fetched.repository, fetched.head).read("added.ts", signal)).toMatchObject({
      kind: "text",
    });
  });

  it("says when the pinned commit is gone", async () => {
    await using from = await served();

    const error = await thrownBy(fetchPullRequest(GIT_PROGRAM, { ...from.request, headSha: "a".repeat(40) }, signal));

    expect(error).toBeInstanceOf(ExternalError);
    expect(error.message).toContain("is not on the server any more; start the review again");
  });

  it("sends the token in a header, and leaves it in no file, address or argument", async () => {
    await using from = await served();
    await using fetched = await fetchPullRequest(GIT_PROGRAM, from.request, signal);

    const { gitDir } = fetched.repository;
    const secrets = [TOKEN, Buffer.from(`x-access-token:${TOKEN}`).toString("base64")];
    const holders = everyFile(gitDir).filter((file) => {
      const content = readFileSync(file, "latin1");
      return secrets.some((secret) => content.includes(secret)) || content.includes("127.0.0.1");
    });

    expect(from.server.requests.every(({ authorization }) => authorization?.startsWith("Basic ") === true)).toBe(true);
    expect(from.server.requests.filter(({ line }) => line.includes(TOKEN))).toEqual([]);
    expect(holders).toEqual([]);
    expect(statSync(gitDir).mode & 0o777).toBe(0o700);
  });

  it("removes its folder on dispose, on failure and on abort", async () => {
    const controller = new AbortController();
    let requestsUntilAbort = Number.POSITIVE_INFINITY;
    const fault: GitServerOptions["fault"] = ({ url }) => {
      if (--requestsUntilAbort === 0) controller.abort(new Error("stopped"));
      return url?.includes("broken") === true ? 503 : undefined;
    };
    await using from = await served({ fault });
    const temporaryFolder = mkdtempSync(join(tmpdir(), "pr-temporary-"));
    const request = { ...from.request, temporaryFolder };
    const fetched = await fetchPullRequest(GIT_PROGRAM, request, signal);
    const { gitDir } = fetched.repository;
    await gitSnapshot(fetched.repository, fetched.head).read("empty", signal);

    await fetched[Symbol.asyncDispose]();
    await thrownBy(fetchPullRequest(GIT_PROGRAM, { ...request, cloneUrl: from.server.urlOf("broken") }, signal));
    requestsUntilAbort = 4;
    const error = await thrownBy(fetchPullRequest(GIT_PROGRAM, request, controller.signal));

    expect(error.message).toBe("stopped");
    expect(gitDir.startsWith(temporaryFolder)).toBe(true);
    expect(readdirSync(temporaryFolder)).toEqual([]);
    rmdirSync(temporaryFolder);
  });

  it.each<[string, Partial<PullRequestFetch>, string]>([
    ["a wrong token", { token: "ghs_wrong" }, "contents: read"],
    ["no token", { token: undefined }, "contents: read"],
    ["no such pull request", { pullRequest: 99 }, "couldn't find remote ref refs/pull/99/head"],
    ["no such branch", { baseRef: "nowhere" }, "couldn't find remote ref refs/heads/nowhere"],
    ["a branch that is a refspec", { baseRef: "main:refs/heads/x" }, "is not the name of a branch"],
    ["a branch that is an option", { baseRef: "--upload-pack=x y" }, "is not the name of a branch"],
    ["another protocol", { cloneUrl: "ext::sh -c touch% x" }, "over https only"],
    ["a file", { cloneUrl: "file:///etc" }, "over https only"],
    ["clear text", { cloneUrl: "http://example.com/x.git" }, "over https only"],
    ["a password in the address", { cloneUrl: "https://a:b@example.com/x.git" }, "must not hold a user name"],
  ])("says what is wrong: %s", async (_name, part, message) => {
    await using from = await served();

    const error = await thrownBy(fetchPullRequest(GIT_PROGRAM, { ...from.request, ...part }, signal));

    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("ghs_");
  });

  it("says that a server that is down may come back", async () => {
    await using from = await served({ fault: () => 503 });

    const error = await thrownBy(fetchPullRequest(GIT_PROGRAM, from.request, signal));

    expect(error).toMatchObject({ system: "GitHub", retryable: true });
  });

  it("takes the token out of what git says, even if git prints its environment", async () => {
    await using from = await served();
    const folder = mkdtempSync(join(tmpdir(), "pr-fake-git-"));
    const executable = join(folder, "git");
    writeFileSync(
      executable,
      `#!/bin/sh\ncase " $* " in *" fetch "*) env | grep VALUE >&2; echo ${TOKEN} >&2; exit 1;; esac\nexec git "$@"\n`,
    );
    chmodSync(executable, 0o755);

    const error = await thrownBy(fetchPullRequest({ ...GIT_PROGRAM, executable }, from.request, signal));

    expect(error.message).toContain("Authorization: Basic ***");
    expect(error.message).not.toContain(TOKEN);
    expect(error.message).not.toContain(Buffer.from(`x-access-token:${TOKEN}`).toString("base64"));
    rmSync(folder, { recursive: true });
  });

  it("follows no redirect with the token", async () => {
    await using from = await served({ fault: () => 302 });

    await thrownBy(fetchPullRequest(GIT_PROGRAM, from.request, signal));

    expect(from.server.requests).toHaveLength(1);
  });
});

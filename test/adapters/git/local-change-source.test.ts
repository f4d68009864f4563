import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { describe, expect, it } from "vitest";

import { type LocalRange, localChangeSource } from "../../../src/adapters/git/local-change-source.ts";
import type { ChangeSet } from "../../../src/domain/change-set.ts";
import { ConfigurationError } from "../../../src/domain/errors.ts";
import type { LoadedChange } from "../../../src/ports/change-source.ts";
import { GIT_PROGRAM, gitFixture } from "../../support/git-fixture.ts";

const signal = new AbortController().signal;

async function load<Result>(
  range: LocalRange,
  look: (change: LoadedChange) => Promise<Result> | Result,
): Promise<Result> {
  await using source = localChangeSource(GIT_PROGRAM, range);
  return await look(await source.load(signal));
}

async function changeSetOf(range: LocalRange): Promise<ChangeSet> {
  return load(range, ({ changeSet }) => changeSet);
}

async function refusal(range: LocalRange): Promise<string> {
  const error: unknown = await changeSetOf(range).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigurationError);
  return error instanceof Error ? error.message : "";
}

describe("localChangeSource", () => {
  it("compares HEAD with main from where they parted", async () => {
    using fixture = gitFixture();
    const parted = fixture.commit({ "a.ts": "1\n" });
    const main = fixture.commit({ "a.ts": "1\n", "main-only.ts": "x\n" });
    fixture.commit({ "a.ts": "1\n2\n" }, { branch: "feature", parents: [parted], message: "Add two" });
    const head = fixture.commit(
      { "a.ts": "1\n2\n", "b.ts": "" },
      { branch: "feature", message: "Add b\n\nWith a body." },
    );
    fixture.git("symbolic-ref", "HEAD", "refs/heads/feature");

    const { changeSet, guidance, notes, a } = await load({ directory: fixture.directory }, async (change) => ({
      ...change,
      a: await change.head.read("a.ts", signal),
    }));

    expect(changeSet).toMatchObject({
      repository: basename(fixture.directory),
      base: parted,
      head,
      title: "feature",
      body: "",
      commitMessages: ["Add two", "Add b"],
      unlistedFiles: 0,
    });
    expect(changeSet.files.map(({ path, status }) => [path, status])).toEqual([
      ["a.ts", "modified"],
      ["b.ts", "added"],
    ]);
    expect(guidance.sha).toBe(main);
    expect(a).toEqual({ kind: "text", text: "1\n2\n" });
    expect(notes).toEqual(["Commits are reviewed; uncommitted work is not part of the review."]);
  });

  it("takes title and body from the only commit", async () => {
    using fixture = gitFixture();
    fixture.commit({ "a.ts": "1\n" });
    fixture.commit({ "a.ts": "2\n" }, { message: "Fix it\n\nBecause it was broken.\n" });

    expect(await changeSetOf({ directory: fixture.directory, base: "main~1" })).toMatchObject({
      title: "Fix it",
      body: "Because it was broken.",
    });
  });

  it("prefers the remote's default branch, and names the repository after its remote", async () => {
    using fixture = gitFixture();
    const first = fixture.commit({ a: "1" });
    fixture.commit({ a: "2" });
    fixture.git("update-ref", "refs/remotes/origin/trunk", first);
    fixture.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
    fixture.git("config", "remote.origin.url", "git@github.com:octo/shop.git");

    const changeSet = await changeSetOf({ directory: fixture.directory });

    expect(changeSet).toMatchObject({ base: first, repository: "octo/shop", files: [{ path: "a" }] });
  });

  it("gives an empty change set for an empty range", async () => {
    using fixture = gitFixture();
    const sha = fixture.commit({ a: "1" });

    expect(await changeSetOf({ directory: fixture.directory, base: "main", head: "main" })).toMatchObject({
      base: sha,
      head: sha,
      files: [],
      commitMessages: [],
    });
  });

  it("obeys the attributes of the base, not those that the change brings", async () => {
    using fixture = gitFixture();
    fixture.commit({ ".gitattributes": "gen/** linguist-generated\n", "gen/a.ts": "1", "src/b.ts": "1" });
    fixture.commit({ ".gitattributes": "* linguist-generated\n* -diff\n", "gen/a.ts": "2", "src/b.ts": "2" });

    const { attributes, files } = await changeSetOf({ directory: fixture.directory, base: "main~1" });

    expect([...attributes]).toEqual([["gen/a.ts", { generated: true }]]);
    expect(files.map(({ path, binary }) => [path, binary])).toEqual([
      [".gitattributes", false],
      ["gen/a.ts", false],
      ["src/b.ts", false],
    ]);
  });

  it("works from a folder inside, from a bare repository, and where nothing is checked out", async () => {
    using fixture = gitFixture();
    fixture.commit({ "src/a.ts": "1" });
    const head = fixture.commit({ "src/a.ts": "2" });
    fixture.git("checkout", "-q", "-f", "main");
    fixture.git("clone", "-q", "--bare", ".", "bare.git");

    const heads = await Promise.all(
      ["src", "bare.git", ".git"].map(
        async (folder) => (await changeSetOf({ directory: join(fixture.directory, folder), base: "main~1" })).head,
      ),
    );

    expect(heads).toEqual([head, head, head]);
  });

  it("says what is wrong with the folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pr-no-git-"));

    expect(await refusal({ directory: folder })).toContain("is not in a git repository");
    expect(await refusal({ directory: join(folder, "nowhere") })).toContain("is not a folder");
    rmSync(folder, { recursive: true });
  });

  it("says what is wrong with a ref, and what it may have meant", async () => {
    using fixture = gitFixture();
    fixture.commit({ a: "1" });
    fixture.commit({ a: "2" }, { branch: "feature/orders" });
    fixture.commit({ a: "3" }, { branch: "release-1" });
    const { directory } = fixture;

    expect(await refusal({ directory, head: "feature/ordres" })).toMatch(
      /There is no commit "feature\/ordres" in the repository: did you mean feature\/orders/,
    );
    expect(await refusal({ directory, head: "orders" })).toContain("did you mean feature/orders,");
    expect(await refusal({ directory, base: "f".repeat(40) })).toContain("fetch it first");
    for (const ref of ["--output=/tmp/x", "-x", "main..feature", "main\nmain", "", "main:a", "^main", "@{u}"]) {
      expect(await refusal({ directory, head: ref })).toContain("There is no commit");
    }
  });

  it("says that there is nothing to compare with", async () => {
    using empty = gitFixture();
    using other = gitFixture();
    other.commit({ a: "1" }, { branch: "topic" });
    other.git("symbolic-ref", "HEAD", "refs/heads/topic");
    using unrelated = gitFixture();
    unrelated.commit({ a: "1" });
    unrelated.commit({ a: "1" }, { branch: "island", parents: [], message: "Alone" });

    expect(await refusal({ directory: empty.directory })).toContain("no commits yet");
    expect(await refusal({ directory: other.directory })).toContain("name the branch to compare with by --base");
    expect(await refusal({ directory: unrelated.directory, head: "island" })).toContain("have no commit in common");
  });

  it("says how to mend a shallow clone", async () => {
    using fixture = gitFixture();
    const parted = fixture.commit({ a: "1" });
    fixture.commit({ a: "2" });
    fixture.commit({ a: "3" }, { branch: "feature", parents: [parted] });
    fixture.git("clone", "-q", "--depth=1", "--no-single-branch", `file://${fixture.directory}`, "shallow");

    const message = await refusal({
      directory: join(fixture.directory, "shallow"),
      base: "origin/main",
      head: "origin/feature",
    });

    expect(message).toContain("git fetch --unshallow");
  });

  it("runs nothing that the repository asks for", async () => {
    using fixture = gitFixture();
    fixture.commit({ "a.ts": "1", ".gitattributes": "* diff=evil filter=evil\n" });
    fixture.commit({ "a.ts": "2", ".gitattributes": "* diff=evil filter=evil\n" });
    const marker = join(fixture.directory, "marker");
    const script = join(fixture.directory, "evil.sh");
    writeFileSync(script, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    for (const key of [
      "core.fsmonitor",
      "core.pager",
      "core.editor",
      "core.sshCommand",
      "core.askPass",
      "credential.helper",
      "diff.external",
      "diff.evil.command",
      "diff.evil.textconv",
      "filter.evil.smudge",
      "filter.evil.clean",
      "gpg.program",
      "uploadpack.packObjectsHook",
      "alias.log",
      "alias.diff-tree",
    ]) {
      fixture.git("config", key, key.startsWith("alias.") ? `!${script}` : script);
    }
    fixture.git("config", "log.showSignature", "true");
    fixture.git("config", "core.hooksPath", fixture.directory);

    const found = await load({ directory: fixture.directory, base: "main~1" }, async ({ changeSet, head }) => [
      changeSet.files.length,
      await head.read("a.ts", signal),
      await head.filesContaining("2", signal),
    ]);

    expect(found).toEqual([1, { kind: "text", text: "2" }, ["a.ts"]]);
    expect(existsSync(marker)).toBe(false);
    fixture.git("status");
    expect(existsSync(marker), "the trap is armed: an ordinary git walks into it").toBe(true);
  });

  it("stops when aborted", async () => {
    using fixture = gitFixture();
    fixture.commit({ a: "1" });
    await using source = localChangeSource(GIT_PROGRAM, { directory: fixture.directory });

    await expect(source.load(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
  });
});

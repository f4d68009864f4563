import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openRepository, type GitRepository } from "../../../src/adapters/git/git-repository.ts";
import { gitSnapshot } from "../../../src/adapters/git/git-snapshot.ts";
import { CONTRACT_MAX_BYTES, CONTRACT_TREE, describeSnapshot } from "../../contract/snapshot.ts";
import { GIT_PROGRAM, gitFixture, type GitFixture } from "../../support/git-fixture.ts";

const signal = new AbortController().signal;
let fixture: GitFixture;
let repository: GitRepository;
let sha: string;

beforeAll(() => {
  fixture = gitFixture();
  sha = fixture.commit(CONTRACT_TREE);
  repository = openRepository({ program: GIT_PROGRAM, gitDir: fixture.gitDir }, CONTRACT_MAX_BYTES);
});

afterAll(async () => {
  await repository[Symbol.asyncDispose]();
  fixture[Symbol.dispose]();
});

describeSnapshot("git", () => gitSnapshot(repository, sha));

describe("gitSnapshot", () => {
  it("lists names that are no plain paths in git's quoted form, and reads them by it", async () => {
    const odd = fixture.commit(
      [
        ["a\nb.txt", "newline\n"],
        [Buffer.from([0x63, 0x61, 0x66, 0xe9]), "latin1 name\n"],
        ['"quoted"', "quotes\n"],
        ["back\\slash", "backslash\n"],
        ["~home", "tilde\n"],
        ["::add-mask::x", "command\n"],
      ],
      { branch: "odd" },
    );
    const snapshot = gitSnapshot(repository, odd);

    const paths = (await snapshot.list(signal)).map(({ path }) => path);

    expect(paths).toEqual([
      '"\\"quoted\\""',
      '"a\\nb.txt"',
      '"back\\\\slash"',
      '"caf\\351"',
      '"~home"',
      "::add-mask::x",
    ]);
    expect(await snapshot.read('"caf\\351"', signal)).toEqual({ kind: "text", text: "latin1 name\n" });
    expect(await snapshot.filesContaining("newline", signal)).toEqual(['"a\\nb.txt"']);
  });

  it("cannot search for a literal with a line end, which git would take for two", async () => {
    const snapshot = gitSnapshot(repository, sha);

    expect(await snapshot.filesContaining("const a\nneedle", signal)).toBeUndefined();
    expect(await snapshot.filesContaining("", signal)).toBeUndefined();
  });

  it("refuses anything but a full commit id", () => {
    expect(() => gitSnapshot(repository, "--output=/tmp/x")).toThrow("not a full commit id");
    expect(() => gitSnapshot(repository, "main")).toThrow("not a full commit id");
  });

  it("goes on for other callers when one of them aborts", async () => {
    const snapshot = gitSnapshot(repository, sha);
    const controller = new AbortController();

    const aborted = snapshot.read("README.md", controller.signal);
    const other = snapshot.read("src/a.ts", signal);
    controller.abort(new Error("changed my mind"));

    await expect(aborted).rejects.toThrow("changed my mind");
    expect((await other).kind).toBe("text");
  });

  it("fails the reads in flight when git dies, and starts it anew for the next", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pr-fake-git-"));
    const executable = join(folder, "git");
    writeFileSync(executable, `#!/bin/sh\n[ -e "${folder}/died" ] && exec git "$@"\ntouch "${folder}/died"\nexit 7\n`);
    chmodSync(executable, 0o755);
    await using own = openRepository({ program: { ...GIT_PROGRAM, executable }, gitDir: fixture.gitDir });
    const blob = fixture.git("rev-parse", `${sha}:src/a.ts`);

    const dying = own.objects.read(blob, signal);
    await expect(dying).rejects.toThrow("git cat-file ended early (exit 7)");
    const next = await own.objects.read(blob, signal);

    expect(next).toHaveProperty("bytes");
    rmSync(folder, { recursive: true });
  });

  it("says that an object is not there without disturbing the answers around it", async () => {
    const blob = fixture.git("rev-parse", `${sha}:src/a.ts`);

    const answers = await Promise.all(
      [blob, "f".repeat(40), "HEAD", "--batch-all-objects", blob].map(async (id) =>
        repository.objects.read(id, signal),
      ),
    );

    expect(answers.map((answer) => answer !== undefined)).toEqual([true, false, false, false, true]);
  });

  it("says that git is missing", async () => {
    const program = { ...GIT_PROGRAM, executable: "/nowhere/git" };
    await using own = openRepository({ program, gitDir: fixture.gitDir });

    await expect(gitSnapshot(own, sha).list(signal)).rejects.toThrow("git could not be started");
    await expect(own.objects.read("f".repeat(40), signal)).rejects.toThrow("git could not be started");
  });
});

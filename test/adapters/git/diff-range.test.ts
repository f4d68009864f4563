import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { diffRange } from "../../../src/adapters/git/diff-range.ts";
import { runGit, type GitDirectory } from "../../../src/adapters/git/run-git.ts";
import type { ChangedFile, Hunk } from "../../../src/domain/diff.ts";
import { gitDiffReader } from "../../../src/domain/git-diff-reader.ts";
import { GIT_PROGRAM, gitFixture, type GitFixture } from "../../support/git-fixture.ts";

const signal = new AbortController().signal;
let fixture: GitFixture;
let directory: GitDirectory;

beforeAll(() => {
  fixture = gitFixture();
  directory = { program: GIT_PROGRAM, gitDir: fixture.gitDir };
});

afterAll(() => fixture[Symbol.dispose]());

function byPath(files: readonly ChangedFile[]): Record<string, ChangedFile> {
  return Object.fromEntries(files.map((file) => [file.path, file]));
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function apply(old: readonly string[], hunks: readonly Hunk[]): string[] {
  const result: string[] = [];
  let next = 1;
  for (const hunk of hunks) {
    const start = hunk.oldLines === 0 ? hunk.oldStart + 1 : hunk.oldStart;
    result.push(...old.slice(next - 1, start - 1));
    for (const line of hunk.lines) {
      if (line.kind !== "added" && old[line.oldLine - 1] !== line.text) throw new Error(`old line ${line.oldLine}`);
      if (line.kind === "removed") continue;
      result.push(line.text);
      if (result.length !== line.newLine) throw new Error(`new line ${line.newLine}`);
    }
    next = start + hunk.oldLines;
  }
  return [...result, ...old.slice(next - 1)];
}

describe("diffRange", () => {
  it("tells every kind of change apart", async () => {
    const long = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
    const base = fixture.commit({
      "became-link": "text\n",
      "became-executable.sh": "#!/bin/sh\n",
      "binary.png": new Uint8Array([0, 1, 2]),
      "gone.ts": "a\nb\n",
      link: { symlink: "here" },
      "moved-and-changed.ts": `${long}\n`,
      "moved.ts": `moved\n${long}`,
      same: "same",
      sub: { submodule: "1".repeat(40) },
      "text.ts": "a\nb\n",
    });
    const head = fixture.commit({
      "became-link": { symlink: "text" },
      "became-executable.sh": { text: "#!/bin/sh\n", executable: true },
      "binary.png": new Uint8Array([0, 1, 3]),
      empty: "",
      link: { symlink: "there" },
      "new folder/moved.ts": `moved\n${long}`,
      "renamed.ts": `${long}\nmore\n`,
      same: "same",
      sub: { submodule: "2".repeat(40) },
      "text.ts": "a\nc\n",
    });

    const files = await diffRange(directory, base, head, signal);

    const changed = byPath(files);
    expect(Object.keys(changed)).toEqual(Object.keys(changed).toSorted());
    expect(changed).toMatchObject({
      "became-executable.sh": { status: "modified", becameExecutable: true, hunks: [], additions: 0 },
      "became-link": { status: "modified", kind: "symlink", additions: 1, deletions: 1 },
      "binary.png": { status: "modified", binary: true, hunks: [], additions: 0, deletions: 0 },
      empty: { status: "added", hunks: [], binary: false },
      "gone.ts": { status: "removed", additions: 0, deletions: 2 },
      link: { kind: "symlink", hunks: [{ lines: [{ text: "here" }, { text: "there" }] }] },
      "new folder/moved.ts": { status: "renamed", previousPath: "moved.ts", hunks: [] },
      "renamed.ts": { status: "renamed", previousPath: "moved-and-changed.ts", additions: 1, deletions: 0 },
      sub: { kind: "submodule", additions: 1, deletions: 1 },
      "text.ts": { status: "modified", kind: "file", additions: 1, deletions: 1 },
    });
    expect(files).toHaveLength(10);
    expect(changed["gone.ts"]).not.toHaveProperty("headBlob");
    expect(changed["empty"]).not.toHaveProperty("baseBlob");
    expect(changed["text.ts"]?.headBlob).toBe(fixture.git("rev-parse", `${head}:text.ts`));
  });

  it("pairs names of every kind with their own patches", async () => {
    const names: (string | Buffer)[] = [
      "a b.ts",
      "a\tb",
      "line\nend",
      '"quotes"',
      "größe.md",
      Buffer.from([0xff, 0x41]),
      "diff --git a/x b/x",
      "x b/x",
    ];
    const base = fixture.commit([], { branch: "names" });
    const head = fixture.commit(
      names.map((name, index) => [name, `content ${index}\n`] as const),
      { branch: "names" },
    );

    const files = await diffRange(directory, base, head, signal);

    const contents = files.map(({ path, hunks }) => [path, hunks[0]?.lines[0]?.text] as const);
    expect(Object.fromEntries(contents)).toEqual({
      "a b.ts": "content 0",
      '"a\\tb"': "content 1",
      '"line\\nend"': "content 2",
      '"\\"quotes\\""': "content 3",
      "größe.md": "content 4",
      '"\\377A"': "content 5",
      "diff --git a/x b/x": "content 6",
      "x b/x": "content 7",
    });
  });

  it("ignores attributes and configuration of the repository, whoever wrote them", async () => {
    using hostile = gitFixture();
    const base = hostile.commit({ "a.ts": "a\n", ".gitattributes": "*.ts -diff\n" });
    const head = hostile.commit({ "a.ts": "b\n", ".gitattributes": "*.ts -diff\n" });
    hostile.git("checkout", "-q", "main");
    for (const [key, value] of [
      ["diff.external", "touch marker"],
      ["diff.noprefix", "true"],
      ["diff.mnemonicPrefix", "true"],
      ["diff.context", "0"],
      ["diff.orderFile", "/dev/null"],
      ["color.ui", "always"],
      ["core.fsmonitor", "touch marker"],
      ["core.quotePath", "false"],
    ] as const) {
      hostile.git("config", key, value);
    }

    const files = await diffRange({ program: GIT_PROGRAM, gitDir: hostile.gitDir }, base, head, signal);

    expect(files).toMatchObject([{ path: "a.ts", binary: false, additions: 1, deletions: 1 }]);
    expect(readdirSync(hostile.directory).toSorted()).toEqual([".git", ".gitattributes", "a.ts"]);
  });

  it("gives no files for an empty range", async () => {
    const sha = fixture.git("rev-parse", "main");

    expect(await diffRange(directory, sha, sha, signal)).toEqual([]);
  });

  it("counts but leaves out the hunks of a file above the limits, and keeps its neighbours", async () => {
    const many = Array.from({ length: 30 }, (_, index) => `${index}`).join("\n");
    const base = fixture.commit({}, { branch: "large" });
    const head = fixture.commit(
      { "a.ts": "a\n", "long-line.js": `short\n${"y".repeat(5_000)}\nend\n`, "many-lines.ts": many, "z.ts": "z" },
      { branch: "large" },
    );

    const files = await diffRange(directory, base, head, signal, { fileLines: 20, fileBytes: 2_000 });

    expect(files).toMatchObject([
      { path: "a.ts", additions: 1, hunks: [{ newLines: 1 }] },
      { path: "long-line.js", additions: 3, hunks: [], hunksOmitted: "too-large" },
      { path: "many-lines.ts", additions: 30, hunks: [], hunksOmitted: "too-large" },
      { path: "z.ts", additions: 1, hunks: [{ newLines: 1 }] },
    ]);
    expect(files[0]).not.toHaveProperty("hunksOmitted");
  });

  it("lists a file whose content is missing from the clone, and shows the others", async () => {
    using partial = gitFixture();
    const base = partial.commit({ "a.ts": "a\n", "b c.ts": "b\n" });
    const head = partial.commit({ "a.ts": "a2\n", "b c.ts": "b2\n" });
    const blob = partial.git("rev-parse", `${head}:b c.ts`);
    const packs = join(partial.gitDir, "objects/pack");
    for (const pack of readdirSync(packs).filter((name) => name.endsWith(".pack"))) {
      renameSync(join(packs, pack), join(partial.gitDir, pack));
      execFileSync("git", ["unpack-objects", "-q"], {
        cwd: partial.directory,
        input: readFileSync(join(partial.gitDir, pack)),
      });
    }
    rmSync(join(partial.gitDir, "objects", blob.slice(0, 2), blob.slice(2)));

    const files = await diffRange({ program: GIT_PROGRAM, gitDir: partial.gitDir }, base, head, signal);

    expect(files).toMatchObject([
      { path: "a.ts", additions: 1, hunks: [{}] },
      { path: "b c.ts", status: "modified", hunks: [], hunksOmitted: "not-sent", headBlob: blob },
    ]);
  });

  it("refuses a ref or an option in place of a commit id", async () => {
    await expect(diffRange(directory, "main", "--output=x", signal)).rejects.toThrow("not a full commit id");
  });

  it("gives hunks that turn the old text into the new one, however git's output is cut into pieces", async () => {
    const line = fc.oneof(
      fc.constantFrom(
        "",
        " ",
        "a",
        "b",
        "c",
        "-a",
        "+a",
        "@@ -1 +1 @@",
        "--- a/x",
        "\\ No newline",
        "a\r",
        "diff --git ",
      ),
      fc.string({ maxLength: 5 }).map((text) => text.replaceAll(/[\n\0]/g, "")),
    );
    const text = fc
      .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
      .map(([lines, ended]) => lines.join("\n") + (ended && lines.length > 0 ? "\n" : ""));
    const pairs = fc.array(fc.tuple(text, text), { minLength: 30, maxLength: 30 });

    await fc.assert(
      fc.asyncProperty(pairs, fc.integer({ min: 1, max: 700 }), async (texts, pieceSize) => {
        const names = texts.map((_, index) => `f${index}`);
        const base = fixture.commit(Object.fromEntries(texts.map(([old], index) => [`f${index}`, old])), {
          branch: "law",
        });
        const head = fixture.commit(Object.fromEntries(texts.map(([, next], index) => [`f${index}`, next])), {
          branch: "law",
        });

        const args = ["diff-tree", "-r", "-z", "--raw", "-p", "--no-renames", base, head];
        const { output } = await runGit(directory, args, signal);
        const reader = gitDiffReader();
        for (let from = 0; from < output.length; from += pieceSize) {
          reader.push(output.subarray(from, from + pieceSize));
        }
        const changed = byPath(reader.end());

        for (const [index, name] of names.entries()) {
          const [old = "", next = ""] = texts[index] ?? [];
          const file = changed[name];
          expect(file === undefined).toBe(old === next);
          if (file === undefined) continue;
          expect(apply(linesOf(old), file.hunks)).toEqual(linesOf(next));
          const kinds = file.hunks.flatMap(({ lines }) => lines.map(({ kind }) => kind));
          expect(kinds.filter((kind) => kind === "added")).toHaveLength(file.additions);
          expect(kinds.filter((kind) => kind === "removed")).toHaveLength(file.deletions);
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe("gitDiffReader", () => {
  it("refuses output that was cut before all announced patches, instead of losing files", async () => {
    const head = fixture.commit({ "a.ts": "1\n", "b.ts": "2\n" }, { branch: "cut" });
    const base = fixture.commit({}, { branch: "cut-base", parents: [] });
    const { output } = await runGit(directory, ["diff-tree", "-r", "-z", "--raw", "-p", base, head], signal);
    const reader = gitDiffReader();

    reader.push(output.subarray(0, output.indexOf("diff --git a/b.ts")));

    expect(() => reader.end()).toThrow("announced 2 patches and printed 1");
  });

  it("refuses what is no raw diff", () => {
    const reader = gitDiffReader();

    reader.push(new TextEncoder().encode("commit 123\0"));

    expect(() => reader.end()).toThrow("something else than a raw diff");
  });
});

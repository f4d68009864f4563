import { mkdir, mkdtemp, readdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { installedDependencies } from "../../../src/adapters/sandbox/installed-dependencies.ts";
import { TreeStore } from "../../../src/adapters/sandbox/tree-store.ts";
import { editLog } from "../../../src/domain/edit-log.ts";
import type { RepoPath } from "../../../src/domain/repo-path.ts";
import type { Snapshot } from "../../../src/ports/snapshot.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";

const signal = new AbortController().signal;

async function aStore(writable = false): Promise<TreeStore> {
  return new TreeStore(await mkdtemp(join(tmpdir(), "tree-store-")), { dependencies: [], writable, mounts: !writable });
}

/** The paths of all files in a folder, sorted. */
async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1)).toSorted();
}

/** Counts what is read of a snapshot. */
function counting(snapshot: Snapshot): { readonly snapshot: Snapshot; readonly reads: RepoPath[] } {
  const reads: RepoPath[] = [];
  return {
    reads,
    snapshot: {
      ...snapshot,
      bytes: async (path, reading) => {
        reads.push(path);
        return snapshot.bytes(path, reading);
      },
    },
  };
}

describe("tree store", () => {
  it("puts the base with the edits on the disk, with their modes", async () => {
    const base = memorySnapshot({
      "bin/run": { text: "run", executable: true },
      "gone.ts": "gone",
      "src/a.ts": "old",
      "src/b.ts": "größe\r\n",
    });
    const edits = editLog([
      { kind: "modify", path: "src/a.ts", baseBlob: "1", executable: false, text: "new" },
      { kind: "create", path: "deep/er/c.ts", text: "c" },
      { kind: "delete", path: "gone.ts", baseBlob: "1" },
    ]);

    await using placed = await (await aStore()).place({ base, edits }, signal);

    expect(await filesIn(placed.directory)).toEqual(["bin/run", "deep/er/c.ts", "src/a.ts", "src/b.ts"]);
    expect(await readFile(join(placed.directory, "src/a.ts"), "utf8")).toBe("new");
    expect(await readFile(join(placed.directory, "src/b.ts"), "utf8")).toBe("größe\r\n");
    expect((await stat(join(placed.directory, "bin/run"))).mode & 0o111).not.toBe(0);
    expect((await stat(join(placed.directory, "src/b.ts"))).mode & 0o111).toBe(0);
    expect(placed.notes).toEqual([]);
  });

  it("has binary files and others that are no UTF-8 byte for byte", async () => {
    const base = memorySnapshot({ "image.png": new Uint8Array([0, 1, 255]), "latin1.ts": new Uint8Array([0xe9]) });

    await using placed = await (await aStore()).place({ base, edits: [] }, signal);

    expect(await readFile(join(placed.directory, "image.png"))).toEqual(Buffer.from([0, 1, 255]));
    expect(await readFile(join(placed.directory, "latin1.ts"))).toEqual(Buffer.from([0xe9]));
    expect(placed.notes).toEqual([]);
  });

  it("has links that stay in the tree, and says which others, submodules and odd names it leaves out", async () => {
    const base = memorySnapshot({
      '"a\\nb"': "odd",
      "../evil": "x",
      "large.bin": new Uint8Array(5_000_001),
      lib: { submodule: "1".repeat(40) },
      link: { symlink: "/etc" },
      "src/a.ts": "a",
      "src/b.ts": { symlink: "a.ts" },
      "src/deep/c.ts": { symlink: "../../src/a.ts" },
      "src/out": { symlink: "../../etc" },
    });

    await using placed = await (await aStore()).place({ base, edits: [] }, signal);

    expect(await filesIn(placed.directory)).toEqual(["src/a.ts", "src/b.ts", "src/deep/c.ts"]);
    expect(await readFile(join(placed.directory, "src/deep/c.ts"), "utf8")).toBe("a");
    expect(placed.notes).toEqual([
      "2 symbolic links that lead out of the tree were left out",
      "1 submodule was left out",
      "2 files with unusual names were left out",
      "1 very large file was left out",
    ]);
  });

  it("lets no link lead out of the tree, however many it has to go through", async () => {
    const name = fc.constantFrom("a", "b", "..", ".");
    const targets = fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));
    const paths = fc.constantFrom("a", "b", "c/a", "c/b", "c/d/a", "c/d/b");
    const links = fc.uniqueArray(fc.tuple(paths, targets), { selector: ([path]) => path, maxLength: 5 });
    const store = await aStore();

    await fc.assert(
      fc.asyncProperty(links, async (some) => {
        const base = memorySnapshot(
          Object.fromEntries(some.map(([path, symlinkTo]) => [path, { symlink: symlinkTo }])),
        );
        await using placed = await store.place({ base, edits: [] }, signal);

        for (const file of await filesIn(placed.directory)) {
          const end = await realpath(join(placed.directory, file)).catch(() => undefined);
          expect(`${end ?? placed.directory}/`.startsWith(`${placed.directory}/`)).toBe(true);
        }
      }),
    );
  });

  it("reads each file of a base once, for all checks on it and on overlays over it", async () => {
    const { snapshot, reads } = counting(memorySnapshot({ "a.ts": "a", "b.ts": "b", "same.ts": "b" }));
    const store = await aStore();

    const trees = await Promise.all(
      ["1", "2", "3"].map(async (text) =>
        store.place(
          {
            base: snapshot,
            edits: editLog([{ kind: "modify", path: "a.ts", baseBlob: "1", executable: false, text }]),
          },
          signal,
        ),
      ),
    );

    expect(reads).toEqual(["b.ts"]);
    expect(await Promise.all(trees.map(({ directory }) => readFile(join(directory, "a.ts"), "utf8")))).toEqual([
      "1",
      "2",
      "3",
    ]);
  });

  it("shares files only with checks that cannot write", async () => {
    const tree = { base: memorySnapshot({ "a.ts": "a" }), edits: [] };

    const shared = await (await aStore()).place(tree, signal);
    const own = await (await aStore(true)).place(tree, signal);

    expect((await stat(join(shared.directory, "a.ts"))).nlink).toBe(2);
    expect((await stat(join(own.directory, "a.ts"))).nlink).toBe(1);
  });

  it("turns the folder of one check into the tree of the next, whatever lay in it", async () => {
    const store = await aStore();
    const tree = fc
      .uniqueArray(fc.constantFrom("a", "a/b", "a/b/c", "a/d", "e/f", "e"), { maxLength: 4 })
      .map((paths) => paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`))).toSorted());

    await fc.assert(
      fc.asyncProperty(tree, fc.string(), async (paths, text) => {
        const base = memorySnapshot(Object.fromEntries(paths.map((path) => [path, `${path} ${text}`])));
        await using placed = await store.place({ base, edits: [] }, signal);

        expect(placed.directory).toMatch(/tree-1/);
        expect(await filesIn(placed.directory)).toEqual(paths);
        for (const path of paths) expect(await readFile(join(placed.directory, path), "utf8")).toBe(`${path} ${text}`);
      }),
    );
  });

  it("gives checks at the same time folders of their own, and throws away what a check could write to", async () => {
    const tree = { base: memorySnapshot({ "a.ts": "a" }), edits: [] };
    const store = await aStore();
    const [one, two] = await Promise.all([store.place(tree, signal), store.place(tree, signal)]);
    const writable = await aStore(true);
    const own = await writable.place(tree, signal);
    await writeFile(join(own.directory, "a.ts"), "evil");

    await own[Symbol.asyncDispose]();
    const next = await writable.place(tree, signal);

    expect(one.directory).not.toBe(two.directory);
    expect(await readFile(join(next.directory, "a.ts"), "utf8")).toBe("a");
    await expect(stat(own.directory)).rejects.toThrow("ENOENT");
  });

  it("leaves nothing of a tree that was not finished", async () => {
    const root = await mkdtemp(join(tmpdir(), "tree-store-"));
    const store = new TreeStore(root, { dependencies: [], writable: false, mounts: true });
    const tree = { base: memorySnapshot({ "a.ts": "a" }), edits: [] };
    const controller = new AbortController();
    controller.abort(new Error("enough"));

    await expect(store.place(tree, controller.signal)).rejects.toThrow("enough");

    expect(await readdir(root)).toEqual([]);
  });

  it("reads a file again that could not be read before", async () => {
    const good = memorySnapshot({ "b.ts": "b" });
    let failures = 1;
    const flaky: Snapshot = {
      ...good,
      bytes: async (path, reading) => {
        if (failures-- > 0) throw new Error("once");
        return good.bytes(path, reading);
      },
    };
    const store = await aStore();

    await expect(store.place({ base: flaky, edits: [] }, signal)).rejects.toThrow("once");
    await using placed = await store.place({ base: flaky, edits: [] }, signal);

    expect(await readdir(placed.directory)).toEqual(["b.ts"]);
  });
});

describe("installed dependencies", () => {
  it("are the folders beside the tree's manifests, but none that the repository has committed", async () => {
    const checkout = await mkdtemp(join(tmpdir(), "checkout-"));
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    for (const folder of ["node_modules", "packages/a/node_modules", "packages/b", "packages/c/node_modules"]) {
      await mkdir(join(checkout, folder), { recursive: true });
    }
    await symlink(outside, join(checkout, "packages/b/node_modules"));
    await symlink(outside, join(checkout, "linked"));
    await mkdir(join(outside, "node_modules"));
    await writeFile(join(checkout, "package.json"), "{}");
    const snapshot = memorySnapshot({
      "linked/package.json": "{}",
      "package.json": "{}",
      "packages/a/package.json": "{}",
      "packages/b/node_modules": { symlink: outside },
      "packages/b/package.json": "{}",
      "packages/none/package.json": "{}",
    });

    const found = await installedDependencies(checkout, await snapshot.list(signal));

    expect(found).toEqual([
      { directory: join(checkout, "node_modules"), path: "node_modules" },
      { directory: join(checkout, "packages/a/node_modules"), path: "packages/a/node_modules" },
    ]);
  });
});

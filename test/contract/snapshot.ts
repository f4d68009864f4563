import { describe, expect, it } from "vitest";

import type { Snapshot } from "../../src/ports/snapshot.ts";
import type { MemoryFile } from "../support/memory-snapshot.ts";

/** The tree that an implementation is to be opened over. Its snapshot must not load files above `MAX_BYTES`. */
export const CONTRACT_MAX_BYTES = 4_000;
export const CONTRACT_TREE: Readonly<Record<string, MemoryFile>> = {
  "README.md": "# Shop\r\nsecond line\r\n",
  "bin/run": { text: "#!/bin/sh\necho needle\n", executable: true },
  "docs/Ünïcode name.md": "größe needle\n",
  empty: "",
  "image.png": new Uint8Array([0x89, 0x50, 0, 0xff, 0x6e]),
  "large.txt": `needle ${"x".repeat(CONTRACT_MAX_BYTES)}`,
  "latin1.txt": new Uint8Array([0x63, 0x61, 0x66, 0xe9, 0x0a]),
  "link-out": { symlink: "../../etc/passwd" },
  "link-to-dir": { symlink: "src" },
  "src/a.ts": "export const a = 1;\nconst needle = a;\n",
  "src/deep/b.ts": "no line end at the end",
  "src-other/c.ts": "export {};\n",
  "vendor/lib": { submodule: "1234567890123456789012345678901234567890" },
};

const SHA = /^[0-9a-f]{40}$/;

function signal(): AbortSignal {
  return new AbortController().signal;
}

/** What every Snapshot promises, whatever it reads from. `open` gives a snapshot of CONTRACT_TREE. */
export function describeSnapshot(name: string, open: () => Promise<Snapshot> | Snapshot): void {
  describe(`Snapshot contract: ${name}`, () => {
    it("is pinned to a full commit id", async () => {
      const snapshot = await open();

      expect(snapshot.sha).toMatch(SHA);
      expect(snapshot.truncated).toBe(false);
    });

    it("lists every path once, in code unit order, with kind and mode", async () => {
      const snapshot = await open();

      const entries = await snapshot.list(signal());

      expect(entries.map(({ path }) => path)).toEqual(Object.keys(CONTRACT_TREE).toSorted());
      const byPath = new Map(entries.map((entry) => [entry.path, entry]));
      expect(byPath.get("bin/run")).toMatchObject({ kind: "file", executable: true, size: 22 });
      expect(byPath.get("src/a.ts")).toMatchObject({ kind: "file", executable: false });
      expect(byPath.get("link-out")).toMatchObject({ kind: "symlink", executable: false });
      expect(byPath.get("vendor/lib")).toMatchObject({
        kind: "submodule",
        blob: "1234567890123456789012345678901234567890",
      });
      expect(entries.every(({ blob }) => SHA.test(blob))).toBe(true);
    });

    it("gives text as it stands, with its line ends", async () => {
      const snapshot = await open();

      expect(await snapshot.read("README.md", signal())).toEqual({ kind: "text", text: "# Shop\r\nsecond line\r\n" });
      expect(await snapshot.read("empty", signal())).toEqual({ kind: "text", text: "" });
      expect(await snapshot.read("docs/Ünïcode name.md", signal())).toEqual({ kind: "text", text: "größe needle\n" });
      expect(await snapshot.read("latin1.txt", signal())).toEqual({ kind: "text", text: "caf\uFFFD\n" });
    });

    it("never follows a link, enters a submodule or loads a binary", async () => {
      const snapshot = await open();

      expect(await snapshot.read("link-out", signal())).toEqual({ kind: "symlink", text: "../../etc/passwd" });
      expect(await snapshot.read("link-to-dir/a.ts", signal())).toEqual({ kind: "missing" });
      expect(await snapshot.read("vendor/lib", signal())).toEqual({ kind: "submodule" });
      expect(await snapshot.read("image.png", signal())).toEqual({ kind: "binary", size: 5 });
    });

    it("gives files byte for byte, of a link its target, and nothing else", async () => {
      const snapshot = await open();
      const bytes = async (path: string): Promise<Buffer | undefined> => {
        const found = await snapshot.bytes(path, signal());
        return found === undefined ? undefined : Buffer.from(found);
      };

      expect(await bytes("latin1.txt")).toEqual(Buffer.from("caf\u00e9\n", "latin1"));
      expect((await bytes("image.png"))?.length).toBe(5);
      expect((await bytes("link-out"))?.toString()).toBe("../../etc/passwd");
      expect(await Promise.all(["vendor/lib", "large.txt", "nowhere.ts"].map(bytes))).toEqual(Array(3).fill(undefined));
    });

    it("does not load what is above its limit", async () => {
      const snapshot = await open();

      expect(await snapshot.read("large.txt", signal())).toEqual({ kind: "too-large", size: CONTRACT_MAX_BYTES + 7 });
    });

    it.each([
      "nowhere.ts",
      "src",
      "",
      ".",
      "../README.md",
      "/README.md",
      ".git/config",
      "__proto__",
      "src/a.ts/",
      "HEAD",
    ])("answers missing for %j", async (path) => {
      const snapshot = await open();

      expect(await snapshot.read(path, signal())).toEqual({ kind: "missing" });
    });

    it("answers concurrent reads, each with its own content", async () => {
      const snapshot = await open();
      const paths = Array.from({ length: 60 }, (_, index) => ["src/a.ts", "src/deep/b.ts", "nowhere"][index % 3] ?? "");

      const contents = await Promise.all(paths.map(async (path) => snapshot.read(path, signal())));

      for (const [index, content] of contents.entries()) {
        expect(content).toEqual(await snapshot.read(paths[index] ?? "", signal()));
      }
      expect(contents.slice(0, 3).map(({ kind }) => kind)).toEqual(["text", "text", "missing"]);
    });

    it("finds the text files that contain a literal, or says that it cannot", async () => {
      const snapshot = await open();

      const found = await Promise.all(
        ["needle", "NEEDLE", "n.edle", "--pre=sh"].map(async (literal) => snapshot.filesContaining(literal, signal())),
      );

      const withoutLarge = found.map((paths) => paths?.filter((path) => path !== "large.txt"));
      expect([
        [["bin/run", "docs/Ünïcode name.md", "src/a.ts"], [], [], []],
        [undefined, undefined, undefined, undefined],
      ]).toContainEqual(withoutLarge);
    });

    it("stops when aborted", async () => {
      const snapshot = await open();
      const aborted = AbortSignal.abort(new Error("stopped by the test"));

      await expect(snapshot.list(aborted)).rejects.toThrow("stopped by the test");
      await expect(snapshot.read("src/a.ts", aborted)).rejects.toThrow("stopped by the test");
      await expect(snapshot.filesContaining("needle", aborted)).rejects.toThrow("stopped by the test");
    });
  });
}

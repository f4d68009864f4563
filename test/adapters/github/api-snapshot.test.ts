import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

import nock from "nock";
import { describe, expect, it } from "vitest";

import { openApiSnapshot } from "../../../src/adapters/github/api-snapshot.ts";
import { CONTRACT_MAX_BYTES, CONTRACT_TREE, describeSnapshot } from "../../contract/snapshot.ts";
import type { MemoryFile } from "../../support/memory-snapshot.ts";
import { API, HEAD, client, never, useNock } from "./support.ts";

type Stored = { readonly mode: string; readonly type: string; readonly sha: string; readonly bytes: Buffer };

function gitId(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function store(file: MemoryFile): Stored {
  if (typeof file === "object" && "submodule" in file) {
    return { mode: "160000", type: "commit", sha: file.submodule, bytes: Buffer.alloc(0) };
  }
  const isText = typeof file === "string";
  const content = isText || file instanceof Uint8Array ? file : "symlink" in file ? file.symlink : file.text;
  const bytes = Buffer.from(content as string);
  const mode = isText || file instanceof Uint8Array ? "100644" : "symlink" in file ? "120000" : "100755";
  return { mode, type: "blob", sha: gitId(bytes), bytes };
}

/** GitHub's tree and blob endpoints over `files`, as a fetch; what it was asked is in `seen`. */
function api(files: Readonly<Record<string, MemoryFile>>, options: { readonly graphql: boolean }) {
  const stored = new Map(Object.entries(files).map(([path, file]) => [path, store(file)]));
  const bySha = new Map([...stored.values()].map((one) => [one.sha, one.bytes]));
  const seen: string[] = [];
  const fetch = async (input: unknown, init?: RequestInit): Promise<Response> => {
    const path = new URL(String(input)).pathname;
    seen.push(path);
    if (path === "/graphql") {
      if (!options.graphql) return Promise.resolve(Response.json({ message: "Not Found" }, { status: 404 }));
      const { variables } = JSON.parse(typeof init?.body === "string" ? init.body : "{}") as {
        variables: Record<string, string>;
      };
      const repository = Object.fromEntries(
        Object.entries(variables)
          .filter(([name]) => /^b\d+$/.test(name))
          .map(([name, oid]) => {
            const bytes = bySha.get(oid) ?? Buffer.alloc(0);
            return [
              name,
              bytes.includes(0) ? { text: null, isBinary: true } : { text: bytes.toString("utf8"), isBinary: false },
            ];
          }),
      );
      return Promise.resolve(Response.json({ data: { repository } }));
    }
    const blob = /\/git\/blobs\/(\w+)$/.exec(path)?.[1];
    if (blob !== undefined) {
      return Promise.resolve(Response.json({ content: bySha.get(blob)?.toString("base64"), encoding: "base64" }));
    }
    const tree = [...stored].map(([name, { mode, type, sha, bytes }]) => ({
      path: name,
      mode,
      type,
      sha,
      ...(type === "blob" ? { size: bytes.length } : {}),
    }));
    return Promise.resolve(
      Response.json({
        sha: HEAD,
        truncated: false,
        tree: [{ path: "src", mode: "040000", type: "tree", sha: HEAD }, ...tree],
      }),
    );
  };
  return { seen, fetch };
}

describeSnapshot("by API, texts in batches", () =>
  openApiSnapshot(client({ fetch: api(CONTRACT_TREE, { graphql: true }).fetch }), HEAD, never(), CONTRACT_MAX_BYTES),
);
describeSnapshot("by API without GraphQL", () =>
  openApiSnapshot(client({ fetch: api(CONTRACT_TREE, { graphql: false }).fetch }), HEAD, never(), CONTRACT_MAX_BYTES),
);

describe("reading many files by API", () => {
  it("takes one request for a hundred files that are read together, and none for what was read before", async () => {
    const files = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`f${index}.ts`, `text ${index}\n`]));
    const { seen, fetch } = api(files, { graphql: true });
    const snapshot = await openApiSnapshot(client({ fetch }), HEAD, never());

    const texts = await Promise.all(Object.keys(files).map(async (path) => snapshot.read(path, never())));
    await snapshot.read("f1.ts", never());

    expect(texts.map((content) => content.kind === "text" && content.text)).toEqual(Object.values(files));
    expect(seen.filter((path) => path === "/graphql")).toHaveLength(3);
    expect(seen).toHaveLength(4);
  });

  it("does not believe a text that is not the blob", async () => {
    const { seen, fetch } = api({ "a.txt": new Uint8Array([0x63, 0xe9, 0x0a]) }, { graphql: true });
    const snapshot = await openApiSnapshot(client({ fetch }), HEAD, never());

    expect(await snapshot.read("a.txt", never())).toEqual({ kind: "text", text: "c\uFFFD\n" });
    expect(seen.at(-1)).toMatch(/\/git\/blobs\//);
  });

  it("lets one reader stop without stopping the others", async () => {
    const { fetch } = api({ "a.txt": "a" }, { graphql: true });
    const snapshot = await openApiSnapshot(client({ fetch }), HEAD, never());
    const controller = new AbortController();

    const stopped = snapshot.read("a.txt", controller.signal);
    const other = snapshot.read("a.txt", never());
    controller.abort(new Error("stopped by the test"));

    await expect(stopped).rejects.toThrow("stopped by the test");
    expect(await other).toEqual({ kind: "text", text: "a" });
  });
});

describe("a tree too large for one answer", () => {
  useNock();
  const dir = (path: string, digit: string) => ({ path, mode: "040000", type: "tree", sha: digit.repeat(40) });
  const file = (path: string) => ({ path, mode: "100644", type: "blob", sha: "f".repeat(40), size: 1 });
  const trees = (sha: string): string => `/repos/acme/shop/git/trees/${sha}`;

  it("is walked folder by folder", async () => {
    nock(API)
      .get(`${trees(HEAD)}?recursive=1`)
      .reply(200, { truncated: true, tree: [] })
      .get(trees(HEAD))
      .reply(200, { truncated: false, tree: [dir("b", "b"), file("README.md"), dir("a", "a")] })
      .get(`${trees("b".repeat(40))}?recursive=1`)
      .reply(200, { truncated: false, tree: [dir("deep", "d"), file("deep/x.ts")] })
      .get(`${trees("a".repeat(40))}?recursive=1`)
      .reply(200, { truncated: false, tree: [file("y.ts")] });

    const snapshot = await openApiSnapshot(client(), HEAD, never());

    expect((await snapshot.list(never())).map(({ path }) => path)).toEqual(["README.md", "a/y.ts", "b/deep/x.ts"]);
    expect(snapshot.truncated).toBe(false);
  });

  it("is cut, and says so, when it would take too many requests", async () => {
    const folders = Array.from({ length: 80 }, (_, index) => dir(`d${String(index).padStart(2, "0")}`, "c"));
    nock(API)
      .get(`${trees(HEAD)}?recursive=1`)
      .reply(200, { truncated: true, tree: [] });
    nock(API).get(trees(HEAD)).reply(200, { truncated: false, tree: folders });
    nock(API)
      .get(`${trees("c".repeat(40))}?recursive=1`)
      .times(58)
      .reply(200, { truncated: false, tree: [file("x.ts")] });

    const snapshot = await openApiSnapshot(client(), HEAD, never());

    expect(snapshot.truncated).toBe(true);
    expect(await snapshot.list(never())).toHaveLength(58);
  });

  it("leaves out names that could point outside the repository", async () => {
    nock(API)
      .get(`${trees(HEAD)}?recursive=1`)
      .reply(200, { truncated: false, tree: [file("../x"), file("a\\b"), file("ok.ts")] });

    const snapshot = await openApiSnapshot(client(), HEAD, never());

    expect((await snapshot.list(never())).map(({ path }) => path)).toEqual(["ok.ts"]);
  });
});

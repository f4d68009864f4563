import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { DefectFamily, Place } from "../../../src/standin/shop/manifest-entry.ts";
import { shopManifest } from "../../../src/standin/shop/manifest.ts";
import { createShopRepository, type ShopRepository } from "../../../src/standin/shop/shop-repository.ts";

const FAMILIES: Record<DefectFamily, true> = {
  "query-in-loop": true,
  "missing-error-handling": true,
  "floating-promise": true,
  "async-for-each": true,
  "empty-catch": true,
  "sql-injection": true,
  "shell-injection": true,
  "code-injection": true,
  "html-injection": true,
  "secret-in-source": true,
  "resource-not-closed": true,
  "invisible-character": true,
};

/** Words that tell a reader, or a model, where to look. */
const GIVEAWAYS = "planted|look-?alike|bugs?|defects?|vulnerab\\w+|insecure|unsafe|fixme|todo|n\\+1|injection";

const run = promisify(execFile);
const { review, audit } = shopManifest;
const inHead = [...review.planted, ...review.preExisting, ...review.lookAlikes];
const inBase = [...audit.issues, ...audit.lookAlikes];

let scratch: string;
let shop: ShopRepository;

async function git(...args: string[]): Promise<string> {
  const { stdout } = await run("git", ["-C", shop.directory, ...args]);
  return stdout;
}

/** Where the quote stands in a version: every 1-based line whose text, without indentation, is the quote. */
async function linesOf(commit: string, place: Place): Promise<number[]> {
  const content = await git("show", `${commit}:${place.path}`);
  return content.split("\n").flatMap((line, index) => (line.trim() === place.quote ? [index + 1] : []));
}

/** 1-based lines of head that the pull request adds. */
async function addedLines(path: string): Promise<Set<number>> {
  const diff = await git("diff", "--unified=0", shop.base, shop.head, "--", path);
  const added = new Set<number>();
  for (const [, start = "", count = "1"] of diff.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)) {
    for (let line = Number(start); line < Number(start) + Number(count); line += 1) added.add(line);
  }
  return added;
}

function range({ line, endLine }: Place): number[] {
  return Array.from({ length: endLine - line + 1 }, (_, index) => line + index);
}

function linesByFamily(entry: Place & { family: DefectFamily }): string[] {
  return range(entry).map((line) => `${entry.path}:${line} ${entry.family}`);
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "shop-manifest-"));
  const searchPath = process.env["PATH"];
  shop = await createShopRepository(join(scratch, "shop"), searchPath === undefined ? {} : { searchPath });
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe("the manifest of the example", () => {
  it("names every entry once", () => {
    const ids = [...inHead, ...inBase].map((entry) => entry.id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(Object.keys(FAMILIES))(
    "has a defect of the family %s in the pull request, and something innocent like it",
    (family) => {
      expect(review.planted.filter((entry) => entry.family === family)).not.toEqual([]);
      expect(review.lookAlikes.filter((entry) => entry.family === family)).not.toEqual([]);
    },
  );

  it.each(inHead)("$id is quoted from the one line of head that it names", async (entry) => {
    expect(await linesOf(shop.head, entry)).toEqual([entry.line]);
  });

  it.each(inBase)("$id is quoted from the one line of base that it names", async (entry) => {
    expect(await linesOf(shop.base, entry)).toEqual([entry.line]);
  });

  it.each([...review.planted, ...review.lookAlikes])("$id lies wholly on added lines", async (entry) => {
    const added = await addedLines(entry.path);

    expect(range(entry)).not.toEqual([]);
    expect(range(entry).filter((line) => !added.has(line))).toEqual([]);
  });

  it.each(review.preExisting)("$id was there before, in a file that changes, on lines that do not", async (entry) => {
    const added = await addedLines(entry.path);

    expect(added.size).toBeGreaterThan(0);
    expect(range(entry).filter((line) => added.has(line))).toEqual([]);
    expect(await linesOf(shop.base, entry)).toHaveLength(1);
  });

  it("never puts a defect and a look-alike of one family on the same line", () => {
    const defects = new Set([...review.planted, ...review.preExisting].flatMap(linesByFamily));
    const issues = new Set(audit.issues.flatMap(linesByFamily));

    expect(review.lookAlikes.flatMap(linesByFamily).filter((line) => defects.has(line))).toEqual([]);
    expect(audit.lookAlikes.flatMap(linesByFamily).filter((line) => issues.has(line))).toEqual([]);
  });

  it("keeps the audit to ten controllers, some with issues and some without", async () => {
    const listing = await git("ls-tree", "--name-only", shop.base, "src/controllers/");
    const controllers = listing.trimEnd().split("\n");
    const guilty = new Set(audit.issues.map((issue) => issue.path));

    expect(controllers).toHaveLength(10);
    expect(
      [...guilty, ...audit.lookAlikes.map((entry) => entry.path)].filter((path) => !controllers.includes(path)),
    ).toEqual([]);
    expect(controllers.filter((path) => !guilty.has(path))).toEqual([
      "src/controllers/coupons.ts",
      "src/controllers/invoices.ts",
      "src/controllers/products.ts",
    ]);
  });

  it("is not given away by the example's own text", async () => {
    for (const commit of [shop.base, shop.head]) {
      const hits = git(
        "grep",
        "--ignore-case",
        "--word-regexp",
        "--extended-regexp",
        GIVEAWAYS,
        commit,
        "--",
        ":!package-lock.json",
      );

      await expect(hits).rejects.toMatchObject({ code: 1, stdout: "" });
    }
  });
});

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { baseCommits, pullRequestCommits } from "../../../src/standin/shop/history.ts";
import { createShopRepository, type ShopRepository } from "../../../src/standin/shop/shop-repository.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");
const options = process.env["PATH"] === undefined ? {} : { searchPath: process.env["PATH"] };

let scratch: string;
let shop: ShopRepository;

async function git(...args: string[]): Promise<string> {
  const { stdout } = await run("git", ["-C", shop.directory, ...args]);
  return stdout.trimEnd();
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "shop-"));
  shop = await createShopRepository(join(scratch, "shop"), options);
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe("createShopRepository", () => {
  it("gives the same object ids in every run", async () => {
    const again = await createShopRepository(join(scratch, "again"), options);

    expect({ base: again.base, head: again.head }).toEqual({ base: shop.base, head: shop.head });
  });

  it("says in full what is on which branch", async () => {
    expect(await git("rev-parse", "main", "feature/loyalty-points")).toBe(`${shop.base}\n${shop.head}`);
    expect(await git("merge-base", shop.base, shop.head)).toBe(shop.base);
    expect(await git("symbolic-ref", "--short", "HEAD")).toBe(shop.defaultBranch);
    expect(shop).toMatchObject({ branch: "feature/loyalty-points", author: "mara-lindqvist" });
  });

  it("leaves a clean and sound repository", async () => {
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("fsck", "--strict", "--no-dangling")).toBe("");
  });

  it("keeps the commits as history tells them, with fixed dates", async () => {
    const log = await git("log", "--reverse", "--format=%s|%an|%aI|%cI", shop.head);

    expect(log.split("\n")).toEqual(
      [...baseCommits, ...pullRequestCommits].map(({ message, author, date }) => {
        const when = date.replace("Z", "+00:00");
        return `${message.split("\n")[0] ?? ""}|${author.name}|${when}|${when}`;
      }),
    );
  });

  it("changes exactly twelve files of many kinds in the pull request", async () => {
    const changed = await git("diff", "--name-status", shop.base, shop.head);

    expect(changed.split("\n")).toEqual([
      "A\tdocs/loyalty.md",
      "A\tmigrations/0004_loyalty_points.sql",
      "A\tscripts/export-loyalty-statements.ts",
      "A\tsrc/client/loyalty-badge.ts",
      "M\tsrc/controllers/customers.ts",
      "A\tsrc/controllers/loyalty.ts",
      "M\tsrc/generated/api-types.ts",
      "M\tsrc/lib/voucher.ts",
      "A\tsrc/repositories/loyalty-repository.ts",
      "M\tsrc/routes/index.ts",
      "A\tsrc/services/loyalty-service.ts",
      "A\ttest/loyalty.test.ts",
    ]);
  });

  it(
    "type-checks at every commit from the base on, and its own tests pass at both ends",
    { timeout: 120_000 },
    async () => {
      const commits = (await git("rev-list", "--reverse", `${shop.base}~1..${shop.head}`)).split("\n");
      expect(commits).toHaveLength(1 + pullRequestCommits.length);

      for (const commit of commits) {
        const tree = join(scratch, commit);
        await git("worktree", "add", "--quiet", "--detach", tree, commit);
        await expect(run(join(root, "node_modules/.bin/tsc"), ["--noEmit"], { cwd: tree })).resolves.toMatchObject({
          stdout: "",
        });
        if (commit !== shop.base && commit !== shop.head) continue;
        const tests = (await readdir(join(tree, "test"))).map((name) => join("test", name));
        const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", ...tests], { cwd: tree });
        expect(stdout).toContain("# fail 0");
        expect(stdout).not.toContain("# pass 0");
      }
    },
  );

  it("refuses a directory that holds something, and touches nothing in it", async () => {
    const taken = await mkdtemp(join(scratch, "taken-"));
    await writeFile(join(taken, "notes.txt"), "mine");

    await expect(createShopRepository(taken, options)).rejects.toThrow(/is not empty/);
    expect(await readdir(taken)).toEqual(["notes.txt"]);
    expect(await readFile(join(taken, "notes.txt"), "utf8")).toBe("mine");
  });

  it("stops when it is aborted", async () => {
    const signal = AbortSignal.abort(new Error("enough"));

    await expect(createShopRepository(join(scratch, "aborted"), { ...options, signal })).rejects.toThrow("enough");
  });

  it("says that git is missing where it is", async () => {
    await expect(createShopRepository(join(scratch, "no-git"), { searchPath: scratch })).rejects.toThrow(/git/);
  });
});

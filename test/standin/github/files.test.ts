import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parsePatch, patchRow } from "../../../src/standin/github/git/patch-text.ts";
import { startGitHub } from "../../../src/standin/github/start-github.ts";
import { openShop, refusalOf, SHOP } from "./shop.ts";

const TARGET = { ...SHOP, pull_number: 1 };

describe("the files of a pull request", () => {
  it("have status, counts and patch as GitHub gives them", async () => {
    await using shop = await openShop();

    const { data } = await shop.client({ permissions: {} }).rest.pulls.listFiles(TARGET);

    expect(
      data.map(({ filename, status, additions, deletions, previous_filename: from, patch }) => [
        filename,
        status,
        additions,
        deletions,
        from,
        patch?.split("\n")[0],
      ]),
    ).toEqual([
      ["logo.png", "modified", 0, 0, undefined, undefined],
      ["src/added.ts", "added", 1, 0, undefined, "@@ -0,0 +1 @@"],
      ["src/cart.ts", "modified", 2, 2, undefined, "@@ -2,7 +2,7 @@ line 1"],
      ["src/gone.ts", "removed", 0, 1, undefined, "@@ -1 +0,0 @@"],
      ["src/new-name.ts", "renamed", 0, 0, "src/old-name.ts", undefined],
    ]);
  });

  it("have patches equal to git's own output below the file header", async () => {
    await using shop = await openShop();
    const file = shop.pull.files.find(({ path }) => path === "src/cart.ts");

    const git = execFileSync("git", ["diff", `main...feature`, "--", "src/cart.ts"], {
      cwd: shop.repository.gitDir,
      encoding: "utf8",
    });

    expect(file?.patch).toBe(git.slice(git.indexOf("\n@@") + 1).replace(/\n$/, ""));
  });

  it("name lines that hold what they say, for any two texts", async () => {
    await using github = await startGitHub();
    const text = fc
      .array(fc.constantFrom("a", "b", "c", "@@ -1 +1 @@", "diff --git a/x b/x", "+", "-", "\u2028x", "y\rz", ""), {
        maxLength: 25,
      })
      .chain((rows) => fc.boolean().map((ends) => rows.join("\n") + (ends && rows.length > 0 ? "\n" : "")));
    const repository = await github.addRepository({ owner: "acme", name: "shop" });
    let run = 0;

    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        fc.pre(before !== after);
        const [base, head] = [`base-${String((run += 1))}`, `head-${String(run)}`];
        await github.push(repository, base, { "f.txt": before, "z.txt": "z" });
        await github.push(repository, head, { "f.txt": after, "z.txt": "z2" }, { from: base });
        const { pull } = await github.openPullRequest(repository, { base, head, title: "t" });

        expect(pull.files.map(({ path }) => path)).toEqual(["f.txt", "z.txt"]);
        const [file] = pull.files;
        const [old, next] = [before.split("\n"), after.split("\n")];
        for (const line of file?.hunks.flatMap(({ lines }) => lines) ?? []) {
          if (line.oldLine !== undefined) expect(line.text).toBe(old[line.oldLine - 1]);
          if (line.newLine !== undefined) expect(line.text).toBe(next[line.newLine - 1]);
        }
        const rows = parsePatch(file?.patch ?? "").flatMap((hunk) => [hunk.header, ...hunk.lines.map(patchRow)]);
        expect(rows.join("\n")).toBe(file?.patch);
      }),
      { numRuns: 25 },
    );
  });

  it("lack the patch GitHub leaves out: a file that is not diffed by its attributes, or over the limits", async () => {
    await using github = await startGitHub();
    const repository = await github.addRepository({ owner: SHOP.owner, name: SHOP.repo });
    await github.push(repository, "main", {
      ".gitattributes": "*.min.js -diff\n",
      "a.min.js": "1\n",
      "wide.txt": "w\n",
    });
    await github.push(repository, "feature", {
      "a.min.js": "2\n",
      "small.txt": "s\n",
      "wide.txt": `${"x".repeat(600 * 1024)}\n`,
    });

    const { pull } = await github.openPullRequest(repository, { base: "main", head: "feature", title: "t" });

    expect(pull.files.map(({ path, patch, additions }) => [path, patch !== undefined, additions])).toEqual([
      ["a.min.js", false, 0],
      ["small.txt", true, 1],
      ["wide.txt", false, 1],
    ]);
  });

  it("stop at 3,000, in pages of 100 at most with links, and the diff media type refuses more than 300", async () => {
    await using github = await startGitHub();
    const repository = await github.addRepository({ owner: SHOP.owner, name: SHOP.repo });
    await github.push(repository, "main", { "README.md": "r\n" });
    const files = Object.fromEntries(
      Array.from({ length: 3050 }, (_, index) => [`src/f${String(index).padStart(4, "0")}.ts`, `${String(index)}\n`]),
    );
    await github.push(repository, "feature", files, { message: "Many" });
    const { pull } = await github.openPullRequest(repository, { base: "main", head: "feature", title: "t" });
    const ask = async (query: string): Promise<{ count: number; link: string | null }> => {
      const response = await fetch(`${github.url}/repos/acme/shop/pulls/1/files?${query}`);
      const body: unknown = await response.json();
      return { count: Array.isArray(body) ? body.length : -1, link: response.headers.get("link") };
    };

    expect(pull.files).toHaveLength(3050);
    expect((await ask("")).count).toBe(30);
    expect((await ask("per_page=1000")).count).toBe(100);
    const second = await ask("per_page=100&page=2");
    expect(
      [...(second.link ?? "").matchAll(/[?&]page=(\d+)[^;]*; rel="(\w+)"/g)].map(
        ([, page, rel]) => `${rel ?? ""} ${page ?? ""}`,
      ),
    ).toEqual(["prev 1", "next 3", "last 30", "first 1"]);
    expect((await ask("per_page=100&page=30")).count).toBe(100);
    expect((await ask("per_page=100&page=31")).count).toBe(0);
    const diff = await fetch(`${github.url}/repos/acme/shop/pulls/1`, {
      headers: { accept: "application/vnd.github.diff" },
    });
    expect(diff.status).toBe(406);
  });

  it("come as one diff where the client asks for that", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: {} });

    const { data } = await octokit.rest.pulls.get({ ...TARGET, mediaType: { format: "diff" } });

    expect(String(data)).toMatch(/^diff --git a\/logo\.png b\/logo\.png\n/);
    expect((await refusalOf(octokit.rest.pulls.listFiles({ ...SHOP, pull_number: 7 }))).status).toBe(404);
  });
});

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openShop } from "./shop.ts";

/** git as a client of the stand-in would run it: no configuration of the machine, the token in the environment only. */
async function git(
  directory: string,
  token: string | undefined,
  ...args: string[]
): Promise<{ code: number; text: string }> {
  const basic = Buffer.from(`x-access-token:${token ?? ""}`).toString("base64");
  const header =
    token === undefined
      ? { GIT_CONFIG_COUNT: "0" }
      : {
          GIT_CONFIG_COUNT: "1",
          GIT_CONFIG_KEY_0: "http.extraHeader",
          GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
        };
  const env = {
    PATH: process.env["PATH"],
    HOME: directory,
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    ...header,
  };
  return new Promise((resolve) => {
    execFile("git", args, { cwd: directory, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, text: `${stdout}${stderr}`.trim() });
    });
  });
}

async function emptyRepository(): Promise<{ directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), "git-http-"));
  await git(directory, undefined, "init", "-q", "--bare");
  return { directory, [Symbol.asyncDispose]: async () => rm(directory, { recursive: true, force: true }) };
}

describe("git over HTTP", () => {
  it("gives refs/pull/N/head, also at a pinned commit the branch has left, without blobs if asked", async () => {
    await using shop = await openShop();
    await using local = await emptyRepository();
    const { github, repository, pull } = shop;
    const url = github.cloneUrl("acme", "shop");
    const pinned = pull.head.sha;
    await github.push(repository, "feature", pull.base.sha);

    const byRef = await git(local.directory, undefined, "fetch", "-q", url, "refs/pull/1/head:refs/heads/head");
    const bySha = await git(local.directory, undefined, "fetch", "-q", "--depth=1", "--filter=blob:none", url, pinned);

    expect([byRef, bySha]).toEqual([
      { code: 0, text: "" },
      { code: 0, text: "" },
    ]);
    expect(await git(local.directory, undefined, "cat-file", "-t", pinned)).toEqual({ code: 0, text: "commit" });
  });

  it("takes the token of a private repository from the header, and the journal says where it went", async () => {
    await using shop = await openShop();
    await using local = await emptyRepository();
    shop.repository.private = true;
    const token = shop.github.addToken({ permissions: { contents: "read" }, repositories: ["acme/shop"] });
    const url = shop.github.cloneUrl("acme", "shop");

    const allowed = await git(local.directory, token, "fetch", "-q", url, "refs/pull/1/head");

    expect(allowed).toEqual({ code: 0, text: "" });
    const seen = shop.github.journal.entries.map(({ surface, path, query, authorization, login, status }) => ({
      surface,
      leaked: JSON.stringify([path, query]).includes(token),
      hasToken:
        Buffer.from(authorization?.replace("Basic ", "") ?? "", "base64").toString() === `x-access-token:${token}`,
      login,
      status,
    }));
    expect(new Set(seen.map((entry) => JSON.stringify(entry)))).toEqual(
      new Set([
        JSON.stringify({ surface: "git", leaked: false, hasToken: true, login: "github-actions[bot]", status: 200 }),
      ]),
    );
  });

  it("refuses a private repository to everybody else", async () => {
    await using shop = await openShop();
    await using local = await emptyRepository();
    shop.repository.private = true;
    const url = shop.github.cloneUrl("acme", "shop");
    const fetchWith = async (token: string | undefined): Promise<number | undefined> => {
      const { code } = await git(local.directory, token, "fetch", "-q", url, "refs/pull/1/head");
      expect(code).toBe(1);
      return shop.github.journal.entries.at(-1)?.status;
    };

    expect(await fetchWith(undefined)).toBe(401);
    expect(await fetchWith("unknown")).toBe(401);
    expect(await fetchWith(shop.github.addToken({ permissions: { issues: "write" } }))).toBe(403);
    expect(await fetchWith(shop.github.addToken({ login: "stranger", permissions: { contents: "read" } }))).toBe(404);
  });

  it("takes no pushes", async () => {
    await using shop = await openShop();
    await using local = await emptyRepository();
    const token = shop.github.addToken({ permissions: { contents: "write" } });
    const url = shop.github.cloneUrl("acme", "shop");
    await git(local.directory, token, "fetch", "-q", url, "refs/heads/main:refs/heads/main");

    expect((await git(local.directory, token, "push", "-q", url, "main:refs/heads/pushed")).code).toBe(1);
  });
});

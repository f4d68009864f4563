import nock from "nock";
import { describe, expect, it } from "vitest";

import { authorise } from "../../../src/adapters/github/permission.ts";
import { react } from "../../../src/adapters/github/reaction.ts";
import { API, client, never, useNock } from "./support.ts";

const PERSON = { login: "mona", id: 5, type: "User", viaApp: false };
const NOBODY: ReadonlySet<number> = new Set();

function level(permission: string, role: string | undefined, user: unknown = { id: 5, type: "User" }): void {
  nock(API)
    .get("/repos/acme/shop/collaborators/mona/permission")
    .reply(200, { permission, ...(role === undefined ? {} : { role_name: role }), user });
}

describe("who may start a run", () => {
  useNock();

  it.each([
    ["none", "none", false],
    ["read", "read", false],
    ["read", "triage", false],
    ["write", "write", true],
    ["write", "maintain", true],
    ["admin", "admin", true],
    ["read", "security-reviewer", false],
    ["write", "release-manager", true],
    ["write", undefined, true],
    ["read", undefined, false],
  ])("permission %s with role %s: %s", async (permission, role, allowed) => {
    level(permission, role);

    expect((await authorise(client(), PERSON, NOBODY, never())).allowed).toBe(allowed);
  });

  it("refuses who is no collaborator", async () => {
    nock(API).get("/repos/acme/shop/collaborators/mona/permission").reply(404, { message: "Not Found" });

    expect(await authorise(client(), PERSON, NOBODY, never())).toMatchObject({ allowed: false });
  });

  it.each([403, 500, 503])("starts nothing when GitHub answers %i", async (status) => {
    nock(API).persist().get("/repos/acme/shop/collaborators/mona/permission").reply(status, { message: "No" });

    await expect(authorise(client(), PERSON, NOBODY, never())).rejects.toThrow("what the requester may do");
    nock.cleanAll();
  });

  it.each([
    ["a bot", { login: "evil[bot]", id: 66, type: "Bot" }],
    ["an app in a user's name", { ...PERSON, viaApp: true }],
    ["an organization", { login: "acme", id: 1, type: "Organization" }],
  ])("refuses %s without asking", async (_what, requester) => {
    expect(await authorise(client(), requester, NOBODY, never())).toMatchObject({ allowed: false });
  });

  it("lets a bot through by its numeric id, not by its name", async () => {
    const bots = new Set([41_898_282]);

    const known = await authorise(
      client(),
      { login: "github-actions[bot]", id: 41_898_282, type: "Bot" },
      bots,
      never(),
    );
    const alike = await authorise(
      client(),
      { login: "github-actions[bot]", id: 41_898_283, type: "Bot" },
      bots,
      never(),
    );

    expect([known.allowed, alike.allowed]).toEqual([true, false]);
  });

  it.each([
    ["the login now belongs to another account", { id: 6, type: "User" }],
    ["the account is a bot after all", { id: 5, type: "Bot" }],
    ["GitHub names no account", null],
  ])("refuses when %s", async (_why, user) => {
    level("admin", "admin", user);

    expect(await authorise(client(), PERSON, NOBODY, never())).toMatchObject({ allowed: false });
  });

  it("asks the same of the actor of a re-run, of whom only the login is known", async () => {
    level("read", "read");

    expect(await authorise(client(), { login: "mona" }, NOBODY, never())).toMatchObject({ allowed: false });
  });
});

describe("a reaction", () => {
  useNock();

  it.each([200, 201])("is set when GitHub answers %i", async (status) => {
    nock(API).post("/repos/acme/shop/issues/comments/3/reactions", { content: "eyes" }).reply(status, { id: 1 });

    expect(await react(client({ writeTo: 7 }), { commentId: 3 }, "eyes", never())).toBeUndefined();
  });

  it("is only missed when it is not permitted, or the comment is gone", async () => {
    nock(API).post("/repos/acme/shop/issues/comments/3/reactions").reply(403, { message: "Resource not accessible" });
    nock(API).post("/repos/acme/shop/issues/comments/3/reactions").reply(404, { message: "Not Found" });

    expect(await react(client({ writeTo: 7 }), { commentId: 3 }, "rocket", never())).toContain("pull-requests: write");
    expect(await react(client({ writeTo: 7 }), { commentId: 3 }, "rocket", never())).toContain("404");
  });
});

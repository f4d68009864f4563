import nock from "nock";
import { describe, expect, it } from "vitest";

import { stopRequests } from "../../../src/adapters/github/stop-requests.ts";
import type { StopRequest } from "../../../src/ports/stop-source.ts";
import { API, apiPull, client, HEAD, never, useNock } from "./support.ts";

const ASKED = "2026-11-22T10:00:00Z";

function pullAt(head: string): void {
  nock(API)
    .get("/repos/acme/shop/pulls/7")
    .reply(200, apiPull({ head: { sha: head, repo: { id: 1 } } }));
}

/** What was said in the conversation, where nothing else is told, and nothing in the other place. */
function comments(...over: Readonly<Record<string, unknown>>[]): void {
  said("issues", over);
  said("pulls", []);
}

function said(place: "issues" | "pulls", over: readonly Readonly<Record<string, unknown>>[]): void {
  const all = over.map((one) => ({
    id: 11,
    body: "/parallel-review stop",
    created_at: "2026-11-22T10:01:00Z",
    user: { login: "mona", id: 5, type: "User" },
    performed_via_github_app: null,
    ...one,
  }));
  nock(API)
    .get(`/repos/acme/shop/${place}/7/comments`)
    .query({ since: "2026-11-22T10:00:00.000Z", per_page: 100 })
    .reply(200, all);
}

function mayWrite(permission: string): void {
  nock(API)
    .get("/repos/acme/shop/collaborators/mona/permission")
    .reply(200, { permission, role_name: permission, user: { id: 5, type: "User" } });
}

const look = async (): Promise<StopRequest | undefined> =>
  stopRequests({
    read: client(),
    pullRequest: 7,
    head: HEAD,
    sinceMs: Date.parse(ASKED),
    asked: { commentId: 10 },
  }).look(never());

describe("stopRequests", () => {
  useNock();

  it("sees a push", async () => {
    pullAt("3".repeat(40));

    expect(await look()).toEqual({ kind: "newer-head", text: `the branch has moved on to ${"3".repeat(40)}` });
  });

  it("sees a stop comment of somebody with write access", async () => {
    pullAt(HEAD);
    said("issues", [{}]);
    mayWrite("write");

    expect(await look()).toEqual({ kind: "stop-command", text: "mona asked for it with `/parallel-review stop`" });
  });

  it("sees a stop comment under lines of the diff, which are numbered by themselves", async () => {
    pullAt(HEAD);
    said("issues", []);
    said("pulls", [{ id: 9 }]);
    mayWrite("write");

    expect(await look()).toMatchObject({ kind: "stop-command" });
  });

  it("obeys nobody without write access", async () => {
    pullAt(HEAD);
    comments({});
    mayWrite("read");

    expect(await look()).toBeUndefined();
  });

  it.each([
    ["another command", { body: "/parallel-review" }],
    ["a quoted one", { body: "> /parallel-review stop" }],
    ["one from before the run was asked for", { created_at: "2026-11-22T09:59:00Z" }],
    ["the comments up to the one that asked for the run", { id: 10 }],
    ["a bot's", { user: { login: "evil[bot]", id: 6, type: "Bot" } }],
    ["an account's that is gone", { user: null }],
  ])("leaves alone %s", async (_what, over) => {
    pullAt(HEAD);
    comments(over);

    expect(await look()).toBeUndefined();
  });

  it("stops nothing when GitHub does not answer", async () => {
    nock(API).persist().get(/.*/).reply(503, { message: "No" });

    expect(await look()).toBeUndefined();
    nock.cleanAll();
  });
});

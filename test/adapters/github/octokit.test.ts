import nock from "nock";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { createGitHub } from "../../../src/adapters/github/octokit.ts";
import { ConfigurationError, ExternalError } from "../../../src/domain/errors.ts";
import { API, TOKEN, client, never, useNock } from "./support.ts";

const READ = { route: "GET /repos/{owner}/{repo}/pulls/{pull_number}", parameters: { pull_number: 7 } };
const WRITE = {
  route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  parameters: { issue_number: 7, body: "private text of the review" },
};
const DOING = { what: "read it", permission: "pull-requests: read" } as const;
const Any = z.object({ number: z.number() });

describe("a GitHub client", () => {
  useNock();

  it("sends the API version, its own name and the token", async () => {
    nock(API, {
      reqheaders: {
        "x-github-api-version": "2022-11-28",
        "user-agent": /^parallel-review\b/,
        authorization: `token ${TOKEN}`,
      },
    })
      .get("/repos/acme/shop/pulls/7")
      .reply(200, { number: 7 });

    expect(await client().send(READ, Any, never())).toEqual({ ok: true, data: { number: 7 } });
  });

  it.each([500, 502, 503])("asks a read again after %i", async (status) => {
    nock(API)
      .get("/repos/acme/shop/pulls/7")
      .reply(status, "<html>")
      .get("/repos/acme/shop/pulls/7")
      .reply(200, { number: 7 });

    expect((await client().send(READ, Any, never())).ok).toBe(true);
  });

  it.each([401, 403, 404, 422, 429])("takes %i for an answer to a read", async (status) => {
    nock(API).get("/repos/acme/shop/pulls/7").reply(status, { message: "No" });

    expect(await client().send(READ, Any, never())).toMatchObject({ ok: false, failure: { status, message: "No" } });
  });

  it.each([500, 502, 503, 409, 429])("sends a write once when GitHub answers %i", async (status) => {
    let sent = 0;
    nock(API)
      .persist()
      .post("/repos/acme/shop/issues/7/comments")
      .reply(() => [status, (sent += 1)]);

    const answer = await client({ writeTo: 7 }).send(WRITE, z.unknown(), never());

    expect(answer.ok).toBe(false);
    expect(sent).toBe(1);
    nock.cleanAll();
  });

  it("sends a write once when the connection breaks", async () => {
    let sent = 0;
    const fetch = async (): Promise<Response> => {
      sent += 1;
      return Promise.reject(new TypeError("fetch failed", { cause: new Error("ECONNRESET") }));
    };

    const answer = await client({ writeTo: 7, fetch }).send(WRITE, z.unknown(), never());

    expect(answer).toMatchObject({ ok: false, failure: { kind: "unavailable", status: undefined } });
    expect(sent).toBe(1);
  });

  it("takes an answer that broke off for no answer", async () => {
    nock(API)
      .post("/repos/acme/shop/issues/7/comments")
      .reply(201, '{"number": 7', { "content-type": "application/json" });

    const answer = await client({ writeTo: 7 }).send(WRITE, Any, never());

    expect(answer).toMatchObject({ ok: false, failure: { kind: "unavailable", status: 201 } });
  });

  it("waits for a short secondary limit once, and does not wait for a long one", async () => {
    const limited = { message: "You have exceeded a secondary rate limit." };
    nock(API)
      .get("/repos/acme/shop/pulls/7")
      .reply(403, limited, { "retry-after": "30" })
      .get("/repos/acme/shop/pulls/7")
      .reply(200, { number: 7 });
    const patient = client({ spacing: "github" });

    expect((await patient.send(READ, Any, never())).ok).toBe(true);

    nock(API).get("/repos/acme/shop/pulls/7").reply(403, limited, { "retry-after": "3000" });
    expect(await patient.send(READ, Any, never())).toMatchObject({ ok: false, failure: { kind: "rate-limited" } });
  });

  it("ends an exchange that takes too long", async () => {
    const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      });

    const answer = await client({ writeTo: 7, fetch, timeoutMs: 5 }).send(WRITE, z.unknown(), never());

    expect(answer).toMatchObject({ ok: false, failure: { kind: "unavailable" } });
  });

  it("stops when aborted", async () => {
    const controller = new AbortController();
    const fetch = async (): Promise<Response> => {
      controller.abort(new Error("stopped by the test"));
      return Promise.reject(controller.signal.reason);
    };

    await expect(client({ fetch }).send(READ, Any, controller.signal)).rejects.toThrow("stopped by the test");
  });

  it("rejects, loudly and unsent, a request that is not on the list", async () => {
    const request = { route: "PUT /repos/{owner}/{repo}/pulls/7/merge" };

    await expect(client({ writeTo: 7 }).send(request, z.unknown(), never())).rejects.toThrow("may send to GitHub");
  });

  it("keeps the token and what was sent out of every error", async () => {
    const answers = [401, 403, 404, 410, 422, 451, 500].map((status) => ({
      status,
      body: { message: "Refused", errors: [{ message: "line must be part of the diff" }] },
    }));

    for (const { status, body } of answers) {
      nock(API).post("/repos/acme/shop/issues/7/comments").reply(status, body, { "x-github-request-id": "AB:12" });
      const error: unknown = await client({ writeTo: 7 })
        .ask(WRITE, z.unknown(), DOING, never())
        .catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(Error);
      const all = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause);
      expect(all).toContain("AB:12");
      expect(all).not.toContain(TOKEN.slice(4));
      expect(all).not.toContain("private text");
    }
  });

  it.each([
    [401, {}, ConfigurationError, "does not accept the token"],
    [403, { message: "Resource not accessible by integration" }, ConfigurationError, "pull-requests: read"],
    [404, { message: "Not Found" }, ConfigurationError, "does not exist, or the token may not see it"],
    [410, {}, ConfigurationError, "gone for good"],
    [451, {}, ConfigurationError, "legal"],
    [422, { message: "Validation Failed" }, ExternalError, "(422): Validation Failed"],
    [403, { message: "Repository was archived so is read-only." }, ConfigurationError, "the repository is archived"],
    [503, "down", ExternalError, "not answering (503)"],
  ])("explains %i", async (status, body, type, text) => {
    nock(API).persist().get("/repos/acme/shop/pulls/7").reply(status, body);

    const error: unknown = await client()
      .ask(READ, Any, DOING, never())
      .catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(type);
    expect(String(error)).toContain(text);
    nock.cleanAll();
  });

  it("names the permissions that GitHub says would do", async () => {
    nock(API)
      .get("/repos/acme/shop/pulls/7")
      .reply(
        403,
        { message: "Resource not accessible" },
        { "x-accepted-github-permissions": "issues=write; contents=write" },
      );

    await expect(client().ask(READ, Any, DOING, never())).rejects.toThrow("any of: issues=write; contents=write");
  });

  it.each(["acme", "acme/shop/x", "/shop", ""])("refuses %j for a repository", (repository) => {
    expect(() => createGitHub({ repository, token: TOKEN })).toThrow("write it as owner/name");
  });

  it("refuses to start without a token", () => {
    expect(() => createGitHub({ repository: "acme/shop", token: "" })).toThrow("github-token");
  });
});

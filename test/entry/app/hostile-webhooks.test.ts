import { createHmac } from "node:crypto";
import { connect } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readAppSettings } from "../../../src/entry/app/app-settings.ts";
import { type DoorStage, OLD_SECRET, openDoor, SECRET, sign } from "./app-stage.ts";

const COMMENT = {
  action: "created",
  installation: { id: 7 },
  repository: { id: 70, full_name: "acme/shop" },
  issue: { number: 3, state: "open", pull_request: {} },
  comment: { id: 99, body: "/parallel-review", user: { login: "dev", id: 5, type: "User" } },
};

describe("webhooks that are not GitHub's, or not what they seem", () => {
  let door: DoorStage;
  beforeAll(async () => {
    door = await openDoor();
  });
  afterAll(() => door[Symbol.asyncDispose]());

  const body = JSON.stringify(COMMENT);

  it.each([
    ["no signature", 401, { "x-hub-signature-256": undefined }],
    ["a SHA-1 signature only", 401, sha1Only()],
    ["a SHA-1 signature in the place of the other", 401, { "x-hub-signature-256": sha1Only()["x-hub-signature"] }],
    ["a signature by the secret that probot falls back to", 401, { "x-hub-signature-256": sign(body, "development") }],
    ["a signature in capital letters", 401, { "x-hub-signature-256": sign(body).toUpperCase() }],
    ["two signatures, one of them right", 401, { "x-hub-signature-256": `${sign("x")}, ${sign(body)}` }],
    ["a signature of the right length that is none", 401, { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }],
    ["no event", 400, { "x-github-event": undefined }],
    ["two events", 400, { "x-github-event": "issue_comment, ping" }],
    ["no delivery", 400, { "x-github-delivery": undefined }],
    ["two deliveries", 400, { "x-github-delivery": "a, b" }],
    ["a form", 415, { "content-type": "application/x-www-form-urlencoded" }],
    ["another charset", 415, { "content-type": "application/json; charset=utf-16" }],
  ])("A56: %s", async (_, status, headers) => {
    const answer = await door.deliver("issue_comment", COMMENT, { headers });

    expect(answer.status).toBe(status);
    expect(door.submitted).toEqual([]);
  });

  function sha1Only(): { "x-hub-signature-256": undefined; "x-hub-signature": string } {
    const signature = createHmac("sha1", SECRET).update(JSON.stringify(COMMENT)).digest("hex");
    return { "x-hub-signature-256": undefined, "x-hub-signature": `sha1=${signature}` };
  }

  it("A56: a body that differs by one byte, or by how it is written", async () => {
    const headers = { "x-hub-signature-256": sign(body) };
    for (const other of [
      body.replace("dev", "dex"),
      `${body} `,
      `\uFEFF${body}`,
      JSON.stringify(COMMENT, undefined, 1),
    ]) {
      expect((await door.deliver("issue_comment", {}, { body: other, headers })).status).toBe(401);
    }
    const invalid = Buffer.concat([Buffer.from(body), Buffer.from([0xff])]);
    expect((await door.deliver("issue_comment", {}, { body: invalid })).status).toBe(401);
    expect(door.submitted).toEqual([]);
  });

  it("A56: while a secret is being changed, both count", async () => {
    const payload = { ...COMMENT, comment: { ...COMMENT.comment, id: 1 } };
    expect((await door.deliver("issue_comment", payload, { secret: OLD_SECRET })).status).toBe(202);
    const next = { ...COMMENT, comment: { ...COMMENT.comment, id: 2 } };
    expect((await door.deliver("issue_comment", next, { secret: SECRET })).status).toBe(202);
  });

  it.each([
    ["", "is not set"],
    ["development", "everybody knows"],
    ["short but secret", "too weak"],
    ["a".repeat(64), "too weak"],
  ])("A56: it does not start with the secret %j", (secret, problem) => {
    const env = { APP_ID: "1", PRIVATE_KEY: "x", WEBHOOK_SECRET: secret };
    expect(() => readAppSettings(env)).toThrow(problem);
    expect(() => readAppSettings(env)).toThrow("openssl rand -hex 32");
    const previous = { ...env, WEBHOOK_SECRET: SECRET, WEBHOOK_SECRET_PREVIOUS: secret === "" ? "x" : secret };
    expect(() => readAppSettings(previous)).toThrow("WEBHOOK_SECRET_PREVIOUS");
  });

  it("A57: the same event again is one job, by its delivery and by its comment", async () => {
    const payload = { ...COMMENT, comment: { ...COMMENT.comment, id: 500 } };
    const before = door.submitted.length;
    const same = { delivery: "11111111-2222-3333-4444-555555555555" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => door.deliver("issue_comment", payload, same)));
    const renamed = await door.deliver("issue_comment", payload);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 202]);
    expect(renamed.status).toBe(200);
    expect(door.submitted.slice(before).map(({ key }) => key)).toEqual(["acme/shop#3/comment-500"]);
  });

  it("A58: 26 MB are refused by what is declared, before any of it is read", async () => {
    const head = rawHead(`content-length: ${26 * 1024 * 1024}`);
    // Not one byte of the body is sent.
    expect(await firstLine(door.url, [head])).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("A58: 26 MB without a declared length are refused once there are too many", async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 32);
    const chunk = Buffer.concat([Buffer.from(`${megabyte.length.toString(16)}\r\n`), megabyte, Buffer.from("\r\n")]);
    // The last chunk never comes: only who stops reading can answer.
    const sent = [rawHead("transfer-encoding: chunked"), ...Array.from({ length: 26 }, () => chunk)];
    expect(await firstLine(door.url, sent)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("A58: addresses in a payload are not followed, and names in it reach no prototype", async () => {
    const before = door.submitted.length;
    const hostile = `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},${JSON.stringify({
      ...COMMENT,
      comment: { ...COMMENT.comment, id: 600, url: "http://169.254.169.254/latest", __proto__x: 1 },
      repository: { ...COMMENT.repository, url: "http://169.254.169.254/", comments_url: "http://169.254.169.254/" },
    }).slice(1)}`;

    expect((await door.deliver("issue_comment", {}, { body: hostile })).status).toBe(202);

    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    expect(JSON.stringify(door.submitted.slice(before))).not.toContain("169.254");
  });

  it.each([
    ["not JSON", "{", 400],
    ["a list", "[]", 400],
    ["nothing but brackets", "[".repeat(200_000), 400],
    ["null", "null", 400],
    ["empty objects where fields should be", '{"installation":{},"repository":{}}', 422],
    ["a repository that is a path", JSON.stringify({ ...COMMENT, repository: { id: 1, full_name: "../../etc" } }), 422],
    [
      "an id that is no number",
      JSON.stringify({ ...COMMENT, comment: { ...COMMENT.comment, id: "1; drop table" } }),
      422,
    ],
    ["no installation", JSON.stringify({ ...COMMENT, installation: undefined }), 200],
  ])("A58: signed, and yet %s", async (_, text, status) => {
    const before = door.submitted.length;

    expect((await door.deliver("issue_comment", {}, { body: text })).status).toBe(status);
    expect(door.submitted).toHaveLength(before);
  });

  it("A59: GitHub and the public address are reached by https, but for this machine", () => {
    const env = { APP_ID: "1", PRIVATE_KEY: "x", WEBHOOK_SECRET: SECRET };
    for (const name of ["GITHUB_API_URL", "GITHUB_SERVER_URL", "PUBLIC_URL"]) {
      expect(() => readAppSettings({ ...env, [name]: "http://evil.example" })).toThrow(`${name} must be https`);
    }
  });

  it("puts nothing of a payload, and no secret, into the log or an answer", async () => {
    const canary = "canary-7f3a";
    const payload = { ...COMMENT, comment: { ...COMMENT.comment, id: 700, body: `/parallel-review ask "${canary}"` } };
    door.broken = true;
    const failed = await door.deliver("issue_comment", payload);
    door.broken = false;
    const answers = [
      failed,
      await door.deliver("issue_comment", payload),
      await door.deliver("issue_comment", payload, { secret: canary }),
      await door.deliver("issue_comment", { ...payload, repository: canary }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([503, 202, 401, 422]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(door.log()).toContain('"outcome":"queued"');
    expect([...texts, door.log()].join("\n")).not.toContain(canary);
    expect(door.log()).not.toContain(SECRET);
  });
});

function rawHead(length: string): Buffer {
  const lines = [
    "POST /api/github/webhooks HTTP/1.1",
    "host: localhost",
    "content-type: application/json",
    "x-github-event: issue_comment",
    "x-github-delivery: abc",
    `x-hub-signature-256: sha256=${"0".repeat(64)}`,
    length,
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
}

/** The first line of the answer to what is written, and no more. */
async function firstLine(url: string, parts: readonly Buffer[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.on("data", (data) => resolve(String(data).split("\r\n", 1)[0] ?? ""));
  socket.on("error", () => resolve("the connection was reset"));
  for (const part of parts) socket.write(part);
  const line = await promise;
  socket.destroy();
  return line;
}

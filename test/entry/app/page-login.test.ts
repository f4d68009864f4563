import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { webLogin } from "../../../src/adapters/github/web-login.ts";
import { loginGate } from "../../../src/entry/app/login-gate.ts";
import { pageRoutes } from "../../../src/entry/app/page-routes.ts";
import { CLIENT, type OAuthServer, oauthServer, type Person } from "../../support/oauth-server.ts";
import { pageScene, reviewed, SCENE_MS, type Scene, stuck } from "../../support/page-scene.ts";

const PUBLIC = "https://reviews.acme.example";

let github: OAuthServer;
let scene: Scene;
let nowMs: number;

beforeEach(async () => {
  github = await oauthServer();
  scene = await pageScene();
  nowMs = SCENE_MS;
});

afterEach(async () => {
  await scene[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
});

/** Somebody's browser: it keeps cookies and sends what browsers send. */
function browser(secret = "k".repeat(32)): {
  readonly cookies: Map<string, string>;
  readonly get: (path: string) => Promise<Response>;
  readonly post: (path: string, form?: Record<string, string>) => Promise<Response>;
  readonly signIn: (person: Person, to?: string) => Promise<Response>;
} {
  const cookies = new Map<string, string>();
  const login = webLogin({ ...CLIENT, apiUrl: github.url });
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  const access = loginGate({ login, publicUrl: PUBLIC, secret, clock });
  const closing = new AbortController().signal;
  const app = pageRoutes({ ...scene, access, clock, serverUrl: "https://github.com", closing });
  const send = async (path: string, headers: Record<string, string>, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await app.request(path, { ...init, headers: { ...headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const get = (path: string): Promise<Response> => send(path, {});
  return {
    cookies,
    get,
    post: (path, form = {}) => send(path, { origin: PUBLIC }, { method: "POST", body: new URLSearchParams(form) }),
    async signIn(person, to = "/runs") {
      const away = await get(`/login?to=${encodeURIComponent(to)}`);
      const back = new URL(github.agree(away.headers.get("location") ?? "", person));
      return get(`${back.pathname}${back.search}`);
    },
  };
}

const mona = (): Person => ({ name: "mona", repositories: new Map([[101, "write"]]) });
const hubot = (): Person => ({ name: "hubot", repositories: new Map([[101, "read"]]) });
const csrfIn = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";

describe("signing in with GitHub", () => {
  it("sends the browser to GitHub with a state and a challenge, and back to where it came from", async () => {
    const id = await scene.add({}, stuck());
    const { get, signIn, cookies } = browser();

    const first = await get(`/runs/${id}`);
    expect(first.status).toBe(401);
    expect(await first.text()).toContain(`href="/login?to=%2Fruns%2F${id}"`);
    const asked = new URL((await get("/login")).headers.get("location") ?? "").searchParams;
    expect([asked.get("client_id"), asked.get("redirect_uri"), asked.get("code_challenge_method")]).toEqual([
      CLIENT.clientId,
      `${PUBLIC}/login/callback`,
      "S256",
    ]);
    expect(asked.get("state")?.length).toBeGreaterThan(30);
    const back = await signIn(mona(), `/runs/${id}`);

    expect(back.headers.get("location")).toBe(`/runs/${id}`);
    expect((await get(`/runs/${id}`)).status).toBe(200);
    expect([...cookies.keys()]).toEqual(["__Host-pr_session"]);
  });

  it("keeps the session where no script and no other site gets at it, and the token out of sight", async () => {
    const { signIn } = browser();

    const response = await signIn(mona());

    const cookie = response.headers.getSetCookie().find((line) => line.startsWith("__Host-pr_session=")) ?? "";
    for (const word of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) expect(cookie).toContain(word);
    const [token = ""] = github.tokens.keys();
    const value = /=([^;]+)/.exec(cookie)?.[1] ?? "";
    expect(cookie).not.toContain(token);
    expect(Buffer.from(value, "base64url").toString("latin1")).not.toContain(token);
  });

  it.each([
    ["another state", (back: URL) => back.searchParams.set("state", "x".repeat(43))],
    ["no code", (back: URL) => back.searchParams.delete("code")],
    ["a code that GitHub does not know", (back: URL) => back.searchParams.set("code", "made-up")],
  ])("refuses %s", async (_, spoil) => {
    const { get, cookies } = browser();
    const away = await get("/login");
    const back = new URL(github.agree(away.headers.get("location") ?? "", mona()));
    spoil(back);

    const response = await get(`${back.pathname}${back.search}`);

    expect(response.headers.get("location")).toBe("/signed-out?why=attempt");
    expect([...cookies.keys()]).toEqual([]);
  });

  it("refuses an answer that another browser asked for", async () => {
    const [attacker, victim] = [browser(), browser()];
    const away = await attacker.get("/login");
    const back = new URL(github.agree(away.headers.get("location") ?? "", mona()));

    await victim.get(`${back.pathname}${back.search}`);

    expect([...victim.cookies.keys()]).toEqual([]);
  });

  it.each(["https://evil.example/", "//evil.example", "/\\evil.example", "/login", "/runs/1\r\nx: y"])(
    "goes to no address of others afterwards: %j",
    async (to) => {
      expect((await browser().signIn(mona(), to)).headers.get("location")).toBe("/runs");
    },
  );

  it("does not believe a session that was changed, is of another secret, or is too old", async () => {
    const { get, signIn, cookies } = browser();
    await signIn(mona());
    const session = cookies.get("__Host-pr_session") ?? "";
    expect((await get("/runs")).status).toBe(200);

    cookies.set("__Host-pr_session", `${session.startsWith("A") ? "B" : "A"}${session.slice(1)}`);
    expect((await get("/runs")).status).toBe(401);
    const other = browser("o".repeat(32));
    other.cookies.set("__Host-pr_session", session);
    expect((await other.get("/runs")).status).toBe(401);
    cookies.set("__Host-pr_session", session);
    nowMs += 8 * 3_600_000 + 1;
    expect((await get("/runs")).status).toBe(401);
  });

  it.each([
    ["http://0.0.0.0:3000", false],
    ["http://reviews.acme.example", false],
    ["http://127.0.0.1:3000", true],
    ["https://reviews.acme.example", true],
  ])("is offered at %s: %j", (publicUrl, isOffered) => {
    const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
    const open = (): unknown =>
      loginGate({ login: webLogin({ ...CLIENT, apiUrl: github.url }), publicUrl, secret: "k", clock });

    if (isOffered) expect(open).not.toThrow();
    else expect(open).toThrow(/set PUBLIC_URL to the https address/);
  });

  it("ends with signing out: the session is gone and the token worth nothing", async () => {
    const { get, post, signIn, cookies } = browser();
    await signIn(mona());

    await post("/logout");

    expect(github.tokens.size).toBe(0);
    expect([...cookies.keys()]).toEqual([]);
    expect((await get("/runs")).status).toBe(401);
  });
});

describe("what a person sees", () => {
  it("is what they can read on GitHub; the rest is as if it were not there", async () => {
    const mine = await scene.add({}, reviewed());
    const theirs = await scene.add({ repository: "secret/plans", repositoryId: 909 }, reviewed());
    const dead = await scene.add({ repository: "secret/plans", repositoryId: 909 }, async () => ({
      kind: "failed",
      reason: "a secret reason",
    }));
    for (const [id, state] of [
      [mine, "done"],
      [theirs, "done"],
      [dead, "failed"],
    ] as const) {
      await scene.reaches(id, state);
    }
    const { get, post, signIn } = browser();
    await signIn(mona());
    const csrf = csrfIn(await (await get(`/runs/${mine}`)).text());
    expect(csrf).not.toBe("");

    const unknown = await get("/runs/9999");
    for (const path of [`/runs/${theirs}`, `/runs/${theirs}/transcripts/s1`, `/runs/${dead}`]) {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe(await unknown.clone().text());
    }
    for (const path of ["/runs", "/costs", "/dead-letters"]) {
      expect(await (await get(path)).text()).not.toContain("secret");
    }
    expect(await (await get("/runs?repository=secret/plans")).text()).toContain("No run matches.");
    for (const path of [`/runs/${theirs}/retry`, `/runs/${theirs}/stop`, `/dead-letters/${dead}/replay`]) {
      expect((await post(path, { csrf })).status).toBe(404);
    }
    const stream = await get(`/events/runs/${theirs}`);
    expect(await stream.text()).toBe("event: over\ndata: \n\n");
  });

  it("does not let a reader stop runs, or run them again", async () => {
    const id = await scene.add({}, stuck());
    const { get, post, signIn } = browser();
    await signIn(hubot());
    const html = await (await get(`/runs/${id}`)).text();
    expect(html).toContain("Review of acme/shop#101");
    expect(html).not.toContain("Stop this run");

    expect((await post(`/runs/${id}/stop`, { csrf: csrfIn(html) })).status).toBe(403);
  });

  it("does not take the form of another person", async () => {
    const id = await scene.add({}, stuck());
    const [one, other] = [browser(), browser()];
    await one.signIn(mona());
    await other.signIn(mona());
    const csrf = csrfIn(await (await other.get(`/runs/${id}`)).text());

    expect((await one.post(`/runs/${id}/stop`, { csrf })).status).toBe(403);
  });

  it("follows GitHub within a minute when access is taken away, and asks only once in that time", async () => {
    const id = await scene.add({}, stuck());
    const person = mona();
    const { get, signIn } = browser();
    await signIn(person);
    await get(`/runs/${id}`);
    const asked = github.requests.length;
    person.repositories.delete(101);

    expect((await get(`/runs/${id}`)).status).toBe(200);
    expect(github.requests.length).toBe(asked);
    nowMs += 60_001;
    expect((await get(`/runs/${id}`)).status).toBe(404);
  });

  it("is nothing while GitHub does not tell, and nobody is let in by mistake", async () => {
    const id = await scene.add({}, stuck());
    const { get, signIn } = browser();
    await signIn(mona());
    github.isDown = true;

    const response = await get(`/runs/${id}`);

    expect(response.status).toBe(503);
    expect(await response.text()).toContain("GitHub does not answer");
    github.isDown = false;
    expect((await get(`/runs/${id}`)).status).toBe(200);
  });

  it("is all of 250 repositories", async () => {
    const repositories = new Map(Array.from({ length: 250 }, (_, index) => [1_000 + index, "read"] as const));
    const id = await scene.add({ repositoryId: 1_249 }, stuck());
    const { get, signIn } = browser();
    await signIn({ name: "mona", repositories });

    expect((await get(`/runs/${id}`)).status).toBe(200);
  });
});

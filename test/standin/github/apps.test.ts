import { createHash, createHmac, generateKeyPairSync } from "node:crypto";

import { createAppAuth } from "@octokit/auth-app";
import { exchangeWebFlowCode } from "@octokit/oauth-methods";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { StandinApp, StandinInstallation } from "../../../src/standin/github/apps/model-app.ts";
import subset from "../../contract/github/openapi-subset.json" with { type: "json" };
import { openInbox, type Inbox } from "../../support/webhook-inbox.ts";
import { openShop, refusalOf, SHOP, type Shop } from "./shop.ts";

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const PERMISSIONS = { contents: "read", pull_requests: "write", checks: "write", issues: "write" } as const;
const EVENTS = ["issue_comment", "pull_request", "pull_request_review_comment", "check_run"];

describe("an App on the stand-in", () => {
  let shop: Shop;
  let inbox: Inbox;
  let app: StandinApp;
  let installation: StandinInstallation;

  beforeAll(async () => {
    shop = await openShop();
    inbox = await openInbox();
    app = shop.github.registerApp({
      name: "Parallel Review",
      owner: "acme",
      permissions: PERMISSIONS,
      events: EVENTS,
      hookUrl: inbox.url,
      callbackUrls: ["http://127.0.0.1:1/callback"],
    });
    installation = shop.github.installApp(app, { account: "acme", repositories: ["acme/shop"] });
  });

  afterAll(async () => {
    expect(shop.contract.violations).toEqual([]);
    const described = Object.values(subset.paths)
      .flatMap((item) => Object.values(item))
      .flatMap((operation) =>
        typeof operation === "object" && "operationId" in operation ? operation.operationId : [],
      )
      .filter((id) => id.startsWith("apps/"));
    const seen = new Set(shop.contract.operations.filter((id) => id.startsWith("apps/")));
    expect([...seen].toSorted()).toEqual(described.toSorted());
    await shop[Symbol.asyncDispose]();
    await inbox[Symbol.asyncDispose]();
  });

  const asApp = (auth: Readonly<Record<string, unknown>> = {}): Octokit =>
    new Octokit({
      baseUrl: shop.github.url,
      log: SILENT,
      request: { fetch: shop.contract.fetch },
      authStrategy: createAppAuth,
      auth: { appId: app.id, privateKey: app.privateKey, ...auth },
    });
  const withToken = (auth: string): Octokit =>
    new Octokit({ baseUrl: shop.github.url, log: SILENT, request: { fetch: shop.contract.fetch }, auth });

  it("signs in by a JSON web token that its key signed, and by no other", async () => {
    expect((await asApp().rest.apps.getAuthenticated()).data).toMatchObject({ slug: "parallel-review", id: app.id });
    expect((await asApp({ appId: app.clientId }).rest.apps.getAuthenticated()).data?.id).toBe(app.id);
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const forged = await refusalOf(asApp({ privateKey }).rest.apps.getAuthenticated());
    expect(forged).toEqual({ status: 401, message: "A JSON web token could not be decoded" });
    expect((await refusalOf(asApp({ appId: 1 }).rest.apps.getAuthenticated())).status).toBe(404);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from("{}").toString("base64url")}.x`;
    expect((await refusalOf(withToken(unsigned).rest.apps.getAuthenticated())).status).toBe(401);
  });

  it("lists its installations, and finds the one of a repository", async () => {
    const { data } = await asApp().rest.apps.listInstallations();
    expect(data.map(({ id }) => id)).toEqual([installation.id]);
    const one = await asApp().rest.apps.getInstallation({ installation_id: installation.id });
    expect(one.data).toMatchObject({ repository_selection: "selected", app_slug: "parallel-review" });
    expect((await asApp().rest.apps.getRepoInstallation(SHOP)).data.id).toBe(installation.id);
    expect((await refusalOf(asApp().rest.apps.getInstallation({ installation_id: 1 }))).status).toBe(404);
  });

  it("narrows an installation token to one repository and fewer permissions, and ends it", async () => {
    const asked = { installation_id: installation.id, repositories: ["shop"] };
    const { data } = await asApp().rest.apps.createInstallationAccessToken({
      ...asked,
      permissions: { contents: "read", pull_requests: "read" },
    });
    expect(data).toMatchObject({ permissions: { contents: "read", pull_requests: "read", metadata: "read" } });
    const narrow = withToken(data.token);
    const repositories = await narrow.rest.apps.listReposAccessibleToInstallation();
    expect(repositories.data.repositories.map(({ full_name }) => full_name)).toEqual(["acme/shop"]);
    const comment = { ...SHOP, issue_number: 1, body: "hello" };
    expect((await refusalOf(narrow.rest.issues.createComment(comment))).status).toBe(403);
    await narrow.rest.apps.revokeInstallationAccessToken();
    expect((await refusalOf(narrow.rest.pulls.get({ ...SHOP, pull_number: 1 }))).status).toBe(401);

    const tooMuch = { ...asked, permissions: { workflows: "write" } } as const;
    expect((await refusalOf(asApp().rest.apps.createInstallationAccessToken(tooMuch))).status).toBe(422);
    const elsewhere = { ...asked, repositories: ["other"] };
    expect((await refusalOf(asApp().rest.apps.createInstallationAccessToken(elsewhere))).status).toBe(422);
  });

  it("posts as its bot", async () => {
    const client = asApp({ installationId: installation.id });
    const { data } = await client.rest.issues.createComment({ ...SHOP, issue_number: 1, body: "from the App" });
    expect(data.user).toMatchObject({ login: "parallel-review[bot]", type: "Bot", id: app.bot.id });
  });

  it("is sent what it subscribed to, signed, and again when it asks for that", async () => {
    await shop.github.delivered();
    inbox.clear();
    shop.github.commentAs("dev", shop.repository, 1, "/parallel-review");
    await shop.github.delivered();
    expect(inbox.received.map(({ headers }) => headers["x-github-event"])).toEqual(["issue_comment"]);
    const [first] = inbox.received;
    expect(first?.headers["x-hub-signature-256"]).toBe(
      `sha256=${createHmac("sha256", app.hook.secret)
        .update(first?.body ?? "")
        .digest("hex")}`,
    );
    expect(first?.headers["x-github-delivery"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(first?.headers["user-agent"]).toMatch(/^GitHub-Hookshot\//);
    expect(JSON.parse(first?.body ?? "")).toMatchObject({ action: "created", installation: { id: installation.id } });

    inbox.answer = 500;
    shop.github.commentAs("dev", shop.repository, 1, "/parallel-review plan");
    await shop.github.delivered();
    inbox.answer = 202;
    const failed = await asApp().rest.apps.listWebhookDeliveries({ status: "failure" });
    const [delivery] = failed.data;
    expect(delivery).toMatchObject({ event: "issue_comment", status_code: 500, redelivery: false });
    const detail = await asApp().rest.apps.getWebhookDelivery({ delivery_id: delivery?.id ?? 0 });
    expect(detail.data.request.payload).toMatchObject({ comment: { body: "/parallel-review plan" } });
    await asApp().rest.apps.redeliverWebhookDelivery({ delivery_id: delivery?.id ?? 0 });
    await shop.github.delivered();
    const ids = inbox.received.map(({ headers }) => headers["x-github-delivery"]);
    expect(ids).toHaveLength(3);
    expect(ids[2]).toBe(ids[1]);
  });

  it("pages its deliveries by a cursor", async () => {
    const all = await asApp().rest.apps.listWebhookDeliveries({ per_page: 100 });
    const first = await asApp().rest.apps.listWebhookDeliveries({ per_page: 2 });
    const cursor = /cursor=([^>&]+)/.exec(first.headers.link ?? "")?.[1];
    const second = await asApp().rest.apps.listWebhookDeliveries({
      per_page: 2,
      ...(cursor === undefined ? {} : { cursor }),
    });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(all.data.slice(0, 4).map(({ id }) => id));
  });

  it("hears of the buttons of its own checks", async () => {
    const client = asApp({ installationId: installation.id });
    await client.rest.checks.create({ ...SHOP, name: "review", head_sha: shop.pull.head.sha });
    await shop.github.delivered();
    inbox.clear();
    const [check] = shop.repository.checkRuns.filter((run) => run.app === app.slug);
    if (check === undefined) throw new Error("no check was made");
    shop.github.pressCheckButton("dev", shop.repository, check);
    shop.github.pressCheckButton("dev", shop.repository, check, "review");
    await shop.github.delivered();
    expect(inbox.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { action: "rerequested", check_run: { app: { id: app.id } } },
      { action: "requested_action", requested_action: { identifier: "review" } },
    ]);
  });

  it("keeps the address and the secret of its hook", async () => {
    await asApp().rest.apps.updateWebhookConfigForApp({ secret: "another secret of more than enough length" });
    expect((await asApp().rest.apps.getWebhookConfigForApp()).data).toMatchObject({
      url: inbox.url,
      secret: "********",
    });
    expect(app.hook.secret).toBe("another secret of more than enough length");
  });

  it("lets a person sign in, who sees what both can read", async () => {
    const back = "http://127.0.0.1:1/callback";
    const query = new URLSearchParams({ client_id: app.clientId, redirect_uri: back, state: "s1", login: "dev" });
    query.set("code_challenge", createHash("sha256").update("a verifier").digest("base64url"));
    const sent = await fetch(`${shop.github.url}/login/oauth/authorize?${query.toString()}`, { redirect: "manual" });
    const location = new URL(sent.headers.get("location") ?? "");
    expect(location.searchParams.get("state")).toBe("s1");
    const flow = {
      clientType: "github-app",
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      code: location.searchParams.get("code") ?? "",
      // A page of the site, not of the API that the contract describes.
      request: new Octokit({ baseUrl: shop.github.url, log: SILENT }).request,
    } as const;
    await expect(exchangeWebFlowCode(flow)).rejects.toThrow("code_verifier");
    const proving = { ...flow, request: flow.request.defaults({ code_verifier: "a verifier" }) };
    const { authentication } = await exchangeWebFlowCode(proving);
    const person = withToken(authentication.token);
    expect((await person.rest.users.getAuthenticated()).data.login).toBe("dev");
    const { data } = await person.rest.apps.listInstallationsForAuthenticatedUser();
    expect(data.installations.map(({ id }) => id)).toEqual([installation.id]);
    const seen = await person.rest.apps.listInstallationReposForAuthenticatedUser({ installation_id: installation.id });
    expect(seen.data.repositories.map(({ full_name }) => full_name)).toEqual(["acme/shop"]);
    await expect(exchangeWebFlowCode(flow)).rejects.toThrow("bad_verification_code");
    const stranger = new URLSearchParams({
      client_id: app.clientId,
      redirect_uri: "http://evil.example/",
      login: "dev",
    });
    const refused = await fetch(`${shop.github.url}/login/oauth/authorize?${stranger.toString()}`, {
      redirect: "manual",
    });
    expect(new URL(refused.headers.get("location") ?? "").origin).toBe("http://127.0.0.1:1");
  });

  it("is made from a manifest, whose code is good for one exchange", async () => {
    const manifest = {
      name: "made here",
      url: "http://127.0.0.1:1",
      redirect_url: "http://127.0.0.1:1/setup/done",
      hook_attributes: { url: inbox.url, active: true },
      default_permissions: { checks: "write", contents: "read" },
      default_events: ["check_run"],
      public: false,
    };
    const sent = await fetch(`${shop.github.url}/settings/apps/new?state=s2`, {
      method: "POST",
      body: new URLSearchParams({ manifest: JSON.stringify(manifest) }),
      redirect: "manual",
    });
    const location = new URL(sent.headers.get("location") ?? "");
    expect([location.pathname, location.searchParams.get("state")]).toEqual(["/setup/done", "s2"]);
    const anonymous = shop.client(undefined);
    const code = location.searchParams.get("code") ?? "";
    const { data } = await anonymous.rest.apps.createFromManifest({ code });
    expect(data).toMatchObject({ slug: "made-here", events: ["check_run"], permissions: { checks: "write" } });
    const made = asApp({ appId: data.id, privateKey: data.pem });
    expect((await made.rest.apps.getAuthenticated()).data?.slug).toBe("made-here");
    expect((await refusalOf(anonymous.rest.apps.createFromManifest({ code }))).status).toBe(404);
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { appChecks } from "../../../src/entry/app/app-checks.ts";
import { readAppSettings } from "../../../src/entry/app/app-settings.ts";
import { withEnvFile } from "../../../src/entry/app/env-file.ts";
import { setUp } from "../../../src/entry/app/set-up.ts";
import { setupRoutes } from "../../../src/entry/app/setup-routes.ts";
import { type GitHubStandin, startGitHub } from "../../../src/standin/github/start-github.ts";

describe("the first run", () => {
  let github: GitHubStandin;
  let data: string;
  let printed: string[];
  let ending: AbortController;
  beforeEach(async () => {
    github = await startGitHub();
    await github.addRepository({ owner: "acme", name: "shop" });
    data = mkdtempSync(join(tmpdir(), "app-setup-"));
    printed = [];
    ending = new AbortController();
  });
  afterEach(async () => {
    ending.abort();
    await github[Symbol.asyncDispose]();
    rmSync(data, { recursive: true, force: true });
  });

  const start = async (): Promise<{ readonly done: Promise<boolean>; readonly address: URL }> => {
    const { url } = github;
    const done = setUp(
      {
        apiUrl: url,
        serverUrl: url,
        publicUrl: undefined,
        host: "127.0.0.1",
        port: 0,
        data,
        print: (text) => void printed.push(text),
      },
      ending.signal,
    );
    const address = await expect
      .poll(() => /http:\S+\/setup\?key=\S+/.exec(printed.join("\n"))?.[0])
      .toBeTruthy()
      .then(() => new URL(/http:\S+\/setup\?key=\S+/.exec(printed.join("\n"))?.[0] ?? ""));
    return { done, address };
  };

  /** What pressing the button of the page does, up to where GitHub sends the browser. */
  const press = async (page: string): Promise<string> => {
    const action = /action="([^"]+)"/.exec(page)?.[1] ?? "";
    const manifest = (/name="manifest" value="([^"]+)"/.exec(page)?.[1] ?? "").replaceAll("&quot;", '"');
    const body = new URLSearchParams({ manifest });
    const sent = await fetch(action, { method: "POST", body, redirect: "manual" });
    return sent.headers.get("location") ?? "";
  };

  it("makes an App with one button, keeps its keys for the owner alone, and can go on with them", async () => {
    const { done, address } = await start();

    const location = await press(await (await fetch(address)).text());
    const last = await fetch(location);

    expect(await last.text()).toContain(`${github.url}/apps/parallel-review/installations/new`);
    expect(await done).toBe(true);
    const file = join(data, ".env");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const settings = readAppSettings(withEnvFile(data, {}));
    const leaseOf = (text: string): number => readAppSettings(withEnvFile(data, { LEASE_SECONDS: text })).leaseSeconds;
    expect(["", "10", "3600"].map(leaseOf)).toEqual([30, 10, 3_600]);
    expect(() => leaseOf("5")).toThrow("LEASE_SECONDS must be at least 10");
    expect(() => leaseOf("4000")).toThrow("LEASE_SECONDS must be at most 3600");
    expect(() => leaseOf("soon")).toThrow("LEASE_SECONDS must be a number of seconds");
    const app = github.app("parallel-review");
    expect(settings).toMatchObject({
      appId: app.id,
      webhookSecrets: [app.hook.secret],
      apiUrl: github.url,
      login: { clientId: app.clientId, clientSecret: app.clientSecret },
    });
    expect(settings.privateKey.trim()).toBe(app.privateKey.trim());
    expect(app.hook.url).toBe(`${address.origin}/api/github/webhooks`);
    expect(app.permissions).toEqual({
      contents: "write",
      pull_requests: "write",
      issues: "write",
      checks: "write",
      metadata: "read",
      security_events: "write",
    });
    expect(printed.join("\n")).not.toContain(app.hook.secret);
    expect(readFileSync(file, "utf8")).toContain("WEBHOOK_SECRET");
  });

  it("is begun by nobody who cannot see the terminal, and ended by nobody who did not begin it", async () => {
    const { address } = await start();

    expect((await fetch(`${address.origin}/setup`)).status).toBe(403);
    expect((await fetch(`${address.origin}/setup?key=${"x".repeat(24)}`)).status).toBe(403);
    expect((await fetch(`${address.origin}/setup/done?code=abc&state=`)).status).toBe(400);
    expect((await fetch(`${address.origin}/setup/done?code=abc&state=guess`)).status).toBe(400);
    const hostile = new URL(address);
    hostile.searchParams.set("name", '"><script>alert(1)</script>');
    expect((await fetch(hostile)).status).toBe(400);
    expect(() => readAppSettings(withEnvFile(data, {}))).toThrow("APP_ID");
  });

  it("looks as the other pages, and warns where GitHub would find nobody", async () => {
    const routes = (publicUrl: string): ReturnType<typeof setupRoutes> =>
      setupRoutes({
        apiUrl: "https://api.github.com",
        serverUrl: "https://github.com",
        publicUrl,
        key: "k",
        save: () => undefined,
        done: () => undefined,
      });
    const page = async (publicUrl: string): Promise<string> => (await routes(publicUrl).request("/setup?key=k")).text();

    expect(await page("http://127.0.0.1:3000")).toContain("GitHub cannot reach");
    expect(await page("https://reviews.example.com")).not.toContain("cannot reach");
    const style = /<link rel="stylesheet" href="([^"]+)"/.exec(await page("https://reviews.example.com"))?.[1] ?? "";
    const served = await routes("https://reviews.example.com").request(style);
    expect([served.status, served.headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"]);
    const other = await routes("https://reviews.example.com").request("/runs");
    expect([other.status, await other.text()]).toEqual([
      404,
      expect.stringContaining("address that the terminal shows"),
    ]);
  });

  it("takes no code twice", async () => {
    const { done, address } = await start();
    const page = await (await fetch(address)).text();
    const location = new URL(await press(page));
    location.searchParams.set("code", "another");
    expect((await fetch(location)).status).toBe(502);
    expect((await fetch(location)).status).toBe(400);
    ending.abort();
    expect(await done).toBe(false);
  });

  it("and afterwards the doctor names each thing that is missing, and how to mend it", async () => {
    const app = github.registerApp({
      name: "poor",
      owner: "acme",
      permissions: { contents: "write", pull_requests: "read", issues: "write" },
      events: ["issue_comment", "pull_request"],
    });
    const env = {
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKey,
      WEBHOOK_SECRET: app.hook.secret,
      GITHUB_API_URL: github.url,
    };
    const examine = async (): Promise<Record<string, string>> => {
      const results: Record<string, string> = {};
      for (const { what, run } of appChecks(data, env, ending.signal)) {
        results[what] = await run().catch((error: unknown) => `FAIL ${String(error)}`);
      }
      return results;
    };

    const before = await examine();
    expect(before["App permission contents: write"]).not.toContain("FAIL");
    expect(before["App permission pull_requests: write"]).toContain("the App has read");
    expect(before["App permission pull_requests: write"]).toContain('Set "Pull requests" to "Read and write"');
    expect(before["App permission checks: write"]).toContain("the App has none");
    expect(before["App permission security_events: write"]).toContain('Set "Code scanning alerts" to');
    expect(before["App event check_run"]).toContain('tick "Check run"');
    expect(before["App event issue_comment"]).toBe("subscribed");
    expect(before["App webhook"]).toContain("/api/github/webhooks");
    expect(before["App installations"]).toContain("installed nowhere");

    const installation = github.installApp(app, { account: "acme" });
    app.permissions = { ...app.permissions, pull_requests: "write", checks: "write", security_events: "write" };
    app.events = [...app.events, "check_run", "pull_request_review_comment", "push"];
    github.pointHook(app, "http://127.0.0.1:1/api/github/webhooks");
    expect((await examine())["App installations"]).toContain(
      "acme has not accepted pull_requests: write, checks: write, security_events: write",
    );
    installation.permissions = app.permissions;
    expect(Object.values(await examine()).filter((text) => text.startsWith("FAIL"))).toEqual([]);
    const examined = async (more: NodeJS.ProcessEnv, name: string): Promise<string | undefined> =>
      appChecks(data, { ...env, ...more }, ending.signal)
        .find(({ what }) => what === name)
        ?.run()
        .catch(String);
    const database = await examined({ DATABASE_URL: "postgres://u:hidden@127.0.0.1:1/x" }, "App database");
    expect(database).toContain("the database of DATABASE_URL cannot be reached: connect ECONNREFUSED");
    expect(database).not.toContain("hidden");
    expect(await examined({ CLAUDE_PROVIDER: "foundry" }, "App way to Claude")).toContain(
      "foundry needs CLAUDE_RESOURCE",
    );
    expect(await examined({ PUBLIC_URL: "reviews" }, "App settings")).toContain("PUBLIC_URL must be an https URL");
    expect(await appChecks(data, {}, ending.signal)[0]?.run()).toContain("none is set up");
  });
});

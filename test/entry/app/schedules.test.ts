import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { APP_EVENTS, appManifest } from "../../../src/adapters/github/app/manifest.ts";
import type { RunSummary } from "../../../src/domain/run-summary.ts";
import { readAllSchedules } from "../../../src/entry/app/read-schedules.ts";
import { SETTINGS_PATH } from "../../../src/entry/compose-review.ts";
import type { ScheduledJob } from "../../../src/ports/job-queue.ts";
import type { StandinApp } from "../../../src/standin/github/apps/model-app.ts";
import { isPull, type StandinPullRequest } from "../../../src/standin/github/model.ts";
import { openShop, type Shop } from "../../standin/github/shop.ts";
import { type Gate, openGate } from "../gate.ts";
import { openWork, type WorkStage } from "./work-stage.ts";

const QUERY = [
  "export async function names(db, ids) {",
  "  for (const id of ids) {",
  '    await db.query("SELECT name FROM products WHERE id = $1", [id]);',
  "  }",
  "}",
  "",
].join("\n");
const NIGHTLY = [
  "schedules:",
  "  - recipe: database",
  "    cron: 30 3 * * 1-5",
  "    time-zone: Europe/Vienna",
  "    report-path: docs/database.md",
  "    budget-usd: 2",
  "",
].join("\n");

describe("schedules in a repository's settings", () => {
  const signal = AbortSignal.timeout(60_000);
  let shop: Shop;
  let app: StandinApp;
  let gate: Gate;
  let stage: WorkStage;

  beforeEach(async () => {
    shop = await openShop();
    gate = await openGate(shop.github.url);
    const { default_permissions: permissions } = appManifest({ name: "x", publicUrl: gate.url });
    app = shop.github.registerApp({ name: "Parallel Review", owner: "acme", permissions, events: APP_EVENTS });
    const { id: appId, privateKey, hook, slug } = app;
    stage = await openWork({ appId, privateKey, apiUrl: gate.url, secret: hook.secret, slug });
    shop.github.pointHook(app, stage.door.url);
    shop.github.installApp(app, { account: "acme" });
  });
  afterEach(async () => {
    await stage[Symbol.asyncDispose]();
    expect(gate.violations).toEqual([]);
    await gate[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  const push = async (files: Record<string, string | null>, branch = "main"): Promise<void> => {
    await shop.github.push(shop.repository, branch, files);
    await shop.github.delivered();
  };
  /** Pushes the settings, and waits until the App has read them. */
  const settings = async (text: string | null): Promise<RunSummary | undefined> => {
    await push({ [SETTINGS_PATH]: text });
    const [newest] = await stage.settled();
    return newest;
  };
  const schedules = (): readonly ScheduledJob[] => stage.door.schedules.get(shop.repository.id) ?? [];
  const proposals = (): readonly StandinPullRequest[] =>
    [...shop.repository.issues.values()].filter(isPull).filter(({ head }) => head.ref.startsWith("parallel-review/"));
  /** As the queue does when the time has come. */
  const fallDue = async (): Promise<RunSummary | undefined> => {
    for (const { job } of schedules()) {
      await stage.door.queue.submit({ ...job, key: `${job.key}/1`, delivery: "clock-1", receivedMs: 1 }, signal);
    }
    return (await stage.settled()).find(({ kind }) => kind === "audit");
  };

  it("become audits that open a pull request with the report, with tokens for that and no more", async () => {
    await push({ "src/names.ts": QUERY });
    expect(stage.door.submitted).toEqual([]);
    expect(await settings(NIGHTLY)).toMatchObject({ kind: "housekeeping", status: "done" });
    expect(schedules()).toMatchObject([
      { cron: "30 3 * * 1-5", timeZone: "Europe/Vienna", job: { kind: "audit", repository: "acme/shop" } },
    ]);

    expect(await fallDue()).toMatchObject({ kind: "audit", status: "done", title: "audit database" });

    expect(proposals().map(({ author, files }) => [author.login, files.map(({ path }) => path)])).toEqual([
      ["parallel-review[bot]", ["docs/database.md"]],
    ]);
    const issued = shop.github.journal.entries.filter(({ path }) => path.endsWith("/access_tokens")).slice(0, 3);
    const [settingsToken, ...auditTokens] = issued.map((entry) => ("body" in entry ? entry.body : undefined));
    expect(settingsToken).toEqual({
      repository_ids: [shop.repository.id],
      permissions: { contents: "read", metadata: "read" },
    });
    // The two of a job are asked for at once.
    expect(auditTokens).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ permissions: expect.objectContaining({ contents: "read", pull_requests: "read" }) }),
        {
          repository_ids: [shop.repository.id],
          permissions: {
            contents: "write",
            metadata: "read",
            issues: "read",
            pull_requests: "write",
            security_events: "write",
          },
        },
      ]),
    );
    expect(auditTokens).toHaveLength(2);
  });

  it("open pull requests that the App does not review by itself, whoever pushes there; a comment has one reviewed", async () => {
    await push({ "src/names.ts": QUERY });
    await settings(NIGHTLY);
    await fallDue();
    const [report] = proposals();
    if (report === undefined) throw new Error("nothing was proposed");
    await push({ "docs/more.md": "More.\n" }, report.head.ref);
    expect((await stage.settled()).map(({ kind }) => kind)).toEqual(["audit", "housekeeping"]);

    shop.github.commentAs("dev", shop.repository, report.number, "/parallel-review");
    await shop.github.delivered();
    expect((await stage.settled())[0]).toMatchObject({ kind: "command", status: "done", title: "review" });
    expect(report.reviews).toHaveLength(1);
  });

  it("hand what strangers could use to code scanning, in a public repository", async () => {
    await push({ "src/hole.ts": 'export const run = (req) => eval(req.query.formula + "");\n' });
    await settings("schedules:\n  - recipe: security\n    cron: 0 3 * * *\n");

    expect(await fallDue()).toMatchObject({ status: "done", title: "audit security" });

    expect(shop.repository.sarifUploads).toHaveLength(1);
    expect(proposals()).toEqual([]);
  });

  it("end with the setting, and stay while the settings are broken", async () => {
    await settings(NIGHTLY);
    const before = schedules();
    expect(before).toHaveLength(1);

    expect(await settings("schedules:\n  - recipe: database\n    cron: nightly\n")).toMatchObject({
      status: "refused",
      reason: expect.stringContaining(`${SETTINGS_PATH}:3: schedules.0.cron: must be five fields`),
    });
    expect(schedules()).toEqual(before);
    expect(stage.door.log()).toContain("schedules could not be read: those before stay");

    expect(await settings(null)).toMatchObject({ status: "done" });
    expect(schedules()).toEqual([]);
  });

  it("end where the App is uninstalled", async () => {
    await settings(NIGHTLY);
    expect(schedules()).toHaveLength(1);

    for (const installation of app.installations.values()) shop.github.uninstallApp(app, installation);
    await shop.github.delivered();

    expect(schedules()).toEqual([]);
  });

  it("end where the App loses the repository", async () => {
    await settings(NIGHTLY);
    const { id } = shop.repository;

    const payload = { action: "removed", installation: { id: 7 }, repositories_removed: [{ id }] };
    expect((await stage.door.deliver("installation_repositories", payload, { secret: app.hook.secret })).status).toBe(
      200,
    );

    expect(schedules()).toEqual([]);
  });

  it("are read on the default branch alone", async () => {
    await push({ [SETTINGS_PATH]: NIGHTLY }, "elsewhere");

    expect(stage.door.submitted).toEqual([]);
  });

  it("are found without an event in repositories that a job was submitted for", async () => {
    shop.github.commentAs("dev", shop.repository, 1, "/parallel-review help");
    await shop.github.delivered();
    await stage.settled();
    shop.github.pointHook(app, "http://127.0.0.1:1");
    await push({ [SETTINGS_PATH]: NIGHTLY });
    expect(schedules()).toEqual([]);

    await readAllSchedules(
      { client: stage.client, queue: stage.door.queue, apiUrl: gate.url, log: stage.door.appLog },
      signal,
    );

    expect(schedules()).toMatchObject([{ cron: "30 3 * * 1-5" }]);
  });
});

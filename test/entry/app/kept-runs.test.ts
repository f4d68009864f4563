import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { APP_EVENTS, appManifest } from "../../../src/adapters/github/app/manifest.ts";
import type { RunRecord } from "../../../src/ports/run-archive.ts";
import { type ClaudeStandin, startClaude } from "../../../src/standin/claude/server.ts";
import { type ToolCall, toolTurn } from "../../../src/standin/claude/turns.ts";
import type { StandinApp } from "../../../src/standin/github/apps/model-app.ts";
import { isPull, type StandinPullRequest } from "../../../src/standin/github/model.ts";
import { openShop, type Shop } from "../../standin/github/shop.ts";
import { openWork, type WorkStage } from "./work-stage.ts";

const SETTINGS = "quality:\n  verify: off\n";
const QUERY = 'await db.query("SELECT name FROM products WHERE id = $1", [id]);';
const NO_PULLS = { method: "POST", path: /\/pulls$/, times: 1_000, when: "before", do: { status: 503 } } as const;
const NO_TREES = { ...NO_PULLS, path: /\/git\/trees$/ };
const END: ToolCall = { name: "report_findings", input: { findings: [], final: true } };
const signal = new AbortController().signal;

describe("a run of the App that could not deliver what it came to", () => {
  let shop: Shop;
  let app: StandinApp;
  let claude: ClaudeStandin;
  let stage: WorkStage;
  let asked: number;

  beforeEach(async () => {
    [shop, claude] = await Promise.all([openShop(), startClaude()]);
    const { default_permissions: permissions } = appManifest({ name: "x", publicUrl: "https://reviews.example" });
    app = shop.github.registerApp({ name: "Parallel Review", owner: "acme", permissions, events: APP_EVENTS });
    const { id: appId, privateKey, hook, slug } = app;
    stage = await openWork(
      { appId, privateKey, apiUrl: shop.github.url, secret: hook.secret, slug },
      { engine: "claude", anthropicKey: "sk-ant-test-0123456789abcdef", anthropicBaseUrl: claude.url },
    );
    shop.github.installApp(app, { account: "acme" });
    asked = 0;
  });
  afterEach(async () => {
    await stage[Symbol.asyncDispose]();
    await Promise.all([shop[Symbol.asyncDispose](), claude[Symbol.asyncDispose]()]);
  });

  const push = (files: Record<string, string>): Promise<unknown> =>
    shop.github.push(shop.repository, "main", files, { author: "dev" });
  const proposals = (): readonly StandinPullRequest[] =>
    [...shop.repository.issues.values()].filter(isPull).filter(({ head }) => head.ref.startsWith("parallel-review/"));
  const answersWith = (calls: (firstUserText: string) => readonly ToolCall[]): void =>
    claude.script(({ firstUserText }) => {
      asked += 1;
      return toolTurn(calls(firstUserText));
    });
  const record = async (): Promise<RunRecord> => {
    const found = await stage.door.archive.read("1", signal);
    if (found === undefined) throw new Error("there is no run");
    return found;
  };

  it(
    "is delivered as it was, when it is an audit: nothing is read, paid or remembered twice",
    { timeout: 120_000 },
    async () => {
      await push({
        ".github/parallel-review.yml": SETTINGS,
        "src/names.ts": `for (const id of ids) {\n  ${QUERY}\n}\n`,
      });
      answersWith(() => [END]);
      shop.github.faults.add(NO_PULLS);
      const [installation = 0] = app.installations.keys();
      const trigger = { kind: "audit", recipe: "database" } as const;
      const job = { key: "acme/shop/audit", kind: "audit", trigger, delivery: "clock-1", installation } as const;
      const place = { repository: "acme/shop", repositoryId: shop.repository.id, receivedMs: Date.now() };
      await stage.door.queue.submit({ ...job, ...place }, signal);
      expect(await stage.settled()).toMatchObject([{ status: "failed", conclusion: "success", findings: { high: 1 } }]);
      const before = asked;
      expect(before).toBeGreaterThan(0);
      const { report, askers } = await record();
      expect(report?.findings.map(({ path }) => path)).toEqual(["src/names.ts"]);
      expect(askers.length).toBeGreaterThan(0);

      await push({ "src/more.ts": `for (const id of others) {\n  ${QUERY}\n}\n` });
      shop.github.faults.clear();
      await stage.door.queue.retry("1", signal);

      expect(await stage.settled()).toMatchObject([{ status: "done" }]);
      expect(asked).toBe(before);
      const [proposal, ...others] = proposals();
      expect(others).toEqual([]);
      expect(proposal?.body).toContain("This is the first audit");
      expect(proposal?.body).not.toContain("more.ts");
      expect((await record()).published).toEqual([expect.stringMatching(/\/acme\/shop\/pull\/\d+$/)]);

      // Delivered: whoever asks again asks for the repository as it is now.
      await stage.door.queue.retry("1", signal);
      expect(await stage.settled()).toMatchObject([{ status: "done", findings: { high: 2 } }]);
      expect(proposals()).toHaveLength(1);
      expect(proposals()[0]?.body).toMatch(/1 new, 1 still open, 0 fixed/);
      expect(asked).toBe(before + 1);
    },
  );

  it("is proposed as it was, when it is a refactor: no writer is asked twice", async () => {
    const before = "export const total = 1;\n";
    await shop.github.push(shop.repository, "feature", { "src/total.ts": before, "src/other.ts": before });
    claude.script(({ firstUserText, turn }) => {
      asked += 1;
      if (!firstUserText.includes("# The goal")) {
        return toolTurn([END]);
      }
      const path = /^# Your task: (src\/\S+)$/m.exec(firstUserText)?.[1] ?? "";
      if (turn === 1) return toolTurn([{ name: "Write", input: { file_path: path, content: `${before}// seen\n` } }]);
      const change = { path, what: "marks it", why: "it was asked for", behaviour: "same", risk: "" };
      return toolTurn([{ name: "report_changes", input: { changes: [change], declined: [] } }, END]);
    });
    shop.github.faults.add(NO_TREES);
    shop.github.pointHook(app, stage.door.url);
    shop.github.commentAs("dev", shop.repository, 1, '/parallel-review refactor "mark them" src/total.ts src/other.ts');
    await shop.github.delivered();
    const [first] = await stage.settled();
    const { askers, report } = await record();
    const paid = first?.costUsd ?? 0;
    expect(first).toMatchObject({ status: "failed" });
    expect(askers.toSorted()).toEqual(["review-s1", "s1", "s2"]);
    expect(report?.coverage.map(({ path, status }) => `${path} ${status}`)).toEqual([
      "src/other.ts reviewed",
      "src/total.ts reviewed",
    ]);
    const once = asked;

    shop.github.faults.clear();
    await stage.door.queue.retry("1", signal);

    expect(await stage.settled()).toMatchObject([{ status: "done", costUsd: paid }]);
    expect(asked).toBe(once);
    expect(proposals().map(({ files }) => files.map(({ path }) => path))).toEqual([["src/other.ts", "src/total.ts"]]);
  });
});

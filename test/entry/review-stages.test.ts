import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import type { Report } from "../../src/domain/report.ts";
import type { StandinEvent } from "../../src/standin/github/events.ts";
import {
  type Acted,
  type ActionStage,
  anchorsOf,
  botComments,
  FLAWED,
  FLAWS,
  openActionStage,
  reactionsOn,
  reportIn,
  reviewsOf,
} from "./action-stage.ts";

/** What each job of the example workflow is granted. */
const GATE = { contents: "read", pull_requests: "write" } as const;
const ANALYZE = { contents: "read", pull_requests: "read" } as const;
const PUBLISH = { contents: "read", pull_requests: "write", checks: "write" } as const;

let stage: ActionStage;
let folder: string;
beforeAll(async () => {
  stage = await openActionStage();
  folder = await mkdtemp(join(tmpdir(), "review-stages-"));
});
afterAll(async () => {
  expect(stage.gate.violations).toEqual([]);
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const gate = (event: StandinEvent): Promise<Acted> => stage.act(event, { with: { stage: "gate" }, token: GATE });
const analyze = (event: StandinEvent, inputs: Record<string, string> = {}): Promise<Acted> =>
  stage.act(event, { with: { stage: "analyze", ...inputs }, token: ANALYZE });
const publish = (event: StandinEvent, findings: string, inputs: Record<string, string> = {}): Promise<Acted> =>
  stage.act(event, { with: { stage: "publish", "findings-path": findings, ...inputs }, token: PUBLISH });

let written = 0;
async function tampered(analysed: Acted, change: (report: Report) => unknown): Promise<string> {
  written += 1;
  const path = join(folder, `${written}.json`);
  await writeFile(path, JSON.stringify(change(reportIn(analysed.files))));
  return path;
}

/** One analysis for all that are not posted. */
async function analyzeOne() {
  const { pull } = await stage.open();
  const event = stage.comment("dev", pull);
  return { pull, event, analysed: await analyze(event) };
}
let analysis: ReturnType<typeof analyzeOne> | undefined;

const pathOf = ({ outputs }: Acted): string => outputs["findings-path"] ?? "";

it("has a workflow to copy whose jobs hold these rights, and one of them the key", () => {
  const text = readFileSync(join(import.meta.dirname, "../../.github/examples/review-in-stages.yml"), "utf8");
  const Job = z.object({
    permissions: z.record(z.string(), z.string()),
    steps: z.array(z.object({ with: z.record(z.string(), z.unknown()).optional() })),
  });
  const { jobs } = z.object({ jobs: z.record(z.string(), Job) }).parse(parse(text));
  const rights = Object.entries(jobs).map(([name, { permissions }]) => {
    return [name, Object.fromEntries(Object.entries(permissions).map(([key, may]) => [key.replaceAll("-", "_"), may]))];
  });

  expect(Object.fromEntries(rights)).toEqual({ gate: GATE, analyze: ANALYZE, publish: PUBLISH });
  const withKey = Object.entries(jobs).filter(([, { steps }]) => JSON.stringify(steps).includes("ANTHROPIC_API_KEY"));
  expect(withKey.map(([name]) => name)).toEqual(["analyze"]);
});

describe.concurrent("a review in stages", { timeout: 120_000 }, () => {
  it("is one review, made by a job that may write nothing and posted by one that has no model", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull);

    const passed = await gate(event);
    const analysed = await analyze(event);
    const published = await publish(event, pathOf(analysed));
    const again = await publish(event, pathOf(analysed));

    expect(passed).toMatchObject({ exitCode: 0, outputs: { matrix: '["1/1"]' } });
    expect(passed.writes).toHaveLength(1);
    expect(analysed).toMatchObject({ exitCode: 0, writes: [], outputs: { findings: "2", conclusion: "success" } });
    expect(published).toMatchObject({ exitCode: 0, outputs: { findings: "2", "review-url": expect.any(String) } });
    expect(reviewsOf(pull)).toHaveLength(1);
    expect(anchorsOf(pull)).toEqual(FLAWS);
    expect(botComments(pull)).toHaveLength(1);
    expect(botComments(pull)[0]).toContain("Review finished");
    expect(reactionsOn(pull, event)).toEqual(["eyes", "rocket"]);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.log).toContain("This request was answered before");
  });

  it("of somebody who may not start a run goes no further than the gate", async () => {
    const { pull } = await stage.open();

    const passed = await gate(stage.comment("reader", pull));

    expect(passed).toMatchObject({ exitCode: 0, writes: [], outputs: { matrix: "[]" } });
  });

  it("has commands that need no review answered by the gate, once", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull, "/parallel-review help");

    const passed = await gate(event);
    const analysed = await analyze(event);
    const published = await publish(event, folder);

    expect(passed.outputs["matrix"]).toBe("[]");
    expect(botComments(pull)).toHaveLength(1);
    for (const later of [analysed, published]) {
      expect(later).toMatchObject({ exitCode: 0, writes: [] });
      expect(later.log).toContain("the gate has answered");
    }
  });

  it("is posted at the head that was analysed, though the branch has moved", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull);
    const analysed = await analyze(event);
    const before = pull.head.sha;
    await stage.github.push(stage.repository, pull.head.ref, { "src/late.ts": "export const late = 1;\n" });

    const published = await publish(event, pathOf(analysed));

    expect(published.exitCode).toBe(0);
    expect(reviewsOf(pull)[0]?.commitId).toBe(before);
    expect(reviewsOf(pull)[0]?.body).toContain("the branch has moved");
    expect(anchorsOf(pull)).toEqual(FLAWS);
  });

  it("fails where it is judged, not where it is made", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull);

    const analysed = await analyze(event, { "fail-on": "high" });
    const published = await publish(event, pathOf(analysed), { "fail-on": "high" });

    expect(analysed.exitCode).toBe(0);
    expect(published).toMatchObject({ exitCode: 1, outputs: { conclusion: "failure" } });
    expect(reviewsOf(pull)).toHaveLength(1);
  });

  it("says on the pull request that the analysis left nothing", async () => {
    const { pull } = await stage.open();
    const event = stage.comment("dev", pull);

    const published = await publish(event, join(folder, "nowhere"));

    expect(published.exitCode).not.toBe(0);
    expect(published.log).toContain("the analysis left no result");
    expect(pull.reviews).toEqual([]);
    expect(botComments(pull)[0]).toContain("the analysis left no result");
    expect(reactionsOn(pull, event)).toContain("confused");
  });

  it.each<readonly [string, (report: Report) => unknown, string]>([
    [
      "of another pull request",
      (report) => ({ ...report, target: { ...report.target, pullRequest: 999 } }),
      "not the review of acme/shop#",
    ],
    [
      "of another repository",
      (report) => ({ ...report, target: { ...report.target, repository: "evil/shop" } }),
      "not the review of acme/shop#",
    ],
    [
      "at no commit",
      (report) => ({ ...report, target: { ...report.target, head: "main; rm -rf /" } }),
      "not the review of acme/shop#",
    ],
    ["of files that have not changed", withFile, 'speaks of "src/secret.ts"'],
    ["that leaves files out", (report) => ({ ...report, coverage: [] }), 'says nothing of "src/formula.ts"'],
    ["that is no report", () => ({ hello: "world" }), "is no findings.json"],
    ["that was stopped", (report) => ({ ...report, conclusion: "cancelled" }), "the analysis was stopped"],
  ])("does not post an analysis %s", async (_name, change, reason) => {
    analysis ??= analyzeOne();
    const { pull, event, analysed } = await analysis;

    const published = await publish(event, await tampered(analysed, change));

    expect(published.exitCode).not.toBe(0);
    expect(published.log).toContain(reason);
    expect(pull.reviews).toEqual([]);
  });

  it("puts no finding where the diff has no line, whatever the analysis says", async () => {
    const { pull } = await stage.open({ "src/formula.ts": FLAWED });
    const event = stage.comment("dev", pull);
    const path = await tampered(await analyze(event), (report) => ({
      ...report,
      findings: report.findings.map((finding) => ({ ...finding, startLine: 900, endLine: 900, placement: "inline" })),
    }));

    const published = await publish(event, path);

    expect(published.exitCode).toBe(0);
    expect(reviewsOf(pull)).toHaveLength(1);
    expect(anchorsOf(pull)).toEqual([]);
  });
});

function withFile(report: Report): unknown {
  const [entry] = report.coverage;
  return { ...report, coverage: [...report.coverage, { ...entry, path: "src/secret.ts" }] };
}

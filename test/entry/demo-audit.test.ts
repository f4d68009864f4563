import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, it } from "vitest";

import { shopManifest } from "../../src/standin/shop/manifest.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

it("demo audit proposes a report with exactly the planted issues, queries in loops first, missing error handling second", async () => {
  const { stdout } = await run(process.execPath, ["src/entry/cli.ts", "demo", "audit", "--once", "--engine", "rules"], {
    cwd: root,
    env: { PATH: process.env["PATH"] },
  });

  const places = Array.from(stdout.matchAll(/^\[`([^`]+):(\d+)(?:-\d+)?`\]/gm), ([, path, line]) => `${path}:${line}`);
  const planted = shopManifest.audit.issues.map(({ path, line }) => `${path}:${line}`);
  expect(places.toSorted()).toEqual(planted.toSorted());
  const headings = Array.from(stdout.matchAll(/^## (.*) \(\d+\)$/gm), ([, title]) => title);
  expect(headings).toEqual(["Queries in loops (N+1)", "Missing error handling"]);
  expect(stdout).toContain("10 of 10 files looked at");
  expect(stdout).toMatch(/docs\/code-review\/database-audit\.md is in http:\S+\/acme\/shop\/pull\/\d+/);
}, 120_000);

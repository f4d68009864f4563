import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";

import { chromiumPath } from "../../support/chromium.ts";

const CLI = join(import.meta.dirname, "../../../src/entry/cli.ts");

type Demo = AsyncDisposable & { readonly runAddress: string };

/** The App on a local GitHub with an embedded database, once its review is posted. */
async function demo(): Promise<Demo> {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const child = spawn(process.execPath, [CLI, "app", "--demo", "--port", "0", "--engine", "rules"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const over = once(child, "exit");
  for await (const line of createInterface(child.stdout)) {
    const address = /^The run: done, (http:\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    return {
      runAddress: address,
      async [Symbol.asyncDispose]() {
        child.kill("SIGTERM");
        await over;
      },
    };
  }
  throw new Error("the demo ended without a run");
}

describe.skipIf(chromiumPath === undefined)("the demo in a browser", () => {
  it("shows the run that a comment's webhook led to", { timeout: 120_000 }, async () => {
    await using app = await demo();
    await using browser = await chromium.launch({
      executablePath: chromiumPath ?? "",
      args: ["--no-sandbox"],
    });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));

    await page.goto(app.runAddress);

    expect(await page.locator("#head .badge").textContent()).toBe("Done");
    expect(await page.locator("#findings summary").count()).toBeGreaterThan(5);
    expect(await page.locator("#timeline .bar").count()).toBeGreaterThan(1);
    expect(complaints).toEqual([]);
  });
});

import { serve, type ServerType } from "@hono/node-server";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { loopbackGate } from "../../../src/entry/app/loopback-gate.ts";
import { pageRoutes } from "../../../src/entry/app/page-routes.ts";
import { chromiumPath } from "../../support/chromium.ts";
import { pageScene, reviewed, SCENE_MS, type Scene, stuck } from "../../support/page-scene.ts";

type Site = AsyncDisposable & { readonly scene: Scene; readonly address: string };

async function site(): Promise<Site> {
  const scene = await pageScene();
  const closing = new AbortController();
  const clock = { now: () => SCENE_MS, sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 20)) };
  const { archive, queue } = scene;
  const access = loopbackGate("127.0.0.1");
  const app = pageRoutes({ archive, queue, access, clock, serverUrl: "https://github.com", closing: closing.signal });
  const port = Promise.withResolvers<number>();
  const server: ServerType = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info) =>
    port.resolve(info.port),
  );
  return {
    scene,
    address: `http://127.0.0.1:${await port.promise}`,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await scene[Symbol.asyncDispose]();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.skipIf(chromiumPath === undefined)("the pages in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? "", args: ["--no-sandbox"] });
  }, 30_000);
  afterAll(() => browser.close());

  /** A page that remembers what the browser complained about. */
  async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.newContext(options)).newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    return { page, complaints };
  }

  it("show a run, and stop it by the keyboard", async () => {
    await using here = await site();
    const id = await here.scene.add({}, stuck());
    const { page, complaints } = await open();
    await page.goto(`${here.address}/runs`);
    await page.getByRole("link", { name: "Review of acme/shop#101" }).click();
    await page.getByRole("img", { name: /subtasks over/ }).waitFor();

    await page.getByRole("button", { name: "Stop this run" }).press("Enter");

    await page.getByRole("button", { name: "Run again" }).waitFor();
    expect(await page.locator("#head .badge").textContent()).toBe("Stopped");
    expect(page.url()).toBe(`${here.address}/runs/${id}?told=stop`);
    expect(complaints).toEqual([]);
  });

  it("change by themselves when their run ends, and keep what is unfolded", async () => {
    await using here = await site();
    const go = Promise.withResolvers<void>();
    const id = await here.scene.add({}, async (run, signal) => {
      const end = await reviewed()(run, signal);
      await go.promise;
      return end;
    });
    const { page, complaints } = await open();
    await page.goto(`${here.address}/runs/${id}`);
    await page.locator("#finding-f1 > summary").click();

    go.resolve();

    await page.getByRole("button", { name: "Run again" }).waitFor();
    expect(await page.locator("#finding-f1").getAttribute("open")).toBe("");
    expect(complaints).toEqual([]);
  });

  it("work without JavaScript", async () => {
    await using here = await site();
    const id = await here.scene.add({}, stuck());
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(`${here.address}/runs?status=running`);
    await page.getByRole("link", { name: "Review of acme/shop#101" }).click();

    await page.getByRole("button", { name: "Stop this run" }).click();
    await here.scene.reaches(id, "stopped");
    // A page of its own: the other one may still be on its way from the form.
    const { page: later } = await open({ javaScriptEnabled: false });
    await later.goto(`${here.address}/runs/${id}`);

    expect(await later.getByRole("heading", { name: "Review of acme/shop#101" }).isVisible()).toBe(true);
    expect(await later.getByRole("button", { name: "Run again" }).isVisible()).toBe(true);
  });

  it("run nothing that a model or a repository wrote", async () => {
    await using here = await site();
    const bomb = `"><script>document.title="owned"</script><img src=x onerror='document.title="owned"'>`;
    const id = await here.scene.add({ repository: `acme/${bomb}`, head: bomb }, async () => {
      return { kind: "failed", reason: bomb };
    });
    await here.scene.reaches(id, "failed");
    const { page, complaints } = await open();

    for (const path of ["/runs", `/runs/${id}`, "/dead-letters", `/runs?repository=${encodeURIComponent(bomb)}`]) {
      await page.goto(here.address + path);
      expect(await page.locator("main img, main script").count()).toBe(0);
      expect(await page.title()).not.toBe("owned");
    }
    expect(complaints).toEqual([]);
  });

  it.each([320, 1_280])("fit a window %d pixels wide, in both schemes, with the skip link first", async (width) => {
    await using here = await site();
    const id = await here.scene.add({}, reviewed());
    await here.scene.reaches(id, "done");
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open({ viewport: { width, height: 800 }, colorScheme });
      for (const path of ["/runs", `/runs/${id}`, "/costs", `/runs/${id}/transcripts/s1`]) {
        await page.goto(here.address + path);
        const root = page.locator("html");
        expect(await root.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0);
      }
      await page.keyboard.press("Tab");
      expect(await page.locator(":focus").textContent()).toBe("Skip to the content");
      await page.context().close();
    }
  });
});

import { describe, expect, it } from "vitest";

import type { CoverageEntry } from "../../../src/domain/coverage.ts";
import { unfinishedNote } from "../../../src/domain/unfinished-note.ts";
import { loopbackGate } from "../../../src/entry/app/loopback-gate.ts";
import type { Gate } from "../../../src/entry/app/page-gate.ts";
import { pageRoutes } from "../../../src/entry/app/page-routes.ts";
import { auditOf } from "../../support/audit-builders.ts";
import { pageScene, reviewed, SCENE_MS, type Scene, stuck } from "../../support/page-scene.ts";
import { SAMPLE_REPORT } from "../../support/sample-report.ts";
import { aTurn } from "../../support/transcript-entries.ts";

const HOST = "127.0.0.1:3000";
const ORIGIN = `http://${HOST}`;

type Pages = {
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  readonly post: (path: string, form: Record<string, string>, headers?: Record<string, string>) => Promise<Response>;
  /** The token that forms of this viewer carry. */
  readonly csrf: (path: string) => Promise<string>;
};

/** Whoever may read the scene's repository, and no more. */
const READERS: Gate = {
  origin: () => ORIGIN,
  viewer: async () => ({ name: "reader", canLeave: true, repositories: new Map([[101, "read"]]), csrf: "x" }),
};

/** The pages of a scene as somebody at this machine meets them. */
function pagesOf(
  scene: Scene,
  closing = new AbortController().signal,
  access: Gate = loopbackGate("127.0.0.1"),
): Pages {
  const { archive, queue } = scene;
  const clock = { now: () => SCENE_MS, sleep: () => Promise.resolve() };
  const app = pageRoutes({
    archive,
    queue,
    access,
    clock,
    serverUrl: "https://github.com",
    closing,
  });
  const get: Pages["get"] = async (path, headers = {}) => app.request(path, { headers: { host: HOST, ...headers } });
  return {
    get,
    post: async (path, form, headers = { origin: ORIGIN, "sec-fetch-site": "same-origin" }) =>
      app.request(path, { method: "POST", body: new URLSearchParams(form), headers: { host: HOST, ...headers } }),
    csrf: async (path) => {
      const match = /name="csrf" value="([^"]+)"/.exec(await (await get(path)).text());
      if (match?.[1] === undefined) throw new Error(`no form on ${path}`);
      return match[1];
    },
  };
}

describe("the pages", () => {
  it("list runs, newest first, and narrow them by repository, status and day", async () => {
    await using scene = await pageScene();
    await scene.reaches(await scene.add({}, reviewed()), "done");
    await scene.add({ repository: "acme/till", repositoryId: 102 }, stuck());
    await scene.reaches(await scene.add({ receivedMs: SCENE_MS - 86_400_000 * 3 }, reviewed()), "done");
    const { get } = pagesOf(scene);
    const runs = async (query: string): Promise<string[]> => {
      const html = await (await get(`/runs${query}`)).text();
      return [...html.matchAll(/<td class="what"><a href="\/runs\/(\d+)"/g)].map(([, id = ""]) => id);
    };

    expect(await runs("")).toEqual(["3", "2", "1"]);
    expect(await runs("?repository=acme/till")).toEqual(["2"]);
    expect(await runs("?status=done&repository=")).toEqual(["3", "1"]);
    expect(await runs("?from=2026-11-22")).toEqual(["2", "1"]);
    expect(await runs("?from=&to=2026-11-19")).toEqual(["3"]);
  });

  it("say of any other address that there is nothing, as a page of theirs, and to nobody who has no business here", async () => {
    await using scene = await pageScene();
    const { get } = pagesOf(scene);

    for (const path of ["/nothing", "/runs/1/nothing", "/admin.php", "/%2e%2e/x"]) {
      const answer = await get(path);
      expect([path, answer.status, answer.headers.get("x-frame-options")]).toEqual([path, 404, "DENY"]);
      expect(await answer.text()).toContain("<h1>Not found</h1>");
    }
    expect((await get("/nothing", { host: "evil.example" })).status).toBe(421);
  });

  it("page through a long list without losing a run", async () => {
    await using scene = await pageScene();
    for (let index = 0; index < 120; index += 1) await scene.add({}, async () => ({ kind: "done" }));
    const { get } = pagesOf(scene);
    const seen: string[] = [];
    let next: string | undefined = "/runs";
    while (next !== undefined) {
      const html: string = await (await get(next)).text();
      seen.push(...[...html.matchAll(/<td class="what"><a href="\/runs\/(\d+)"/g)].map(([, id = ""]) => id));
      next = /<a href="([^"]+)" rel="next">/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    }

    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => String(120 - index)));
  });

  it.each([
    ["/runs?status=lost", "status is one of queued, running"],
    ["/runs?from=yesterday", "from is a day, such as 2026-11-22"],
    ["/runs?before=x", "before is a run&#39;s number"],
    ["/costs?days=12", "days is one of 7, 30, 90"],
  ])("say what is wrong with %s", async (path, problem) => {
    await using scene = await pageScene();

    const response = await pagesOf(scene).get(path);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(problem);
  });

  it("tell of one run its timeline, findings, coverage, cost and subtasks", async () => {
    await using scene = await pageScene();
    const id = await scene.add({}, reviewed());
    await scene.reaches(id, "done");

    const html = await (await pagesOf(scene).get(`/runs/${id}`)).text();

    expect(html).toContain("Review of acme/shop#101");
    expect(html).toContain('<a href="https://github.com/acme/shop/pull/101">');
    expect(html.match(/<rect class="bar [a-z-]+"/g)).toHaveLength(5);
    expect(html).toContain("The customer&#39;s name goes into the SQL text as it is");
    expect(html.match(/<li><details id="finding-/g)).toHaveLength(7);
    expect(html).toContain("package-lock.json");
    expect(html).toContain("the subtask ran out of turns");
    expect(html).toContain("$0.15");
    expect(html).toContain(`/runs/${id}/transcripts/s4`);
    expect(html).toContain("no annotations");
    expect(html).toContain("Run again");
  });

  it("tell of a run that goes on what is not read yet, and of one that is done where its result is", async () => {
    await using scene = await pageScene();
    const report = { ...SAMPLE_REPORT, notes: [unfinishedNote(3, 5), "No lens was found."] };
    const due: CoverageEntry = { path: "due.ts", status: "failed", reason: "Not read yet.", subtasks: ["s2"] };
    const lost: CoverageEntry = { path: "lost.ts", status: "failed", reason: "It broke.", subtasks: ["s1"] };
    const id = await scene.add({}, async (run, signal) => {
      run.saveReport({ ...report, coverage: [due, lost] });
      run.progress({ kind: "published", url: "https://github.com/acme/shop/pull/9" });
      run.progress({ kind: "published", url: "https://evil.example/acme/shop/pull/9" });
      return stuck()(run, signal);
    });
    const page = async (): Promise<string> => (await pagesOf(scene).get(`/runs/${id}`)).text();
    const running = await page();
    await scene.queue.stop({ id }, "enough", new AbortController().signal);
    await scene.reaches(id, "stopped");
    const stopped = await page();

    expect(running).toContain("1 file not read yet.");
    expect(running).not.toContain("due.ts");
    expect(running).toContain("lost.ts");
    expect(running).not.toContain(unfinishedNote(3, 5));
    expect(running).toContain("No lens was found.");
    expect(running).toContain('<a href="https://github.com/acme/shop/pull/9">acme/shop/pull/9</a>');
    expect(running).not.toContain("evil.example");
    expect(stopped).toContain(unfinishedNote(3, 5));
  });

  it("keep what attackers could use, and how it was found, for those who may mend it", async () => {
    await using scene = await pageScene();
    const found = await auditOf({ files: { "a.ts": "open(door) // BUG worst", "b.ts": "x // BUG lesser" } });
    const recipe = {
      ...found.audit.recipe,
      issueTypes: found.audit.recipe.issueTypes.map((type) => ({ ...type, sensitive: type.id === "worst" })),
    };
    const id = await scene.add({}, reviewed({ ...found, audit: { ...found.audit, recipe } }));
    await scene.reaches(id, "done");
    const transcript = `/runs/${id}/transcripts/s1`;
    const [mine, theirs] = [pagesOf(scene), pagesOf(scene, undefined, READERS)];
    const [whole, part] = await Promise.all([mine, theirs].map(async ({ get }) => (await get(`/runs/${id}`)).text()));

    expect(whole).toContain("open(door)");
    expect((await mine.get(transcript)).status).toBe(200);
    expect(part).toContain("A lesser bug");
    expect(part).not.toContain("open(door)");
    expect(part).toContain("1 more could be of use to attackers");
    expect(part).not.toContain("/transcripts/");
    expect((await theirs.get(transcript)).status).toBe(404);
  });

  it("show what a subagent said, with secrets masked", async () => {
    await using scene = await pageScene();
    const secret = `ghp_${"a1B2".repeat(9)}`;
    const id = await scene.add({}, async (run) => {
      const call = { id: "c", name: "Grep", input: { pattern: secret } };
      run.append(
        aTurn({ answer: { text: `the key ${secret} is in the code`, calls: [call], stop: "tools", replay: 0 } }),
      );
      run.append(
        aTurn({ turn: 2, answer: { text: "done now", calls: [], stop: "end", replay: { thinking: "HIDDEN" } } }),
      );
      return { kind: "done" };
    });
    await scene.reaches(id, "done");
    const { get } = pagesOf(scene);

    const html = await (await get(`/runs/${id}/transcripts/s1`)).text();

    expect(html).toContain("the key [redacted] is in the code");
    expect(html).toContain("<code>Grep</code>");
    expect(html).toContain("done now");
    expect(html).not.toContain(secret);
    expect(html).not.toContain("HIDDEN");
    expect((await get(`/runs/${id}/transcripts/s2`)).status).toBe(404);
  });

  it("tell costs by repository and day", async () => {
    await using scene = await pageScene();
    for (const over of [{}, { repository: "acme/till", repositoryId: 102 }]) {
      await scene.reaches(await scene.add(over, reviewed()), "done");
    }

    const html = await (await pagesOf(scene).get("/costs?days=7")).text();

    expect(html).toContain("<strong>$0.31</strong> for 2 runs in the last 7 days");
    expect(html).toContain('<a href="/runs?repository=acme%2Ftill">acme/till</a>');
    expect(html.match(/<rect class="slot"/g)).toHaveLength(7);
  });

  it.each(["/runs/999", "/runs/abc", "/runs/1e3", "/runs/1/transcripts/s1"])("have nothing at %s", async (path) => {
    await using scene = await pageScene();

    expect((await pagesOf(scene).get(path)).status).toBe(404);
  });
});

describe("stopping, running again and replaying", () => {
  it("stop a run that is under way, once its form is sent", async () => {
    await using scene = await pageScene();
    const id = await scene.add({}, stuck());
    const { post, csrf, get } = pagesOf(scene);

    const response = await post(`/runs/${id}/stop`, { csrf: await csrf(`/runs/${id}`) });

    expect([response.status, response.headers.get("location")]).toEqual([303, `/runs/${id}?told=stop`]);
    await scene.reaches(id, "stopped");
    expect(await (await get(`/runs/${id}`)).text()).toContain("stopped on the page by local, without sign-in");
  });

  it("run an ended run again", async () => {
    await using scene = await pageScene();
    let tries = 0;
    const id = await scene.add({}, async () => {
      tries += 1;
      return tries === 1 ? { kind: "refused", reason: "over budget" } : { kind: "done" };
    });
    await scene.reaches(id, "refused");
    const { post, csrf } = pagesOf(scene);

    await post(`/runs/${id}/retry`, { csrf: await csrf(`/runs/${id}`) });

    await scene.reaches(id, "done");
    expect(tries).toBe(2);
  });

  it("show dead letters and put one in line again", async () => {
    await using scene = await pageScene();
    let tries = 0;
    const id = await scene.add({}, async () => {
      tries += 1;
      return tries === 1 ? { kind: "failed", reason: "the key was not accepted" } : { kind: "done" };
    });
    await scene.reaches(id, "failed");
    const { get, post, csrf } = pagesOf(scene);
    expect(await (await get("/dead-letters")).text()).toContain("the key was not accepted");

    const response = await post(`/dead-letters/${id}/replay`, { csrf: await csrf("/dead-letters") });

    expect(response.headers.get("location")).toBe("/dead-letters");
    await scene.reaches(id, "done");
    expect(await (await get("/dead-letters")).text()).toContain("There are none.");
  });

  it.each<[string, Record<string, string>, boolean]>([
    ["a form of another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, true],
    ["a form of another port", { origin: "http://127.0.0.1:9999", "sec-fetch-site": "same-site" }, true],
    ["an opaque origin", { origin: "null" }, true],
    ["a right origin that the browser calls cross-site", { origin: ORIGIN, "sec-fetch-site": "cross-site" }, true],
    ["no word of where it comes from", {}, true],
    ["no token", { origin: ORIGIN, "sec-fetch-site": "same-origin" }, false],
  ])("refuse %s", async (_, headers, withToken) => {
    await using scene = await pageScene();
    const id = await scene.add({}, stuck());
    const { post, csrf } = pagesOf(scene);
    const token = await csrf(`/runs/${id}`);

    const response = await post(`/runs/${id}/stop`, withToken ? { csrf: token } : { csrf: `${token}x` }, headers);

    expect(response.status).toBe(403);
    const record = await scene.archive.read(id, new AbortController().signal);
    expect(record?.summary.status).toBe("running");
  });

  it("refuse a form that is no form of ours by its size", async () => {
    await using scene = await pageScene();
    const id = await scene.add({}, stuck());

    const response = await pagesOf(scene).post(`/runs/${id}/stop`, { csrf: "x".repeat(20_000) });

    expect(response.status).toBe(413);
  });
});

describe("security of the pages", () => {
  it("is in the headers of every answer, and nothing stands inline", async () => {
    await using scene = await pageScene();
    const id = await scene.add({}, reviewed());
    const { get } = pagesOf(scene);

    for (const path of ["/runs", `/runs/${id}`, "/costs", "/dead-letters", "/runs/999", `/runs/${id}/transcripts/s1`]) {
      const response = await get(path);
      const html = await response.text();
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(html).not.toMatch(/<style|<script(?![^>]* src="\/assets\/)|\son\w+=|style="/);
    }
  });

  it.each(["evil.example", "127.0.0.1.evil.example:3000", "localhost.evil.example", "evil.example:80@127.0.0.1", ""])(
    "answers nothing to a name that a stranger resolved to this machine: %j",
    async (host) => {
      await using scene = await pageScene();
      await scene.add({}, reviewed());

      const response = await pagesOf(scene).get("/runs", { host });

      expect(response.status).toBe(421);
      expect(await response.text()).not.toContain("acme");
    },
  );

  it.each(["localhost:3000", "[::1]:3000", "127.0.0.1"])("answers to %s", async (host) => {
    await using scene = await pageScene();

    expect((await pagesOf(scene).get("/runs", { host })).status).toBe(200);
  });

  it.each(["0.0.0.0", "::", "192.168.1.4", "reviews.acme.example"])("has no pages without sign-in on %s", (bind) => {
    expect(() => loopbackGate(bind)).toThrow(/listen on 127\.0\.0\.1 in place of/);
  });

  it("leaves addresses of others alone", async () => {
    await using scene = await pageScene();

    const response = await pagesOf(scene).post("/api/github/webhooks", {}, { host: "reviews.acme.example" });

    expect(response.status).toBe(404);
  });
});

describe("a live page", () => {
  it("is sent again when its run changes, and ends when the server does", async () => {
    await using scene = await pageScene();
    const id = await scene.add({}, stuck());
    const closing = new AbortController();
    const response = await pagesOf(scene, closing.signal).get(`/events/runs/${id}`);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (word: string): Promise<void> => {
      const part = await reader?.read();
      text += part?.value ?? "";
      if (part?.done !== true && !text.includes(word)) await until(word);
    };

    await until("Stop this run");
    await scene.queue.stop({ id }, "enough", new AbortController().signal);
    await until("Run again");
    expect(text).toContain("event: content");
    expect(text).toContain("enough");
    closing.abort();
    await until("nothing more");
  });
});

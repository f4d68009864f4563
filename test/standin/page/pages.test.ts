import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { blocksOf, openScene, textOf } from "./open-scene.ts";

describe("the pages of a stand-in", () => {
  it("lead from the start page to every tab of a pull request", async () => {
    await using scene = await openScene();

    const start = await scene.get("/");
    const repository = await scene.get("/acme/widgets/pulls");
    const statuses = await Promise.all(
      ["", "/commits", "/checks", "/files"].map(async (tab) => (await scene.get(`/acme/widgets/pull/1${tab}`)).status),
    );

    expect(textOf(start.text)).toContain("acme/widgets Public Open Sum <typed> #1 opened 5 minutes ago by mara");
    expect(start.text).toContain('href="/acme/widgets/pull/1"');
    expect(repository.status).toBe(200);
    expect(statuses).toEqual([200, 200, 200, 200]);
  });

  it("allow nothing but their own style and script, and refer to nothing elsewhere", async () => {
    await using scene = await openScene();

    const { text, headers } = await scene.get("/acme/widgets/pull/1");

    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    for (const [, name = "", content = ""] of text.matchAll(/<(style|script)>(.*?)<\/\1>/gs)) {
      const hash = createHash("sha256").update(content).digest("base64");
      expect(policy).toContain(`${name}-src 'sha256-${hash}'`);
    }
    expect(text.match(/<(?:style|script)\b/g)).toEqual(["<style", "<script"]);
    expect(text).not.toMatch(/\s(?:style|on\w+)=|\ssrc=|<link (?!rel="icon" href="data:,")|@import|url\(/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("answer nothing new with 204, and news with the page", async () => {
    await using scene = await openScene();
    const version = blocksOf((await scene.get("/acme/widgets/pull/1")).text).get("live") ?? "";

    const same = await scene.get(`/acme/widgets/pull/1?since=${version}`);
    scene.github.commentAs("tomas", scene.repository, 1, "news");
    const changed = await scene.get(`/acme/widgets/pull/1?since=${version}`);

    expect([same.status, same.text]).toEqual([204, ""]);
    expect(changed.status).toBe(200);
    expect(textOf(changed.text)).toContain("news");
  });

  it("are not found where there is nothing", async () => {
    await using scene = await openScene();
    const nothing = "0".repeat(40);

    const statuses = await Promise.all(
      [
        "/acme/widgets/pull/2",
        "/acme/nothing/pull/1",
        "/acme/nothing",
        "/acme/widgets/actions/runs/5",
        "/acme/widgets/pull/1/other",
        `/acme/widgets/blob/${nothing}/README.md`,
        `/acme/widgets/blob/${scene.pull.head.sha}/src`,
        `/acme/widgets/blob/${scene.pull.head.sha}/%E0%A4%A`,
      ].map(async (path) => (await scene.get(path)).status),
    );

    expect(new Set(statuses)).toEqual(new Set([404]));
  });

  it("show a file at a commit, with the anchors that comments link to", async () => {
    await using scene = await openScene();

    const { text } = await scene.get(`/acme/widgets/blob/${scene.pull.head.sha}/src/sum.ts#L2`);

    expect(text).toContain('<tr id="L2">');
    expect(textOf(text)).toContain("2 const total = a + b;");
  });

  it("show a run's summary, and hand out its files as downloads only", async () => {
    await using scene = await openScene();
    scene.pages.addRun({
      repository: "acme/widgets",
      id: 42,
      title: "parallel-review",
      summary: "## Review of #1\n\n```mermaid\ngantt\ndateFormat x\nsrc/sum.ts :done, s1, 0, 900\n```",
      files: [{ name: "report 1.html", content: "<script>alert(1)</script>" }],
    });

    const page = await scene.get("/acme/widgets/actions/runs/42");
    const file = await scene.get("/acme/widgets/actions/runs/42/files/report%201.html");
    const missing = await scene.get("/acme/widgets/actions/runs/42/files/other");

    expect(textOf(page.text)).toMatch(/Review of #1 .*src\/sum\.ts/);
    expect(page.text).toContain("<svg viewBox=");
    expect(file.text).toBe("<script>alert(1)</script>");
    expect(file.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''report%201.html");
    expect(file.headers.get("content-type")).toBe("application/octet-stream");
    expect(missing.status).toBe(404);
  });
});

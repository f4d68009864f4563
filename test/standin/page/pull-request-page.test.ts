import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { renderPullRequestPage } from "../../../src/standin/page/render-pull-request-page.ts";
import { blocksOf, HEAD_FILE, openScene, textOf } from "./open-scene.ts";

const now = new Date("2026-03-01T12:05:00Z");
const fileId = (path: string): string => `diff-${createHash("sha256").update(path).digest("hex")}`;

describe("the conversation", () => {
  it("shows who wants to merge what, the description, and the commits", async () => {
    await using scene = await openScene();

    const html = renderPullRequestPage(scene, { now });

    const text = textOf(html);
    expect(text).toContain("Sum <typed> #1 Open mara wants to merge 1 commit into main from feature");
    expect(text).toContain("Closes nothing.");
    expect(text).toContain("mara added 1 commit 5 minutes ago");
    expect(html).not.toContain("marker of ours");
    expect(html).not.toContain("<typed>");
  });

  it("shows a command with its reactions, and the bot's checklist", async () => {
    await using scene = await openScene();
    const { comment } = scene.github.commentAs("tomas", scene.repository, 1, "/parallel-review");
    await scene.post(`/issues/comments/${String(comment.id)}/reactions`, { content: "eyes" });
    await scene.post("/issues/1/comments", { body: "- [x] src/sum.ts\n- [ ] README.md" });

    const html = renderPullRequestPage(scene, { now });

    expect(textOf(html)).toContain("tomas commented 5 minutes ago /parallel-review 👀 1");
    expect(html.match(/<input type="checkbox"/g)).toHaveLength(2);
    expect(html).toContain(`id="issuecomment-${String(comment.id)}"`);
  });

  it("shows a review with its threads, the code they stand on, and answers under the thread they answer", async () => {
    await using scene = await openScene();
    const review = await scene.post("/pulls/1/reviews", {
      event: "COMMENT",
      body: "**Two** findings",
      comments: [
        {
          path: "src/sum.ts",
          start_line: 2,
          line: 3,
          side: "RIGHT",
          body: "Return it.\n\n```suggestion\n  return a + b;\n```",
        },
        { path: "src/sum.ts", line: 2, side: "LEFT", body: "Why gone?" },
      ],
    });
    const [first] = scene.pull.reviewComments;
    await scene.post(`/pulls/1/comments/${String(first?.id)}/replies`, { body: "Agreed." });
    await scene.post("/pulls/1/comments", {
      path: "README.md",
      subject_type: "file",
      commit_id: scene.pull.head.sha,
      body: "A word on use?",
    });

    const html = renderPullRequestPage(scene, { now });

    const text = textOf(html);
    expect(text).toContain("Two findings");
    expect(text).toMatch(
      /Comment on lines \+2 to \+3 .*Return it\..*Suggested change 2 - const total = a \+ b; 3 - return total; 2 \+ return a \+ b; .*Agreed\..*Why gone\?/,
    );
    expect(text).toContain("README.md Comment on the file");
    expect(html.match(/id="pullrequestreview-/g)).toHaveLength(2);
    expect(html).toContain(`id="pullrequestreview-${String(review.id)}"`);
    expect(html).toContain(`href="/acme/widgets/pull/1/files#${fileId("src/sum.ts")}L2"`);
  });

  it("keeps a pending review to itself", async () => {
    await using scene = await openScene();
    await scene.post("/pulls/1/reviews", {
      body: "not yet",
      comments: [{ path: "src/sum.ts", line: 2, body: "draft" }],
    });

    const text = textOf(renderPullRequestPage(scene, { now }) + renderPullRequestPage(scene, { now, tab: "files" }));

    expect(text).not.toMatch(/not yet|draft/);
  });

  it("folds what is resolved, outdated or minimized, and shows how it ended", async () => {
    await using scene = await openScene();
    await scene.post("/pulls/1/reviews", {
      event: "COMMENT",
      comments: [
        { path: "src/sum.ts", line: 2, body: "first" },
        { path: "src/sum.ts", line: 1, body: "second" },
      ],
    });
    const [first, second] = scene.pull.reviewComments;
    if (first === undefined || second === undefined) throw new Error("no comments");
    second.thread.resolvedBy = scene.pull.author;
    await scene.github.push(scene.repository, "feature", {
      "src/sum.ts": HEAD_FILE.join("\n").replace("const total", "const all"),
    });
    scene.github.commentAs("tomas", scene.repository, 1, "old news").comment.minimizedReason = "OUTDATED";
    await scene.github.changePullRequest(scene.repository, 1, "mara", "merge");

    const html = renderPullRequestPage(scene, { now });

    const text = textOf(html);
    expect(html).not.toMatch(/<details class="thread"[^>]* open/);
    expect(text).toContain("Outdated");
    expect(text).toContain("mara marked this conversation as resolved.");
    expect(text).toContain("This comment was marked as outdated.");
    expect(text).toContain("Merged mara merged");
  });
});

describe("the files", () => {
  it("show the diff with both line numbers, and each comment under its line", async () => {
    await using scene = await openScene();
    await scene.post("/pulls/1/reviews", {
      event: "COMMENT",
      comments: [{ path: "src/sum.ts", start_line: 2, line: 3, side: "RIGHT", body: "Here" }],
    });

    const html = renderPullRequestPage(scene, { now, tab: "files" });

    const id = fileId("src/sum.ts");
    const rows = [
      ...html.slice(html.indexOf(`id="${id}"`)).matchAll(/<tr class="([\w ]+)"(?: id="([^"]+)")?>(.*?)<\/tr>/gs),
    ];
    expect(
      rows.map(([, kind, anchor = "", row = ""]) =>
        [kind, anchor.slice(id.length), textOf(row).trim().slice(0, 30)].join("|"),
      ),
    ).toEqual([
      "hunk||… @@ -1,4 +1,5 @@",
      "deleted|L1|1 - export function sum (a, b)",
      "deleted|L2|2 - return a + b;",
      "added|R1|1 + export function sum (a: nu",
      "added marked|R2|2 + const total = a + b;",
      "added marked|R3|3 + return total;",
      expect.stringMatching(/^inline\|\|Comment on lines \+2 to \+3/),
      "context|R4|3 4 }",
      "context|R5|4 5 // end",
    ]);
  });

  it("say why there is no diff", async () => {
    await using scene = await openScene();
    await scene.github.push(
      scene.repository,
      "feature",
      { "logo.png": new Uint8Array([137, 80, 0, 1]) },
      { author: "mara" },
    );

    const text = textOf(renderPullRequestPage(scene, { now, tab: "files" }));

    expect(text).toMatch(/logo\.png added \+0 −0 Empty or binary file added\./);
  });

  it("show controls that turn the order of text, and warn of them", async () => {
    await using scene = await openScene();
    await scene.github.push(
      scene.repository,
      "feature",
      { "trick.ts": "/*\u202e } \u2066if (admin)\u2069 */ grant();\n" },
      { author: "mara" },
    );

    const html = renderPullRequestPage(scene, { now, tab: "files" });

    expect(textOf(html)).toContain("Bidirectional text");
    expect(html).toContain('<span class="control">U+202E</span>');
    expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });
});

describe("the checks", () => {
  it("show the runs of the head with summary and annotations, and sum up in the conversation", async () => {
    await using scene = await openScene();
    await scene.post("/check-runs", {
      name: "parallel-review",
      head_sha: scene.pull.head.sha,
      conclusion: "failure",
      output: {
        title: "1 finding",
        summary: "Reviewed **2** files.",
        annotations: [
          {
            path: "src/sum.ts",
            start_line: 2,
            end_line: 3,
            annotation_level: "failure",
            title: "Sum",
            message: "a < b",
          },
        ],
      },
    });
    await scene.post("/check-runs", { name: "old", head_sha: scene.pull.base.sha, conclusion: "failure" });

    const text = textOf(renderPullRequestPage(scene, { now, tab: "checks" }));
    const conversation = textOf(renderPullRequestPage(scene, { now }));

    expect(text).toContain("1 finding Reviewed 2 files. Annotations 1 failure src/sum.ts#L2-L3 Sum a < b");
    expect(text).not.toMatch(/\bold\b/);
    expect(conversation).toContain(
      "Some checks were not successful 1 failure check GitHub Actions / parallel-review 1 finding Details",
    );
  });

  it("say so where nothing has reported", async () => {
    await using scene = await openScene();

    expect(textOf(renderPullRequestPage(scene, { now, tab: "checks" }))).toContain("No checks yet");
  });
});

describe("blocks of a page", () => {
  it("change their version only where the page changed, and not with the time", async () => {
    await using scene = await openScene();
    const before = renderPullRequestPage(scene, { now });
    scene.github.commentAs("tomas", scene.repository, 1, "news");

    const later = renderPullRequestPage(scene, { now: new Date("2026-03-01T15:00:00Z") });

    const versions = blocksOf(before);
    const changed = [...blocksOf(later)].filter(([id, version]) => versions.get(id) !== version).map(([id]) => id);
    expect(changed).toEqual(["live", "pull-tabs", expect.stringMatching(/^issuecomment-\d+$/)]);
  });
});

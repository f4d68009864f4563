import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { withMarker } from "../../../src/adapters/github/marker.ts";
import { ConfigurationError, ExternalError } from "../../../src/domain/errors.ts";
import { startGitHub } from "../../../src/standin/github/start-github.ts";
import type { GitHubStandin } from "../../../src/standin/github/start-github.ts";
import { FULL, changeSetOf, finding, once, places, posted, publisherOn, reportOf, setStage } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { never } from "./support.ts";

const FINDINGS = [
  finding("f1"),
  finding("f2", { path: "src/f1.ts", startLine: 2, endLine: 5 }),
  finding("f3", { path: "src/f2.ts", side: "LEFT" }),
  finding("f4", { placement: "file", placementReason: "about the whole file" }),
  finding("f5", { placement: "summary", placementReason: "elsewhere" }),
];
const REPORT = reportOf(FINDINGS);

let github: GitHubStandin;
let stage: Stage;
beforeAll(async () => {
  github = await startGitHub();
  stage = await setStage(github);
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

describe("publishing a review", () => {
  it("makes one review on the pinned commit, one status comment and one completed check", async () => {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull);

    await publisher.begin(never());
    const result = await publisher.publish(REPORT, changeSetOf(pull), never());

    const { reviews, pending, inline, statuses, others, checks } = posted(stage, pull);
    expect([reviews.length, pending.length, statuses.length, others.length, checks.length]).toEqual([1, 0, 1, 0, 1]);
    expect(reviews[0]).toMatchObject({ state: "COMMENTED", commitId: pull.head.sha });
    expect(inline.map(({ path, side, startLine, line }) => [path, side, startLine, line])).toEqual([
      ["src/f0.ts", "RIGHT", undefined, 3],
      ["src/f1.ts", "RIGHT", 2, 5],
      ["src/f2.ts", "LEFT", undefined, 3],
    ]);
    expect(statuses[0]?.body).toContain("status: published");
    expect(checks[0]).toMatchObject({ status: "completed", conclusion: "success" });
    expect(places(stage, pull, FINDINGS)).toEqual(once(FINDINGS));
    expect(result).toMatchObject({ alreadyPublished: false, degradations: [] });
    expect(result.reviewUrl).toContain(`/pull/${pull.number}#pullrequestreview-`);
  });

  it("posts nothing again when the same run is published again", async () => {
    const pull = await stage.open();
    const first = publisherOn(stage, pull);
    await first.begin(never());
    await first.publish(REPORT, changeSetOf(pull), never());
    const again = publisherOn(stage, pull);

    await again.begin(never());
    const result = await again.publish(REPORT, changeSetOf(pull), never());

    const { reviews, statuses, checks } = posted(stage, pull);
    expect([reviews.length, statuses.length, checks.length]).toEqual([1, 1, 1]);
    expect(result.alreadyPublished).toBe(true);
  });

  it("makes a second review for another command, and keeps the one status comment", async () => {
    const pull = await stage.open();
    for (const run of ["one", "two"]) {
      const publisher = publisherOn(stage, pull, { run });
      await publisher.begin(never());
      await publisher.publish(REPORT, changeSetOf(pull), never());
    }

    const { reviews, statuses } = posted(stage, pull);
    expect([reviews.length, statuses.length]).toEqual([2, 1]);
  });

  it("takes at most 9 requests, whatever the number of findings", async () => {
    const pull = await stage.open();
    const many = Array.from({ length: 48 }, (_, index) =>
      finding(`m${index}`, { startLine: 1 + (index % 40), endLine: 40 }),
    );
    const publisher = publisherOn(stage, pull, { maxInline: 50 });
    const before = github.journal.entries.length;

    await publisher.begin(never());
    await publisher.publish(reportOf(many), changeSetOf(pull), never());

    expect(github.journal.entries.length - before).toBeLessThanOrEqual(9);
    expect(places(stage, pull, many)).toEqual(once(many));
  });

  it("adds annotations in batches of fifty", async () => {
    const pull = await stage.open();
    const many = Array.from({ length: 120 }, (_, index) => finding(`m${index}`, { placement: "summary" }));
    const publisher = publisherOn(stage, pull);

    await publisher.begin(never());
    await publisher.publish(reportOf(many), changeSetOf(pull), never());

    const [check] = posted(stage, pull).checks;
    expect(check?.annotations.map(({ title }) => title)).toEqual(many.map(({ title }) => title));
    expect(check?.status).toBe("completed");
  });
});

describe("what a token may not do", () => {
  async function publishWith(permissions: Record<string, "read" | "write">) {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull, { token: github.addToken({ permissions }) });
    await publisher.begin(never());
    return { pull, result: publisher.publish(REPORT, changeSetOf(pull), never()) };
  }

  it("without checks: write there is no check, and the line to add is named", async () => {
    const { pull, result } = await publishWith({ contents: "read", pull_requests: "write" });

    const { degradations } = await result;
    const { reviews, statuses, checks } = posted(stage, pull);

    expect(degradations).toEqual([expect.stringContaining("`checks: write`")]);
    expect([reviews.length, statuses.length, checks.length]).toEqual([1, 1, 0]);
    expect(places(stage, pull, FINDINGS)).toEqual(once(FINDINGS));
  });

  it("with issues: write alone the review is a comment with everything in it", async () => {
    const { pull, result } = await publishWith({ contents: "read", pull_requests: "read", issues: "write" });

    const { degradations, reviewUrl } = await result;

    expect(posted(stage, pull)).toMatchObject({ reviews: [], others: [{}], statuses: [{}] });
    expect(places(stage, pull, FINDINGS)).toEqual(once(FINDINGS));
    expect(degradations.join("\n")).toContain("`pull-requests: write`");
    expect(reviewUrl).toContain("#issuecomment-");
  });

  it("without any of them nothing is posted, and the error says what to add", async () => {
    const { pull, result } = await publishWith({ contents: "read", pull_requests: "read" });

    await expect(result).rejects.toThrow(ConfigurationError);
    await expect(result).rejects.toThrow("`permissions:` with `pull-requests: write`");
    expect(posted(stage, pull)).toMatchObject({ reviews: [], pending: [], others: [], statuses: [] });
  });

  it("a locked conversation is named", async () => {
    const pull = await stage.open();
    await github.changePullRequest(stage.repository, pull.number, "mona", "lock");
    const publisher = publisherOn(stage, pull);
    await publisher.begin(never());

    await expect(publisher.publish(REPORT, changeSetOf(pull), never())).rejects.toThrow("locked");
  });
});

describe("when the pull request changes meanwhile", () => {
  it("reviews the pinned commit and says that the branch has moved", async () => {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull);
    const changeSet = changeSetOf(pull);
    await publisher.begin(never());
    const moved = await github.push(stage.repository, pull.head.ref, { "src/new.ts": "x\n" });

    await publisher.publish(REPORT, changeSet, never());

    const { reviews } = posted(stage, pull);
    expect(reviews.map(({ commitId }) => commitId)).toEqual([changeSet.head]);
    expect(reviews[0]?.body).toContain(`moved to ${moved}`);
  });

  it("becomes a comment when a forced push took the commit away", async () => {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull);
    const changeSet = changeSetOf(pull);
    await publisher.begin(never());
    const main = await github.push(stage.repository, `other-${pull.number}`, { "src/f0.ts": "x\n" });
    await github.push(stage.repository, pull.head.ref, main);

    const result = await publisher.publish(REPORT, changeSet, never());

    expect(posted(stage, pull)).toMatchObject({ reviews: [], others: [{}] });
    expect(places(stage, pull, FINDINGS)).toEqual(once(FINDINGS));
    expect(result.degradations.join("\n")).toContain("Posted as a comment");
  });

  it.each(["close", "draft"] as const)("still posts once, with a note, after %s", async (change) => {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull);
    await publisher.begin(never());
    await github.changePullRequest(stage.repository, pull.number, "mona", change);

    await publisher.publish(REPORT, changeSetOf(pull), never());

    const { reviews } = posted(stage, pull);
    expect(reviews).toHaveLength(1);
    expect(reviews[0]?.body).toContain(change === "close" ? "was closed while" : "is a draft");
  });

  it("makes the status comment again, once, when somebody deleted it", async () => {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull);
    await publisher.begin(never());
    pull.comments.splice(0);

    await publisher.publish(REPORT, changeSetOf(pull), never());

    expect(posted(stage, pull).statusLines).toEqual(["status: published"]);
  });
});

describe("anchors", () => {
  it("that the diff does not have go to the body, and the rest stays inline", async () => {
    const pull = await stage.open();
    const findings = [
      finding("g1"),
      finding("g2", { startLine: 41, endLine: 41 }),
      finding("g3", { path: "src/none.ts" }),
      finding("g4", { path: "../evil.ts" }),
      finding("g5", { startLine: 9, endLine: 4 }),
    ];
    const publisher = publisherOn(stage, pull);
    await publisher.begin(never());

    const { degradations } = await publisher.publish(reportOf(findings), changeSetOf(pull), never());

    expect(posted(stage, pull).inline.map(({ body }) => body)).toEqual(["[[g1]]"]);
    expect(places(stage, pull, findings)).toEqual(once(findings));
    expect(degradations).toEqual([]);
  });

  it("that only GitHub refuses send all of them to the body, in one review", async () => {
    const pull = await stage.open();
    const changeSet = changeSetOf(pull);
    const wrong = { ...changeSet, files: changeSet.files.map((file) => ({ ...file, path: `${file.path}x` })) };
    const findings = [finding("g1", { path: "src/f0.tsx" }), finding("g2", { placement: "summary" })];
    const publisher = publisherOn(stage, pull);
    await publisher.begin(never());

    const { degradations } = await publisher.publish(reportOf(findings), wrong, never());

    expect(posted(stage, pull)).toMatchObject({ reviews: [{}], inline: [], pending: [], others: [] });
    expect(places(stage, pull, findings)).toEqual(once(findings));
    expect(degradations.join("\n")).toContain("GitHub refused the inline comments");
  });

  it("beyond the cap go to the body, the worst staying inline", async () => {
    const pull = await stage.open();
    const findings = Array.from({ length: 9 }, (_, index) => finding(`g${index}`));
    const publisher = publisherOn(stage, pull, { maxInline: 4 });
    await publisher.begin(never());

    await publisher.publish(reportOf(findings), changeSetOf(pull), never());

    expect(posted(stage, pull).inline.map(({ body }) => body)).toEqual(["[[g0]]", "[[g1]]", "[[g2]]", "[[g3]]"]);
    expect(places(stage, pull, findings)).toEqual(once(findings));
  });
});

describe("other writers on the pull request", () => {
  const STATUS = { kind: "status", workflow: "review", head: "", part: "1/1" } as const;

  it("cannot pass a comment of theirs off as ours", async () => {
    const pull = await stage.open();
    const marker = { ...STATUS, run: `command-${pull.number}`, head: pull.head.sha };
    github.commentAs("mona", stage.repository, pull.number, withMarker("status: mine", marker));
    github.commentAs("mona", stage.repository, pull.number, withMarker("review", { ...marker, kind: "review" }));
    const publisher = publisherOn(stage, pull);

    await publisher.begin(never());
    const result = await publisher.publish(REPORT, changeSetOf(pull), never());

    expect(result.alreadyPublished).toBe(false);
    expect(posted(stage, pull)).toMatchObject({ reviews: [{}], statuses: [{}] });
    expect(pull.comments[0]?.body).toContain("status: mine");
  });

  it("keep their status comment when they are another workflow of the same account", async () => {
    const pull = await stage.open();
    const marker = { ...STATUS, workflow: "nightly", run: "x", head: pull.head.sha };
    github.commentAs("github-actions[bot]", stage.repository, pull.number, withMarker("status: nightly", marker));
    const publisher = publisherOn(stage, pull);

    await publisher.begin(never());

    expect(posted(stage, pull).statusLines).toEqual(["status: nightly", "status: running"]);
  });

  async function leavePending(number: number, body: string, token: string): Promise<void> {
    await fetch(`${github.url}/repos/acme/shop/pulls/${number}/reviews`, {
      method: "POST",
      headers: { authorization: `token ${token}` },
      body: JSON.stringify({ body }),
    });
  }

  it("keep an unfinished review of theirs, and ours becomes a comment", async () => {
    const pull = await stage.open();
    const token = github.addToken({ permissions: FULL });
    await leavePending(pull.number, "draft of another tool", token);
    const publisher = publisherOn(stage, pull, { token });
    await publisher.begin(never());

    const { degradations } = await publisher.publish(REPORT, changeSetOf(pull), never());

    expect(posted(stage, pull)).toMatchObject({
      reviews: [],
      pending: [{ body: "draft of another tool" }],
      others: [{}],
    });
    expect(places(stage, pull, FINDINGS)).toEqual(once(FINDINGS));
    expect(degradations.join("\n")).toContain("unfinished review");
  });

  it("are not in question when the unfinished review is ours, of an older run", async () => {
    const pull = await stage.open();
    const token = github.addToken({ permissions: FULL });
    const old = { kind: "review", workflow: "review", run: "older", head: "0".repeat(40), part: "1/1" } as const;
    await leavePending(pull.number, withMarker("[[f1]]", old), token);
    const publisher = publisherOn(stage, pull, { token });
    await publisher.begin(never());

    await publisher.publish(REPORT, changeSetOf(pull), never());

    expect(posted(stage, pull)).toMatchObject({ reviews: [{}], pending: [], others: [] });
    expect(places(stage, pull, FINDINGS)).toEqual(once(FINDINGS));
  });
});

describe("a body too long for one post", () => {
  const long = Array.from({ length: 30 }, (_, index) =>
    finding(`long${index}`, { placement: "summary", detail: "text \n\n".repeat(700) }),
  );

  it("goes on in comments, numbered, each once", async () => {
    const pull = await stage.open();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const publisher = publisherOn(stage, pull);
      await publisher.begin(never());
      await publisher.publish(reportOf(long), changeSetOf(pull), never());
    }

    const { reviews, others } = posted(stage, pull);
    expect([reviews.length, others.length]).toEqual([1, 2]);
    for (const { body } of [...reviews, ...others]) expect(body.length).toBeLessThan(61_000);
    expect(places(stage, pull, long)).toEqual(once(long));
  });
});

describe("while the run goes on", () => {
  const plan = (id: string) => ({
    kind: "plan-ready" as const,
    plan: {
      skipped: [],
      notes: [],
      warnings: [],
      subtasks: [
        {
          id,
          description: id,
          lens: "x",
          files: [],
          risk: "normal" as const,
          tools: [],
          budget: { turns: 1, tokens: 1, outputTokens: 1 },
          dependsOn: [],
          wave: 0,
          why: "",
        },
      ],
    },
  });

  it("edits the status comment in place, with growing pauses, and last of all with the end", async () => {
    const pull = await stage.open();
    let now = 0;
    const publisher = publisherOn(stage, pull, { clock: { now: () => now, sleep: async () => Promise.resolve() } });
    await publisher.begin(never());
    const edits = (): number =>
      github.journal.entries.filter(({ method, path }) => method === "PATCH" && path.includes("/issues/comments/"))
        .length;
    const before = edits();

    for (now = 0; now < 60_000; now += 100) {
      publisher.progress(plan(`s${now}`));
      // Lets an edit that was started come to its end, as the seconds between two events would.
      if (now % 1_000 === 0) await fetch(`${github.url}/rate_limit`);
    }
    await publisher.publish(REPORT, changeSetOf(pull), never());

    expect(edits() - before).toBeLessThanOrEqual(6);
    expect(edits() - before).toBeGreaterThanOrEqual(3);
    expect(posted(stage, pull).statusLines).toEqual(["status: published"]);
  });

  it("may end before it was announced", async () => {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull);

    const begun = publisher.begin(never());
    await publisher.publish(REPORT, changeSetOf(pull), never());
    await begun;

    const { reviews, statusLines, checks } = posted(stage, pull);
    expect([reviews.length, statusLines, checks.length]).toEqual([1, ["status: published"], 1]);
  });

  it("leaves the end standing, whatever event comes late", async () => {
    const pull = await stage.open();
    let now = 0;
    const publisher = publisherOn(stage, pull, { clock: { now: () => now, sleep: async () => Promise.resolve() } });
    await publisher.begin(never());
    await publisher.publish(REPORT, changeSetOf(pull), never());
    const requests = github.journal.entries.length;

    now = 1_000_000;
    publisher.progress(plan("late"));
    await fetch(`${github.url}/rate_limit`);

    expect(github.journal.entries.length - requests).toBe(1);
    expect(posted(stage, pull).statusLines).toEqual(["status: published"]);
  });

  it("does not write a status that has not changed", async () => {
    const pull = await stage.open();
    let now = 0;
    const publisher = publisherOn(stage, pull, { clock: { now: () => now, sleep: async () => Promise.resolve() } });
    await publisher.begin(never());
    const requests = github.journal.entries.length;

    now = 1_000_000;
    publisher.progress({ kind: "tool-call", subtaskId: "s1", tool: "Read" });
    await fetch(`${github.url}/rate_limit`);

    expect(github.journal.entries.length - requests).toBe(1);
  });

  it("says that a run was abandoned, in comment and check", async () => {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull);
    await publisher.begin(never());

    await publisher.abandon("out of money", never());

    const { statusLines, checks, reviews } = posted(stage, pull);
    expect(statusLines).toEqual(["status: abandoned"]);
    expect(checks).toMatchObject([{ status: "completed", conclusion: "failure" }]);
    expect(reviews).toEqual([]);
  });

  it("lets a run go on when it cannot be announced", async () => {
    const pull = await stage.open();
    const remove = github.faults.add({ when: "before", do: { status: 503 }, times: 100 });
    const publisher = publisherOn(stage, pull);

    await publisher.begin(never());
    publisher.progress(plan("s1"));
    remove();
    const result = await publisher.publish(REPORT, changeSetOf(pull), never());

    expect(result.degradations.join("\n")).toContain("Could not announce the run");
    expect(posted(stage, pull)).toMatchObject({ reviews: [{}], statuses: [{}], checks: [{ status: "completed" }] });
  });

  it("fails with an outside error, nothing posted, while GitHub is down", async () => {
    const pull = await stage.open();
    const publisher = publisherOn(stage, pull);
    await publisher.begin(never());
    const remove = github.faults.add({ method: "POST", when: "before", do: { status: 502 }, times: 100 });

    await expect(publisher.publish(REPORT, changeSetOf(pull), never())).rejects.toThrow(ExternalError);
    remove();

    expect(posted(stage, pull)).toMatchObject({ reviews: [], pending: [], others: [] });
  });
});

describe("all of the above", () => {
  it("sent and took only what GitHub's own description allows", () => {
    expect(stage.contract.operations).toContain("pulls/create-review");
    expect(stage.contract.violations).toEqual([]);
  });
});

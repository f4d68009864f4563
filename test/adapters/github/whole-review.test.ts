import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createGitHub } from "../../../src/adapters/github/octokit.ts";
import { authorise } from "../../../src/adapters/github/permission.ts";
import { createPullRequestSource } from "../../../src/adapters/github/pull-request-source.ts";
import type { StoredChange } from "../../../src/adapters/github/pull-request-source.ts";
import { readPullRequest } from "../../../src/adapters/github/pull-request.ts";
import { react } from "../../../src/adapters/github/reaction.ts";
import { startGitHub } from "../../../src/standin/github/start-github.ts";
import type { GitHubStandin } from "../../../src/standin/github/start-github.ts";
import { memorySnapshot } from "../../support/memory-snapshot.ts";
import { FULL, finding, places, posted, publisherOn, reportOf, setStage } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { never } from "./support.ts";

let github: GitHubStandin;
let stage: Stage;
beforeAll(async () => {
  github = await startGitHub();
  stage = await setStage(github);
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

/** A pull request that adds `count` files, and a command in it by a person who may write. */
async function commandOn(count: number) {
  const branch = `many-${count}`;
  const files = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`many/f${index}.ts`, `line ${index}\n`]),
  );
  await github.push(stage.repository, branch, files, { from: "main" });
  const { pull } = await github.openPullRequest(stage.repository, {
    base: "main",
    head: branch,
    title: "Many",
    author: "mona",
  });
  const { comment } = github.commentAs("mona", stage.repository, pull.number, "/parallel-review");
  return { pull, comment, files };
}

/** Everything that a review asks of GitHub, from the command to the last reaction. */
async function review(count: number, store: boolean) {
  const { pull, comment, files } = await commandOn(count);
  const token = github.addToken({ permissions: FULL });
  const options = { repository: "acme/shop", token, baseUrl: github.url, spacing: "none", retryBaseMs: 0 } as const;
  const read = createGitHub({ ...options, fetch: stage.fetch });
  const write = createGitHub({ ...options, fetch: stage.fetch, writeTo: pull.number });
  const before = github.journal.entries.length;

  const who = await authorise(read, { login: "mona", id: comment.author.id, type: "User" }, new Set(), never());
  await react(write, { commentId: comment.id }, "eyes", never());
  const facts = await readPullRequest(read, pull.number, never());
  const tree = memorySnapshot(files);
  const stored: StoredChange = {
    base: facts.base,
    files: [],
    commitMessages: [],
    attributes: new Map(),
    head: tree,
    guidance: tree,
  };
  const source = createPullRequestSource({
    github: read,
    pull: facts,
    ...(store ? { store: async () => Promise.resolve(stored) } : {}),
  });
  const { changeSet, head } = await source.load(never());
  const publisher = publisherOn(stage, pull, { token });
  await publisher.begin(never());
  const texts = await Promise.all(Object.keys(files).map(async (path) => head.read(path, never())));
  const findings = Object.keys(files)
    .slice(0, 40)
    .map((path, index) =>
      finding(`f${index}`, { path, startLine: 1, endLine: 1, placement: store ? "summary" : "inline" }),
    );
  await publisher.publish(reportOf(findings), changeSet, never());
  await react(write, { commentId: comment.id }, "rocket", never());

  const requests = github.journal.entries.slice(before);
  return {
    pull,
    who,
    changeSet,
    texts,
    files,
    findings,
    comment,
    requests: requests.map(({ method, path }) => `${method} ${path}`),
  };
}

describe("a whole review", () => {
  it.each([12, 250])(
    "of %i files, fetched with git, takes at most 12 requests and one a hundred files",
    async (count) => {
      const { requests, pull, findings } = await review(count, true);

      expect(requests.length).toBeLessThanOrEqual(12 + Math.ceil(count / 100));
      expect(posted(stage, pull).reviews).toHaveLength(1);
      expect(places(stage, pull, findings)).toEqual(Object.fromEntries(findings.map(({ id }) => [id, 1])));
    },
  );

  it("by API alone reads the same change, and posts on it", async () => {
    const { who, changeSet, texts, files, findings, pull, comment } = await review(12, false);

    expect(who).toEqual({ allowed: true });
    expect(changeSet.files.map(({ path, status, additions }) => [path, status, additions])).toEqual(
      Object.keys(files)
        .toSorted()
        .map((path) => [path, "added", 1]),
    );
    expect(texts).toEqual(Object.values(files).map((text) => ({ kind: "text", text })));
    expect(posted(stage, pull).inline).toHaveLength(12);
    expect(places(stage, pull, findings)).toEqual(Object.fromEntries(findings.map(({ id }) => [id, 1])));
    expect(comment.reactions.map(({ content }) => content)).toEqual(["eyes", "rocket"]);
  });

  it("where GraphQL is refused takes some requests more, and recognises its own posts all the same", async () => {
    const pull = await stage.open();
    const remove = github.faults.add({
      path: "/graphql",
      when: "before",
      do: { status: 403, body: { message: "Resource not accessible by integration" } },
      times: 100,
    });

    for (let attempt = 0; attempt < 2; attempt += 1) {
      const publisher = publisherOn(stage, pull);
      await publisher.begin(never());
      await publisher.publish(
        reportOf([finding("f1", { placement: "summary" })]),
        { ...changeNothing, pullRequest: pull.number },
        never(),
      );
    }
    remove();

    const { reviews, statuses, checks } = posted(stage, pull);
    expect([reviews.length, statuses.length, checks.length]).toEqual([1, 1, 1]);
  });

  it("sent and took only what GitHub's own description allows", () => {
    expect(stage.contract.violations).toEqual([]);
  });
});

const changeNothing = {
  repository: "acme/shop",
  base: "",
  head: "",
  title: "",
  body: "",
  commitMessages: [],
  files: [],
  unlistedFiles: 0,
  attributes: new Map<string, never>(),
};

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { describe, expect, it } from "vitest";

import type { StandinEvent } from "../../../src/standin/github/events.ts";
import { openShop, SHOP } from "./shop.ts";

/** Payloads recorded from the real GitHub. */
const examples = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve("@octokit/webhooks-examples"), "utf8"),
) as readonly { readonly name: string; readonly examples: readonly Record<string, unknown>[] }[];

/** Keys that GitHub has dropped from payloads since the examples were recorded. */
const GONE = new Set(["allow_squash_merge", "allow_merge_commit", "allow_rebase_merge", "delete_branch_on_merge"]);

/** Paths of the keys that every example of an event and action has, below the given top keys. */
function keysInAllExamples(name: string, action: string): string[] {
  const payloads = examples
    .filter((event) => event.name === name)
    .flatMap((event) => event.examples)
    .filter((payload) => payload["action"] === action);
  expect(payloads.length).toBeGreaterThan(0);
  const [first = new Set<string>(), ...rest] = payloads.map((payload) => new Set(keyPaths(payload)));
  return [...first].filter((path) => rest.every((paths) => paths.has(path)) && !GONE.has(path.split(".").at(-1) ?? ""));
}

function keyPaths(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [`${at}${key}`, ...keyPaths(inner, `${at}${key}.`)]);
}

/** Objects that are null in our payloads and filled in every example; `installation` is in what apps get, not in what Actions get. */
const EMPTY_HERE = /^(?:issue|pull_request)\.(?:assignee|milestone|auto_merge)\.|\.license\.|^installation\b/;

function missing(event: StandinEvent): string[] {
  const ours = new Set(keyPaths(event.payload));
  return keysInAllExamples(event.name, event.action ?? "").filter((path) => !ours.has(path) && !EMPTY_HERE.test(path));
}

describe("event payloads", () => {
  it("have every key that all recorded payloads of the event have", async () => {
    await using shop = await openShop();
    const { github, repository } = shop;
    const events: StandinEvent[] = [];
    github.onEvent((event) => void events.push(event));
    const person = shop.client({ login: "keeper", permissions: { pull_requests: "write" } });

    const { comment, event } = github.commentAs("dev", repository, 1, "/parallel-review");
    github.editCommentAs("dev", repository, comment, "/parallel-review full");
    await github.push(repository, "feature", { "x.ts": "x\n" });
    await github.changePullRequest(repository, 1, "dev", "close");
    await github.changePullRequest(repository, 1, "dev", "reopen");
    await person.rest.pulls.createReview({
      ...SHOP,
      pull_number: 1,
      event: "COMMENT",
      body: "b",
      comments: [{ path: "src/cart.ts", line: 5, body: "c" }],
    });

    expect(events.map(({ name, action }) => `${name}.${action ?? ""}`)).toEqual([
      "issue_comment.created",
      "issue_comment.edited",
      "pull_request.synchronize",
      "pull_request.closed",
      "pull_request.reopened",
      "pull_request_review.submitted",
      "pull_request_review_comment.created",
    ]);
    expect(events[0]).toBe(event);
    expect(events.flatMap((one) => missing(one).map((path) => `${one.name}.${one.action ?? ""}: ${path}`))).toEqual([]);
  });

  it("say that the comment stands under a pull request, who wrote it and what", async () => {
    await using shop = await openShop();

    const { event } = shop.github.commentAs("dev", shop.repository, 1, "/parallel-review");

    expect(event.payload).toMatchObject({
      action: "created",
      issue: { number: 1, pull_request: { url: `${shop.github.url}/repos/acme/shop/pulls/1` } },
      comment: { body: "/parallel-review", user: { login: "dev", type: "User" }, author_association: "COLLABORATOR" },
      repository: { full_name: "acme/shop", default_branch: "main" },
      sender: { login: "dev" },
    });
  });

  it("name both heads of a push, and come only after the pull request is up to date", async () => {
    await using shop = await openShop();
    const before = shop.pull.head.sha;
    const seen: unknown[] = [];
    shop.github.onEvent(({ payload }) => void seen.push([payload["before"], payload["after"], shop.pull.head.sha]));

    const after = await shop.github.push(shop.repository, "feature", { "x.ts": "x\n" });

    expect(seen).toEqual([[before, after, after]]);
  });

  it("do not exist for what GITHUB_TOKEN does", async () => {
    await using shop = await openShop();
    const seen: StandinEvent[] = [];
    const stop = shop.github.onEvent((event) => void seen.push(event));
    const comment = { ...SHOP, issue_number: 1, body: "b" };
    const permissions = { issues: "write" } as const;

    await shop.client({ permissions }).rest.issues.createComment(comment);
    expect(seen).toEqual([]);
    await shop.client({ login: "parallel-review[bot]", permissions }).rest.issues.createComment(comment);
    expect(seen.map(({ sender }) => sender.login)).toEqual(["parallel-review[bot]"]);
    stop();
    await shop.client({ login: "dev", permissions }).rest.issues.createComment(comment);
    expect(seen).toHaveLength(1);
  });
});

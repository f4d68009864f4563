import examples from "@octokit/webhooks-examples" with { type: "json" };
import { describe, expect, it } from "vitest";

import { readTrigger } from "../../src/entry/github-event.ts";

type Example = { name: string; examples: Record<string, unknown>[] };

function payloads(name: string): Record<string, unknown>[] {
  const found = (examples as unknown as Example[]).find((example) => example.name === name)?.examples ?? [];
  if (found.length === 0) throw new Error(`no examples of ${name}`);
  return found;
}

/** None of GitHub's own examples of issue_comment is on a pull request; this adds the key that tells. */
function commentPayload(body: string, over: { issue?: object; comment?: object; action?: string } = {}): unknown {
  const payload = payloads("issue_comment").find(({ action }) => action === "created");
  const base = payload as { issue: object; comment: object };
  return {
    ...payload,
    action: over.action ?? "created",
    issue: { ...base.issue, state: "open", pull_request: { url: "" }, ...over.issue },
    comment: { ...base.comment, body, ...over.comment },
  };
}

const read = (name: string, payload: unknown, pullRequest?: number): unknown =>
  readTrigger({ name, payload, runId: "77" }, pullRequest);

describe("readTrigger", () => {
  it("takes the command and the commenter from a comment on a pull request", () => {
    expect(read("issue_comment", commentPayload("/parallel-review plan"))).toMatchObject({
      kind: "comment",
      command: { verb: "plan" },
      commenter: { login: "Codertocat", type: "User", viaApp: false },
      run: expect.stringMatching(/^comment-\d+$/),
    });
  });

  it("marks a comment that an app wrote for its user", () => {
    const payload = commentPayload("/parallel-review", { comment: { performed_via_github_app: { id: 1 } } });

    expect(read("issue_comment", payload)).toMatchObject({ commenter: { viaApp: true } });
  });

  it.each([
    ["an edit", commentPayload("/parallel-review", { action: "edited" })],
    ["an issue", commentPayload("/parallel-review", { issue: { pull_request: undefined } })],
    ["a closed pull request", commentPayload("/parallel-review", { issue: { state: "closed" } })],
    ["talk", commentPayload("LGTM")],
    ["a deleted account", commentPayload("/parallel-review", { comment: { user: null } })],
  ])("does nothing for %s", (_what, payload) => {
    expect(read("issue_comment", payload)).toMatchObject({ kind: "nothing" });
  });

  it("hands a mistake back with what is wrong", () => {
    expect(read("issue_comment", commentPayload("/parallel-review --fast"))).toMatchObject({
      kind: "mistake",
      message: "unknown option --fast",
    });
  });

  it("reads every example of GitHub's own without failing", () => {
    for (const payload of payloads("issue_comment")) expect(read("issue_comment", payload)).toHaveProperty("kind");
    for (const payload of payloads("pull_request")) expect(read("pull_request", payload)).toHaveProperty("kind");
  });

  it("reviews a pushed or opened pull request once per head, and leaves drafts alone", () => {
    const opened = payloads("pull_request").find(({ action }) => action === "opened") as { pull_request: object };
    const draft = { ...opened, pull_request: { ...opened.pull_request, draft: true } };

    expect(read("pull_request", opened)).toMatchObject({
      kind: "pull-request",
      run: "head",
    });
    expect(read("pull_request", draft)).toMatchObject({ kind: "nothing" });
  });

  it("takes a reply under lines of the diff as a command about that thread, where an id may be left out", () => {
    const [payload] = payloads("pull_request_review_comment") as { comment: object; pull_request: object }[];
    const reply = (body: string): unknown => ({
      ...payload,
      action: "created",
      pull_request: { ...payload?.pull_request, state: "open" },
      comment: { ...payload?.comment, id: 12, in_reply_to_id: 7, body },
    });

    expect(read("pull_request_review_comment", reply("/parallel-review explain"))).toMatchObject({
      kind: "comment",
      commentId: 12,
      threadId: 7,
      command: { verb: "explain", options: {} },
      run: "reply-12",
    });
    expect(read("pull_request_review_comment", reply("/parallel-review ignore it is a fixture"))).toMatchObject({
      command: { verb: "ignore", reason: "it is a fixture" },
    });
    expect(read("issue_comment", commentPayload("/parallel-review explain"))).toMatchObject({ kind: "mistake" });
    for (const each of payloads("pull_request_review_comment"))
      expect(read("pull_request_review_comment", each)).toHaveProperty("kind");
  });

  it("asks who clicked, where a button of our check or the label asks for a review", () => {
    const [check] = payloads("check_run").filter(({ action }) => action === "rerequested") as { check_run: object }[];
    const ours = {
      ...check,
      check_run: { ...check?.check_run, name: "parallel-review", pull_requests: [{ number: 3 }] },
    };
    const [labelled] = payloads("pull_request").filter(({ action }) => action === "labeled");

    expect(read("check_run", ours)).toMatchObject({
      kind: "pull-request",
      pullRequest: 3,
      run: expect.stringMatching(/^check-\d+-77$/),
      requester: { login: "octocat" },
    });
    expect(read("check_run", check)).toMatchObject({ kind: "nothing" });
    expect(read("pull_request", { ...labelled, label: { name: "parallel-review" } })).toMatchObject({
      kind: "pull-request",
      requester: { login: "Codertocat" },
    });
    expect(read("pull_request", { ...labelled, label: { name: "bug" } })).toMatchObject({ kind: "nothing" });
  });

  it("ends what runs when the pull request is closed", () => {
    const closed = payloads("pull_request").find(({ action }) => action === "closed");

    expect(read("pull_request", closed)).toMatchObject({ kind: "stop" });
  });

  it("takes the pull request of a dispatch from the input, and asks for it when it is missing", () => {
    expect(read("workflow_dispatch", {}, 12)).toEqual({
      kind: "pull-request",
      pullRequest: 12,
      run: "run-77",
    });
    expect(() => read("workflow_dispatch", {})).toThrow("set the input pull-request");
  });

  it.each(["push", "pull_request_target"])("refuses %s with what to use instead", (name) => {
    expect(() => read(name, {})).toThrow("issue_comment");
  });
});

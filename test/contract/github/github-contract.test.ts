import { describe, expect, it } from "vitest";

import { createGitHubContract } from "./github-contract.ts";

const API = "https://api.github.com/repos/acme/shop";

/** A request whose answer is not looked at. */
function send(method: string, path: string, body?: unknown): string[] {
  const contract = createGitHubContract({ check: "requests" });
  return contract.check({ method, url: `${API}${path}`, body, status: 200, answer: undefined });
}

function graphql(query: string, variables: Record<string, unknown> = {}): string[] {
  const url = "https://api.github.com/graphql";
  const contract = createGitHubContract();
  return contract.check({ method: "POST", url, body: { query, variables }, status: 200, answer: { data: {} } });
}

describe("the contract finds what GitHub's description forbids", () => {
  const comment = { path: "a.ts", line: 1, side: "RIGHT", body: "b" };

  it.each([
    ["a wrong event", "/pulls/1/reviews", { event: "NOPE" }, "body/event must be equal to one of the allowed values"],
    [
      "a comment without a body",
      "/pulls/1/reviews",
      { comments: [{ path: "a.ts" }] },
      "must have required property 'body'",
    ],
    [
      "a misspelt key deep inside",
      "/pulls/1/reviews",
      { comments: [{ ...comment, startLine: 1 }] },
      "body/comments/0/startLine is not in the documented schema",
    ],
    ["a reaction that does not exist", "/issues/comments/1/reactions", { content: "thumbs" }, "allowed values"],
    ["a missing body", "/issues/1/comments", undefined, "a body is required"],
    [
      "51 annotations",
      "/check-runs",
      {
        name: "n",
        head_sha: "0".repeat(40),
        output: {
          title: "t",
          summary: "s",
          annotations: Array.from({ length: 51 }, () => ({
            path: "a.ts",
            start_line: 1,
            end_line: 1,
            annotation_level: "notice",
            message: "m",
          })),
        },
      },
      "must NOT have more than 50 items",
    ],
  ])("%s", (_, path, body, violation) => {
    expect(send("POST", path, body).join("\n")).toContain(violation);
  });

  it("passes a right request", () => {
    expect(send("POST", "/pulls/1/reviews", { event: "COMMENT", body: "b", comments: [comment] })).toEqual([]);
  });

  it("an endpoint, a query and a value that are not documented", () => {
    expect(send("GET", "/secret/door").join()).toContain("not in the committed subset");
    expect(send("GET", "/pulls?color=red").join()).toContain("query ?color is not documented");
    expect(send("GET", "/pulls?per_page=abc").join()).toContain("must be integer");
    expect(send("GET", "/pulls?state=closed&per_page=5")).toEqual([]);
  });

  it("paths whose last part holds slashes", () => {
    expect(send("GET", "/contents/src/deep/a.ts?ref=main")).toEqual([]);
    expect(send("GET", "/commits/feature/x/check-runs?filter=all")).toEqual([]);
  });

  it("an answer of the wrong shape or with an undocumented status", () => {
    const contract = createGitHubContract();
    const exchange = { method: "GET", url: `${API}/issues/1/comments`, body: undefined };

    expect(contract.check({ ...exchange, status: 200, answer: [{ id: "text" }] }).join()).toContain("response/0");
    expect(contract.check({ ...exchange, status: 204, answer: undefined }).join()).toContain("204 is not documented");
    expect(contract.check({ ...exchange, status: 502, answer: undefined })).toEqual([]);
  });

  it("documents and variables GitHub's schema refuses", () => {
    const minimize =
      "mutation($s:ID!,$c:ReportedContentClassifiers!){minimizeComment(input:{subjectId:$s,classifier:$c}){minimizedComment{isMinimized}}}";

    expect(graphql(minimize, { s: "x", c: "OUTDATED" })).toEqual([]);
    expect(graphql(minimize, { s: "x", c: "STALE" }).join()).toContain("STALE");
    expect(graphql("{viewer{name_}}").join()).toContain('Cannot query field "name_"');
    expect(graphql("{viewer{login}}", { stray: 1 }).join()).toContain("$stray is not declared");
    expect(graphql("{viewer{").join()).toContain("Syntax Error");
  });

  it("what goes through its fetch, sending it on untouched", async () => {
    const contract = createGitHubContract({ fetch: async () => Response.json([{ id: 1 }], { status: 200 }) });

    const response = await contract.fetch(`${API}/issues/1/comments?per_page=100`);

    expect(await response.json()).toEqual([{ id: 1 }]);
    expect(contract.violations.join()).toContain(
      "GET /repos/acme/shop/issues/1/comments issues/list-comments: response/0",
    );
    expect(contract.operations).toEqual(["issues/list-comments"]);
  });
});

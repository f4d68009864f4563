import { describe, expect, it } from "vitest";

import { openShop, SHOP, type Shop } from "./shop.ts";

const THREADS = `query($owner:String!,$name:String!,$number:Int!,$after:String){
  repository(owner:$owner,name:$name){
    viewerPermission
    pullRequest(number:$number){
      id
      reviewThreads(first:2,after:$after){
        pageInfo{hasNextPage endCursor}
        nodes{id isResolved isOutdated path line comments(first:1){nodes{databaseId body author{login} isMinimized}}}
      }
    }
  }
}`;

interface Threads {
  readonly repository: {
    readonly pullRequest: {
      readonly reviewThreads: {
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        readonly nodes: readonly { readonly id: string; readonly isResolved: boolean; readonly line: number }[];
      };
    };
  };
}

const NUMBER = { owner: "acme", name: "shop", number: 1 };

async function reviewed(shop: Shop, ...lines: number[]): Promise<void> {
  const octokit = shop.client({ permissions: { pull_requests: "write" } });
  const comments = lines.map((line) => ({ path: "src/cart.ts", line, body: `on ${String(line)}` }));
  await octokit.rest.pulls.createReview({ ...SHOP, pull_number: 1, event: "COMMENT", body: "b", comments });
}

describe("GraphQL", () => {
  it("lists review threads in pages, and resolves them several at a time", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { pull_requests: "write", contents: "write" } });
    await reviewed(shop, 3, 4, 5);

    const first = (await octokit.graphql<Threads>(THREADS, NUMBER)).repository.pullRequest.reviewThreads;
    const rest = await octokit.graphql<Threads>(THREADS, { ...NUMBER, after: first.pageInfo.endCursor });
    const nodes = [...first.nodes, ...rest.repository.pullRequest.reviewThreads.nodes];
    await octokit.graphql(
      `mutation($a:ID!,$b:ID!){
        one:resolveReviewThread(input:{threadId:$a}){thread{isResolved}}
        two:resolveReviewThread(input:{threadId:$b}){thread{isResolved}}
      }`,
      { a: nodes[0]?.id, b: nodes[1]?.id },
    );

    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(rest.repository.pullRequest.reviewThreads.pageInfo.hasNextPage).toBe(false);
    expect(nodes.map(({ line }) => line)).toEqual([3, 4, 5]);
    const threads = shop.pull.reviewComments.map(({ thread }) => thread.resolvedBy?.login);
    expect(threads).toEqual(["github-actions[bot]", "github-actions[bot]", undefined]);
    expect(shop.contract.violations).toEqual([]);
  });

  it("wants contents: write to resolve a thread, and names what it refuses beside what it does", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { pull_requests: "write" } });
    await reviewed(shop, 5);
    const { repository } = await octokit.graphql<Threads>(THREADS, NUMBER);
    const id = repository.pullRequest.reviewThreads.nodes[0]?.id;

    const request = octokit.graphql("mutation($i:ID!){resolveReviewThread(input:{threadId:$i}){thread{id}}}", {
      i: id,
    });

    await expect(request).rejects.toMatchObject({
      errors: [{ type: "FORBIDDEN", message: "Resource not accessible by integration", path: ["resolveReviewThread"] }],
      data: { resolveReviewThread: null },
    });
    expect(shop.pull.reviewComments[0]?.thread.resolvedBy).toBeUndefined();
  });

  it("minimizes a comment by its node id from the REST API", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { issues: "write" } });
    const { data } = await octokit.rest.issues.createComment({ ...SHOP, issue_number: 1, body: "old" });

    const answer = await octokit.graphql(
      "mutation($id:ID!){minimizeComment(input:{subjectId:$id,classifier:OUTDATED}){minimizedComment{isMinimized minimizedReason ... on IssueComment{databaseId}}}}",
      { id: data.node_id },
    );

    expect(answer).toEqual({
      minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason: "outdated", databaseId: data.id } },
    });
    expect(shop.pull.comments[0]?.minimizedReason).toBe("OUTDATED");
  });

  it("commits on a branch if it stands where the client thinks, and the pull request follows", async () => {
    await using shop = await openShop();
    const octokit = shop.client({ permissions: { contents: "write" } });
    const commit = async (expectedHeadOid: string): Promise<unknown> =>
      octokit.graphql("mutation($i:CreateCommitOnBranchInput!){createCommitOnBranch(input:$i){commit{oid url}}}", {
        i: {
          branch: { repositoryNameWithOwner: "acme/shop", branchName: "feature" },
          expectedHeadOid,
          message: { headline: "By API", body: "more" },
          fileChanges: {
            additions: [{ path: "src/api.ts", contents: Buffer.from("api\n").toString("base64") }],
            deletions: [{ path: "src/added.ts" }],
          },
        },
      });
    const before = shop.pull.head.sha;

    const answer = await commit(before);

    expect(answer).toMatchObject({ createCommitOnBranch: { commit: { oid: shop.pull.head.sha } } });
    expect(shop.pull.commits.at(-1)?.message).toBe("By API\n\nmore");
    expect(shop.pull.files.map(({ path }) => path)).toContain("src/api.ts");
    await expect(commit(before)).rejects.toMatchObject({ errors: [{ type: "STALE_DATA" }] });
    expect(shop.contract.violations).toEqual([]);
  });

  it("says who asks and what they may, and that a thing does not exist", async () => {
    await using shop = await openShop();
    const dev = shop.client({ login: "dev", permissions: {} });

    const answer = await dev.graphql(
      'query Who { viewer { login } repository(owner:"acme", name:"shop") { viewerPermission defaultBranchRef { name target { oid } } } }',
    );

    expect(answer).toMatchObject({
      viewer: { login: "dev" },
      repository: { viewerPermission: "WRITE", defaultBranchRef: { name: "main" } },
    });
    await expect(dev.graphql('{repository(owner:"acme",name:"none"){id}}')).rejects.toMatchObject({
      errors: [{ type: "NOT_FOUND", message: "Could not resolve to a Repository with the name 'acme/none'." }],
    });
    await expect(shop.client(undefined).graphql("{viewer{login}}")).rejects.toMatchObject({ status: 401 });
  });

  it("refuses a field it does not know instead of answering null", async () => {
    await using shop = await openShop();
    const response = await fetch(shop.github.graphqlUrl, {
      method: "POST",
      headers: { authorization: `bearer ${shop.github.addToken({})}` },
      body: JSON.stringify({ query: "{viewer{shoeSize}}" }),
    });

    expect(await response.json()).toMatchObject({
      errors: [{ message: "Field 'shoeSize' doesn't exist on type 'Bot'" }],
    });
  });
});

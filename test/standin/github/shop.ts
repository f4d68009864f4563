import { Octokit } from "@octokit/rest";

import type { Permission } from "../../../src/standin/github/http/route.ts";
import type { StandinPullRequest, StandinRepository } from "../../../src/standin/github/model.ts";
import { startGitHub, type GitHubStandin } from "../../../src/standin/github/start-github.ts";
import { createGitHubContract, type GitHubContract } from "../../contract/github/github-contract.ts";

export const SHOP = { owner: "acme", repo: "shop" } as const;

/** What a workflow with every permission this project ever asks for holds. */
export const EVERYTHING: Readonly<Partial<Record<Permission, "read" | "write">>> = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  pull_requests: "write",
  security_events: "write",
};

export interface Shop extends AsyncDisposable {
  readonly github: GitHubStandin;
  readonly contract: GitHubContract;
  readonly repository: StandinRepository;
  readonly pull: StandinPullRequest;
  /** A client with a token of its own; every exchange goes through the contract. */
  client(token: Parameters<GitHubStandin["addToken"]>[0] | undefined): Octokit;
}

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${String(from + index)}\n`).join("");

/** 60 lines, of which the pull request changes line 5, deletes line 30 and adds one at the end. */
const BEFORE = lines(1, 60);
const AFTER = `${lines(1, 4)}line five\n${lines(6, 29)}${lines(31, 60)}line 61\n`;

/** A GitHub with one repository and one pull request, number 1, opened by `dev`. */
export async function openShop(): Promise<Shop> {
  const github = await startGitHub();
  const contract = createGitHubContract({ baseUrl: github.url });
  const repository = await github.addRepository({
    owner: SHOP.owner,
    name: SHOP.repo,
    collaborators: { dev: "write", triager: "triage", keeper: "maintain" },
  });
  await github.push(repository, "main", {
    "README.md": "# Shop\n",
    "src/cart.ts": BEFORE,
    "src/old-name.ts": lines(1, 40),
    "src/gone.ts": "export const gone = true;\n",
    "logo.png": new Uint8Array([137, 80, 78, 71, 0, 1, 2, 3]),
    "latest.ts": { mode: "120000", content: "src/cart.ts" },
  });
  await github.push(
    repository,
    "feature",
    {
      "src/cart.ts": AFTER,
      "src/old-name.ts": null,
      "src/new-name.ts": lines(1, 40),
      "src/gone.ts": null,
      "src/added.ts": "export const added = 1;\n",
      "logo.png": new Uint8Array([137, 80, 78, 71, 0, 9, 9, 9]),
    },
    { author: "dev" },
  );
  const { pull } = await github.openPullRequest(repository, {
    base: "main",
    head: "feature",
    title: "Change the cart",
    author: "dev",
  });
  return {
    github,
    contract,
    repository,
    pull,
    client: (token) =>
      new Octokit({
        baseUrl: github.url,
        request: { fetch: contract.fetch },
        log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
        ...(token === undefined ? {} : { auth: github.addToken(token) }),
      }),
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]();
    },
  };
}

/** The status and GitHub's own words of a refused request. */
export async function refusalOf(request: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await request;
  } catch (error) {
    const { status, response } = error as {
      status: number;
      response?: { data?: { message?: string; errors?: readonly (string | { message?: string; field?: string })[] } };
    };
    const details = response?.data?.errors?.map((one) => (typeof one === "string" ? one : (one.message ?? one.field)));
    return { status, message: [response?.data?.message, ...(details ?? [])].join(" | ") };
  }
  throw new Error("the request was not refused");
}

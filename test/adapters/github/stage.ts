import type { Fetch } from "../../../src/adapters/github/guarded-fetch.ts";
import { createGitHub } from "../../../src/adapters/github/octokit.ts";
import { createReviewPublisher } from "../../../src/adapters/github/review-publisher.ts";
import type { ReviewPublisherOptions } from "../../../src/adapters/github/review-publisher.ts";
import type { ReviewRender } from "../../../src/adapters/github/review-render.ts";
import type { ChangeSet } from "../../../src/domain/change-set.ts";
import type { Finding } from "../../../src/domain/finding.ts";
import { parsePatch } from "../../../src/domain/parse-diff.ts";
import type { Report } from "../../../src/domain/report.ts";
import type { ReviewPublisher } from "../../../src/ports/review-publisher.ts";
import type { StandinPullRequest, StandinRepository } from "../../../src/standin/github/model.ts";
import type { GitHubStandin } from "../../../src/standin/github/start-github.ts";
import { createGitHubContract } from "../../contract/github/github-contract.ts";
import type { GitHubContract } from "../../contract/github/github-contract.ts";

const REPOSITORY = "acme/shop";
const LINES = 40;

/** What a job with `pull-requests: write` and `checks: write` holds. */
export const FULL = { contents: "read", pull_requests: "write", checks: "write" } as const;

export type Stage = {
  readonly github: GitHubStandin;
  readonly repository: StandinRepository;
  /** Holds every request and answer against GitHub's own description. */
  readonly contract: GitHubContract;
  /** Sends through the contract the first request of each kind, because checking them all takes most of a test's time. */
  readonly fetch: Fetch;
  /** Opens a pull request of its own, so that tests do not meet. */
  open(): Promise<StandinPullRequest>;
};

/** A repository with two branches that differ in twelve files of forty lines, every line of them changed. */
export async function setStage(github: GitHubStandin): Promise<Stage> {
  const repository = await github.addRepository({ owner: "acme", name: "shop", collaborators: { mona: "write" } });
  const tree = (word: string): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: 12 }, (_, file) => [
        `src/f${file}.ts`,
        Array.from({ length: LINES }, (_unused, line) => `${word} ${file} ${line}\n`).join(""),
      ]),
    );
  await github.push(repository, "main", tree("old"));
  const tip = await github.push(repository, "feature", tree("new"));
  const contract = createGitHubContract({ baseUrl: github.url });
  const kinds = new Set<string>();
  let opened = 0;
  return {
    github,
    repository,
    contract,
    async fetch(input, init) {
      const url = input instanceof Request ? input.url : String(input);
      const kind = `${init?.method} ${url.replaceAll(/\d+/g, "#")}`;
      if (kinds.has(kind)) return fetch(input, init);
      const answer = await contract.fetch(input, init);
      if (answer.ok) kinds.add(kind);
      return answer;
    },
    async open() {
      opened += 1;
      await github.push(repository, `feature-${opened}`, tip);
      const { pull } = await github.openPullRequest(repository, {
        base: "main",
        head: `feature-${opened}`,
        title: "Change everything",
        author: "mona",
      });
      return pull;
    },
  };
}

export function finding(id: string, over: Partial<Finding> = {}): Finding {
  return {
    id,
    path: "src/f0.ts",
    startLine: 3,
    endLine: 3,
    side: "RIGHT",
    severity: "high",
    category: "correctness",
    title: `Title of ${id}`,
    detail: "",
    failureScenario: "",
    quote: "",
    confidence: 1,
    source: "rule",
    scope: "introduced",
    lens: "rules",
    agreement: { found: 1, of: 1 },
    verdict: "confirmed",
    fingerprint: id,
    placement: "inline",
    ...over,
  };
}

export function reportOf(findings: readonly Finding[], over: Partial<Report> = {}): Report {
  return {
    schema: "parallel-review/findings@1",
    job: "review",
    target: { repository: REPOSITORY, base: "", head: "" },
    engine: "rules",
    coverage: [],
    findings: [...findings],
    subtasks: [],
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
    costUsd: 0,
    wallMs: 0,
    sumMs: 0,
    criticalPathMs: 0,
    speedup: 1,
    conclusion: "success",
    notes: [],
    ...over,
  };
}

/** The change as the adapter would have read it. */
export function changeSetOf(pull: StandinPullRequest): ChangeSet {
  const patch = [
    `@@ -1,${LINES} +1,${LINES} @@`,
    ...Array.from({ length: LINES }, () => "-old"),
    ...Array.from({ length: LINES }, () => "+new"),
  ].join("\n");
  return {
    repository: REPOSITORY,
    pullRequest: pull.number,
    base: pull.mergeBase,
    head: pull.head.sha,
    title: "",
    body: "",
    commitMessages: [],
    files: Array.from({ length: 12 }, (_, file) => ({
      path: `src/f${file}.ts`,
      status: "modified" as const,
      kind: "file" as const,
      binary: false,
      becameExecutable: false,
      hunks: parsePatch(patch),
      additions: LINES,
      deletions: LINES,
    })).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    unlistedFiles: 0,
    attributes: new Map(),
  };
}

/** Texts that name each finding as `[[id]]`, once, where it stands. */
const RENDER: ReviewRender = {
  reviewBody: (report) =>
    [
      "Review",
      ...report.notes.map((note) => `note: ${note}`),
      ...report.findings
        .filter(({ placement }) => placement !== "inline")
        .map(({ id, detail, placementReason }) => `[[${id}]] ${placementReason ?? ""}\n\n${detail}`),
    ].join("\n\n"),
  findingComment: ({ id }) => `[[${id}]]`,
  statusComment: ({ report, plan, progress }, { abandoned }) =>
    [
      `status: ${abandoned === undefined ? (report === undefined ? "running" : "published") : "abandoned"}`,
      ...(plan?.subtasks ?? []).map(({ id }) => `${id} ${progress.get(id)?.state ?? "queued"}`),
    ].join("\n"),
  checkOutput: (report) => ({
    title: `${report.findings.length} findings`,
    summary: "summary",
    batches: [
      report.findings.map(({ path, startLine, endLine, title }) => ({
        path,
        start_line: startLine,
        end_line: endLine,
        annotation_level: "failure" as const,
        title,
        message: title,
      })),
    ],
  }),
};

export type Run = Partial<Omit<ReviewPublisherOptions, "read" | "write">> & {
  readonly token?: string;
  readonly fetch?: Fetch;
};

export function publisherOn(stage: Stage, pull: StandinPullRequest, run: Run = {}): ReviewPublisher {
  const { token, fetch, ...over } = run;
  const client = {
    repository: REPOSITORY,
    token: token ?? stage.github.addToken({ permissions: FULL }),
    baseUrl: stage.github.url,
    spacing: "none",
    retryBaseMs: 0,
    fetch: fetch ?? stage.fetch,
  } as const;
  return createReviewPublisher({
    read: createGitHub(client),
    write: createGitHub({ ...client, writeTo: pull.number }),
    pullRequest: pull.number,
    head: pull.head.sha,
    workflow: "review",
    run: `command-${pull.number}`,
    render: RENDER,
    clock: { now: () => 0, sleep: async () => Promise.resolve() },
    maxInline: 30,
    checkName: "parallel-review",
    sleep: async () => Promise.resolve(),
    ...over,
  });
}

const BOT = "github-actions[bot]";

/** What the bot has on the pull request, for people to see. */
export function posted(stage: Stage, pull: StandinPullRequest, run = `command-${pull.number}`) {
  const ours = <T extends { readonly author: { readonly login: string } }>(all: readonly T[]): T[] =>
    all.filter(({ author }) => author.login === BOT);
  const comments = ours(pull.comments);
  const reviews = ours(pull.reviews);
  const statuses = comments.filter(({ body }) => body.startsWith("status:"));
  return {
    reviews: reviews.filter(({ state }) => state !== "PENDING"),
    pending: reviews.filter(({ state }) => state === "PENDING"),
    inline: ours(pull.reviewComments),
    statuses,
    statusLines: statuses.map(({ body }) => body.split("\n", 1)[0]),
    others: comments.filter(({ body }) => !body.startsWith("status:")),
    checks: stage.repository.checkRuns.filter(({ externalId }) => externalId === `review/${run}`),
  };
}

/** How often each finding stands on the pull request, in all submitted texts together. */
export function places(stage: Stage, pull: StandinPullRequest, findings: readonly Finding[]): Record<string, number> {
  const { reviews, inline, others } = posted(stage, pull);
  const text = [...reviews, ...inline, ...others].map(({ body }) => body).join("\n");
  return Object.fromEntries(findings.map(({ id }) => [id, text.split(`[[${id}]]`).length - 1]));
}

export function once(findings: readonly Finding[]): Record<string, number> {
  return Object.fromEntries(findings.map(({ id }) => [id, 1]));
}

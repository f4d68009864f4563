import type { StandinPullRequest, StandinRepository } from "../../../src/standin/github/model.ts";
import { startGitHub, type GitHubStandin } from "../../../src/standin/github/start-github.ts";
import { createPages, type Pages } from "../../../src/standin/page/pages.ts";

export interface Scene extends AsyncDisposable {
  readonly github: GitHubStandin;
  readonly pages: Pages;
  readonly repository: StandinRepository;
  readonly pull: StandinPullRequest;
  /** Posts as github-actions[bot], below the repository; gives the answer's JSON. @throws Error unless it succeeds */
  readonly post: (path: string, body: unknown) => Promise<{ readonly id: number }>;
  readonly get: (
    path: string,
  ) => Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }>;
}

export const HEAD_FILE = [
  "export function sum(a: number, b: number) {",
  "  const total = a + b;",
  "  return total;",
  "}",
  "// end",
];

/** `acme/widgets` with pull request 1: one file changed, one added, opened by mara. The clock stands still. */
export async function openScene(): Promise<Scene> {
  const github = await startGitHub({ clock: () => new Date("2026-03-01T12:00:00Z") });
  const repository = await github.addRepository({ owner: "acme", name: "widgets", collaborators: { mara: "write" } });
  await github.push(repository, "main", { "src/sum.ts": "export function sum(a, b) {\n  return a + b;\n}\n// end\n" });
  await github.push(
    repository,
    "feature",
    { "src/sum.ts": `${HEAD_FILE.join("\n")}\n`, "README.md": "# Widgets\n" },
    { from: "main", author: "mara", message: "Type the sum\n\nAnd name it." },
  );
  const { pull } = await github.openPullRequest(repository, {
    base: "main",
    head: "feature",
    title: "Sum <typed>",
    body: "Closes nothing.\n\n<!-- marker of ours -->",
    author: "mara",
  });
  const pages = createPages({ ...github, clock: () => new Date("2026-03-01T12:05:00Z") });
  github.servePages(pages.handle);
  const token = github.addToken({ permissions: { pull_requests: "write", issues: "write", checks: "write" } });
  return {
    github,
    pages,
    repository,
    pull,
    post: async (path, body) => {
      const response = await fetch(`${github.url}/repos/acme/widgets${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json", "user-agent": "test" },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${text}`);
      return JSON.parse(text) as { id: number };
    },
    get: async (path) => {
      const response = await fetch(`${github.url}${path}`, { headers: { accept: "text/html" }, redirect: "manual" });
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    [Symbol.asyncDispose]: async () => github[Symbol.asyncDispose](),
  };
}

/** The text of a page as a reader sees it: no tags, single spaces. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<(style|script|title)\b[^>]*>.*?<\/\1>/gs, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll(/\s+/g, " ");
}

/** Versions of a page's blocks by id. */
export function blocksOf(html: string): Map<string, string> {
  return new Map(
    [...html.matchAll(/id="([^"]+)" data-version="([^"]+)"/g)].map(([, id = "", version = ""]) => [id, version]),
  );
}

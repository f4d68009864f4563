import type { IncomingMessage, ServerResponse } from "node:http";

import { isPull, type StandinRepository } from "../github/model.ts";
import { renderBlobPage } from "./blob-page.ts";
import { CONTENT_SECURITY_POLICY } from "./document.ts";
import type { PullRequestTab } from "./header.ts";
import { renderIndexPage } from "./index-page.ts";
import { referencesOf } from "./page-state.ts";
import { renderPullRequestPage } from "./render-pull-request-page.ts";
import { renderRunPage, type RegisteredRun } from "./run-page.ts";

export interface PageSource {
  /** Asked for at each request. */
  readonly repositories: () => Iterable<StandinRepository>;
  /** A file at a full commit id; undefined if there is none. */
  readonly readFile: (repository: StandinRepository, commit: string, path: string) => Promise<Uint8Array | undefined>;
  /** The wall clock if not given. */
  readonly clock?: () => Date;
}

/** The addresses for people on a stand-in's origin. */
export interface Pages {
  /** Answers a GET if the address is one of ours and returns whether it was. Give it to `servePages` of the stand-in. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Shows a run at `/<owner>/<repo>/actions/runs/<id>`; a run of the same id is replaced. */
  readonly addRun: (run: RegisteredRun) => void;
}

type Page = string | { readonly name: string; readonly content: string | Uint8Array };

const PULL = /^\/([^/]+)\/([^/]+)\/pull\/(\d+)(?:\/(commits|checks|files))?\/?$/;
const PULLS = /^\/([^/]+)\/([^/]+)(?:\/pulls)?\/?$/;
const BLOB = /^\/([^/]+)\/([^/]+)\/blob\/([0-9a-f]{40})\/(.+)$/;
const RUN = /^\/([^/]+)\/([^/]+)\/actions\/runs\/(\d+)(?:\/files\/([^/]+))?\/?$/;

/** Pages of everything a source holds: `/`, a repository, the tabs of a pull request, a run with its files. */
export function createPages({ repositories, readFile, clock = () => new Date() }: PageSource): Pages {
  const runs = new Map<string, RegisteredRun>();
  const runKey = (repository: string, id: number): string => `${repository.toLowerCase()} ${String(id)}`;
  const find = (owner = "", name = ""): StandinRepository | undefined =>
    [...repositories()].find(({ fullName }) => fullName.toLowerCase() === `${owner}/${name}`.toLowerCase());
  const entry = (repository: StandinRepository) => ({
    repository,
    runs: [...runs.values()].filter((run) => run.repository.toLowerCase() === repository.fullName.toLowerCase()),
  });

  const blobAt = (path: string): Promise<Page | undefined> | undefined => {
    const [, owner, name, commit = "", encoded = ""] = BLOB.exec(path) ?? [];
    const repository = find(owner, name);
    const file = decodePath(encoded);
    if (repository === undefined || file === undefined || file === "") return undefined;
    return readFile(repository, commit, file).then(
      (content) => content && renderBlobPage({ repository: repository.fullName, commit, path: file, content }),
    );
  };

  const pageAt = (path: string): Page | undefined => {
    if (path === "/") return renderIndexPage([...repositories()].map(entry), clock());
    const pull = PULL.exec(path);
    if (pull !== null) return pullPage(find(pull[1], pull[2]), Number(pull[3]), pull[4], clock());
    const run = RUN.exec(path);
    if (run !== null)
      return runPage(runs.get(runKey(`${run[1] ?? ""}/${run[2] ?? ""}`, Number(run[3]))), find(run[1], run[2]), run[4]);
    const [matched, owner, name] = PULLS.exec(path) ?? [];
    const repository = matched === undefined ? undefined : find(owner, name);
    return repository && renderIndexPage([entry(repository)], clock(), repository.fullName);
  };

  return {
    handle: (request, response) => {
      const url = new URL(request.url ?? "/", "http://localhost");
      if (request.method !== "GET") return false;
      const blob = blobAt(url.pathname);
      if (blob !== undefined) {
        blob.then(
          (page) => send(page, null, response),
          (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
        );
        return true;
      }
      const page = pageAt(url.pathname);
      if (page === undefined) return false;
      send(page, url.searchParams.get("since"), response);
      return true;
    },
    addRun: (run) => void runs.set(runKey(run.repository, run.id), run),
  };
}

function pullPage(
  repository: StandinRepository | undefined,
  number: number,
  part: string | undefined,
  now: Date,
): Page | undefined {
  const pull = repository?.issues.get(number);
  if (repository === undefined || !isPull(pull)) return undefined;
  const tab: PullRequestTab = part === "commits" || part === "checks" || part === "files" ? part : "conversation";
  return renderPullRequestPage({ repository, pull }, { tab, now, isLive: true });
}

function runPage(
  run: RegisteredRun | undefined,
  repository: StandinRepository | undefined,
  file: string | undefined,
): Page | undefined {
  if (run === undefined) return undefined;
  if (file !== undefined) return run.files.find(({ name }) => encodeURIComponent(name) === file);
  const context =
    repository === undefined ? { repository: run.repository, knows: () => false } : referencesOf(repository);
  return renderRunPage(run, context);
}

function decodePath(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

function send(page: Page | undefined, since: string | null, response: ServerResponse): void {
  if (page === undefined) {
    response.writeHead(404, { ...HEADERS, "content-type": "text/plain; charset=utf-8" }).end("There is no such file.");
    return;
  }
  if (typeof page === "object") {
    const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(page.name)}`;
    response.writeHead(200, {
      ...HEADERS,
      "content-type": "application/octet-stream",
      "content-disposition": disposition,
    });
    response.end(page.content);
    return;
  }
  const version = /<main id="live" data-version="([^"]+)"/.exec(page)?.[1];
  if (since !== null && since === version) {
    response.writeHead(204, HEADERS).end();
    return;
  }
  response.writeHead(200, { ...HEADERS, "content-type": "text/html; charset=utf-8" }).end(page);
}

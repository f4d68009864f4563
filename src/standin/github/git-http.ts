import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";

import { Refusal } from "./http/answer.ts";
import { authenticate } from "./http/authorize.ts";
import { canSee, holds } from "./tokens.ts";
import { findRepository, type World } from "./world.ts";

export interface GitRequest {
  readonly owner: string;
  readonly name: string;
  /** What follows the repository: `/info/refs`, `/git-upload-pack`. */
  readonly rest: string;
}

/** The repository a path names if it is one git would ask for. */
export function gitRequest(path: string): GitRequest | undefined {
  const [, owner, name, rest] =
    /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/.exec(path) ?? [];
  return owner === undefined || name === undefined || rest === undefined ? undefined : { owner, name, rest };
}

/** Answers git over HTTP by `git http-backend`: clone and fetch, no push. Returns the status it sent. */
export async function serveGit(
  world: World,
  git: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const url = new URL(request.url ?? "/", world.origin);
  const refused = refuse(world, git, request, url);
  if (refused !== undefined) {
    response.writeHead(refused.status, { "content-type": "text/plain", ...refused.headers }).end(refused.text);
    return refused.status;
  }
  const repository = findRepository(world, git.owner, git.name);
  const backend = spawn("git", ["http-backend"], {
    signal: world.git.signal,
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      ...world.git.environment,
      GIT_PROJECT_ROOT: world.root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: `/${repository?.fullName ?? ""}.git${git.rest}`,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_ADDR: "127.0.0.1",
    },
  });
  // Without these a client that goes away in the middle would be an unhandled error.
  backend.on("error", () => response.destroy());
  backend.stdin.on("error", () => undefined);
  request.pipe(backend.stdin);
  response.on("close", () => backend.kill());

  let head: Buffer | undefined = Buffer.alloc(0);
  let status = 500;
  for await (const chunk of backend.stdout) {
    const bytes = Buffer.from(chunk);
    if (head === undefined) {
      if (!response.write(bytes)) await drained(response);
      continue;
    }
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) continue;
    status = writeHead(response, head.subarray(0, end).toString("latin1"));
    response.write(head.subarray(end + 4));
    head = undefined;
  }
  if (head !== undefined) response.writeHead(status);
  response.end();
  return status;
}

/** Resolves when the client has read enough, or has gone. */
async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

function writeHead(response: ServerResponse, head: string): number {
  let status = 200;
  for (const line of head.split("\r\n")) {
    const separator = line.indexOf(": ");
    const name = line.slice(0, separator);
    if (name === "Status") status = Number(line.slice(separator + 2, separator + 5));
    else response.setHeader(name, line.slice(separator + 2));
  }
  response.writeHead(status);
  return status;
}

function refuse(
  world: World,
  { owner, name, rest }: GitRequest,
  request: IncomingMessage,
  url: URL,
): { status: number; text: string; headers?: Record<string, string> } | undefined {
  const ask = { "www-authenticate": 'Basic realm="GitHub"' };
  let token;
  try {
    token = authenticate(world, request.headers.authorization);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 401, text: "Invalid username or token.", headers: ask };
  }
  const repository = findRepository(world, owner, name);
  if (repository === undefined || !canSee(token, repository)) {
    // GitHub asks an anonymous client for credentials before it says that there is nothing.
    return token === undefined
      ? { status: 401, text: "Authentication required", headers: ask }
      : { status: 404, text: "Repository not found." };
  }
  if (rest === "/git-receive-pack" || url.searchParams.get("service") === "git-receive-pack") {
    return { status: 403, text: "This stand-in takes no pushes over HTTP." };
  }
  const mayRead = !repository.private || (token !== undefined && holds(token, repository, ["contents=read"]));
  return mayRead ? undefined : { status: 403, text: "Write access to repository not granted." };
}

import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";

import { GIT_PROGRAM } from "./git-fixture.ts";

export type GitServer = AsyncDisposable & {
  /** For a repository in the folder that is served. */
  urlOf(name: string): string;
  /** What was asked for, in order: method, path and the Git-Protocol header; headers are kept for the tests' own checks. */
  readonly requests: {
    readonly line: string;
    readonly authorization: string | undefined;
    readonly body: () => string;
  }[];
};

export type GitServerOptions = {
  /** Requests without `Basic x-access-token:<token>` are refused. */
  readonly token?: string;
  /** Answers in git's place: a status for a request (with a place to be redirected to), or undefined to let git answer. */
  readonly fault?: (request: IncomingMessage) => number | undefined;
};

/** git's own `http-backend` behind node's http server: smart HTTP, version 2 included. */
export async function gitServer(root: string, options: GitServerOptions = {}): Promise<GitServer> {
  const requests: GitServer["requests"] = [];
  const wanted =
    options.token === undefined
      ? undefined
      : `Basic ${Buffer.from(`x-access-token:${options.token}`).toString("base64")}`;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    requests.push({
      line: `${request.method} ${request.url}`,
      authorization: request.headers.authorization,
      body: () => Buffer.concat(pieces).toString("latin1"),
    });
    const status = options.fault?.(request);
    if (status !== undefined) response.writeHead(status, { location: `/moved${request.url}` }).end();
    else if (wanted !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    } else answerByGit(root, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    urlOf: (name) => `http://127.0.0.1:${port}/${name}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function answerByGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = spawn("git", ["http-backend"], {
    cwd: dirname(root),
    env: {
      ...GIT_PROGRAM.environment,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      REMOTE_USER: "dev",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on("data", (piece: Buffer) => {
    if (head === undefined) {
      response.write(piece);
      return;
    }
    head = Buffer.concat([head, piece]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
      const [name = "", value = ""] = line.split(/: (.*)/s);
      if (name === "Status") response.statusCode = Number(value.slice(0, 3));
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  child.on("close", () => response.end());
}

import { once } from "node:events";
import { createServer } from "node:http";

import { getRequestListener } from "@hono/node-server";

import { ConfigurationError } from "../../domain/errors.ts";

/** The address that a request's connection comes from. */
export type Caller = { readonly peer: string | undefined };

/** A server that listens. Disposing of it lets the answers that are under way end, and then closes. */
export type Listening = AsyncDisposable & { readonly url: string };

/** Headers must be there, and a whole request, within these: a slow sender holds no connection for long. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** Connections that are still busy (live pages) after this long are cut. */
const CLOSE_MS = 5_000;

/** @throws {ConfigurationError} the port is taken or may not be used. */
export async function listen(
  fetch: (request: Request, caller: Caller) => Response | Promise<Response>,
  place: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const listener = getRequestListener(async (request, { incoming }) =>
    fetch(request, { peer: incoming.socket.remoteAddress }),
  );
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, (request, response) => {
    void listener(request, response);
  });
  server.listen(place.port, place.host);
  const { promise: failed, reject } = Promise.withResolvers<never>();
  server.once("error", (error: NodeJS.ErrnoException) => reject(unusable(place, error)));
  await Promise.race([once(server, "listening"), failed]);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : place.port;
  const host = place.host.includes(":") ? `[${place.host}]` : place.host;
  return {
    url: `http://${host === "0.0.0.0" || host === "[::]" ? "localhost" : host}:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

const FOREIGN = "cannot be listened on: --host takes an address of this machine, such as 127.0.0.1 or 0.0.0.0";
const UNUSABLE: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken: end what uses it, or give --port another",
  EADDRNOTAVAIL: FOREIGN,
  ENOTFOUND: FOREIGN,
  EAI_AGAIN: FOREIGN,
  EACCES: "is not for this user: give --port a number of 1024 or more, and let a proxy have the other",
};

function unusable(
  { host, port }: { readonly host: string; readonly port: number },
  error: NodeJS.ErrnoException,
): Error {
  const text = UNUSABLE[error.code ?? ""] ?? `cannot be used (${error.code ?? error.message})`;
  return new ConfigurationError(`port ${port} of ${host} ${text}`, { cause: error });
}

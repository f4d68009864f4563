import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import { createGitHubContract } from "../contract/github/github-contract.ts";

/** A door in front of the stand-in: holds every API exchange against GitHub's description, and can be made to wait. */
export type Gate = AsyncDisposable & {
  readonly url: string;
  /** What was wrong with the exchanges so far. */
  readonly violations: readonly string[];
  /** Awaited before each request goes through; undefined for nothing. */
  before: ((method: string, path: string) => Promise<void> | undefined) | undefined;
};

const isApi = (path: string): boolean => !path.includes(".git/");

export async function openGate(target: string): Promise<Gate> {
  const violations: string[] = [];
  const server = createServer((incoming, outgoing) => void forward(incoming, outgoing));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate has no port");
  const url = `http://127.0.0.1:${address.port}`;
  const contract = createGitHubContract({ baseUrl: url });

  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "GET", url: path = "/", headers } = incoming;
    const body = await buffer(incoming);
    await gate.before?.(method, path);
    const onward = request(`${target}${path}`, { method, headers: { ...headers, host: new URL(target).host } });
    onward.on("error", () => outgoing.destroy());
    onward.end(body);
    const response = await once(onward, "response").then(
      ([answer]) => answer as IncomingMessage,
      () => undefined,
    );
    const text = await (response === undefined ? undefined : buffer(response))?.catch(() => undefined);
    if (response === undefined || text === undefined) return void outgoing.destroy();
    const status = response.statusCode ?? 0;
    const isJson = /json/.test(response.headers["content-type"] ?? "");
    if (isApi(path) && status < 500) {
      const found = contract.check({
        method,
        url: `${url}${path}`,
        body: body.length === 0 ? undefined : JSON.parse(body.toString()),
        status,
        answer: isJson ? JSON.parse(text.toString()) : undefined,
      });
      violations.push(...found.map((violation) => `${method} ${path} ${violation}`));
    }
    outgoing.writeHead(status, response.headers).end(text);
  };

  const gate: Gate = {
    url,
    violations,
    before: undefined,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return gate;
}

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/** A server that keeps every webhook it gets. */
export type Inbox = AsyncDisposable & {
  readonly url: string;
  readonly received: readonly { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** The status it answers with. */
  answer: number;
  clear(): void;
};

export async function openInbox(): Promise<Inbox> {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((incoming, outgoing) => void take(incoming, outgoing));
  const take = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    received.push({ headers: incoming.headers, body: await text(incoming) });
    outgoing.writeHead(inbox.answer).end("noted");
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the inbox has no port");
  const inbox: Inbox = {
    url: `http://127.0.0.1:${address.port}/hooks`,
    received,
    answer: 202,
    clear: () => void received.splice(0),
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return inbox;
}

import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";

/** One request as it arrived. */
export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
};

export type Answer = { readonly status: number; readonly type: string; readonly body: string | Buffer };

/** A server that notes each request and gives the answer that `answer` makes of it. */
export async function startProvider(
  answer: (asked: Asked) => Answer,
): Promise<{ readonly url: string; readonly asked: Asked[] } & AsyncDisposable> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString();
      const body: Record<string, unknown> = text === "" ? {} : JSON.parse(text);
      const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, text, body };
      asked.push(one);
      const { status, type, body: reply } = answer(one);
      response.writeHead(status, { "content-type": type }).end(reply);
    });
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** A whole turn of text and one tool call, as the events of a stream. */
export function turnEvents(text: string, call: { readonly name: string; readonly input: unknown }): object[] {
  const usage = { input_tokens: 11, output_tokens: 1, cache_creation_input_tokens: 5, cache_read_input_tokens: 7 };
  const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], stop_reason: null };
  return [
    { type: "message_start", message: { ...message, stop_sequence: null, usage } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
    { type: "content_block_stop", index: 0 },
    {
      type: "content_block_start",
      index: 1,
      content_block: { type: "tool_use", id: "t1", name: call.name, input: {} },
    },
    {
      type: "content_block_delta",
      index: 1,
      delta: { type: "input_json_delta", partial_json: JSON.stringify(call.input) },
    },
    { type: "content_block_stop", index: 1 },
    { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 42 } },
    { type: "message_stop" },
  ];
}

/** As Anthropic, Vertex AI and Foundry stream. */
export function asServerSentEvents(events: readonly object[]): Answer {
  const body = events.map(
    (event) => `event: ${"type" in event ? String(event.type) : ""}\ndata: ${JSON.stringify(event)}\n\n`,
  );
  return { status: 200, type: "text/event-stream; charset=utf-8", body: body.join("") };
}

/** As Amazon Bedrock streams: frames of AWS's binary event stream, each with the event in base64. */
export function asAwsEventStream(events: readonly object[]): Answer {
  const frames = events.map((event) =>
    frame(JSON.stringify({ bytes: Buffer.from(JSON.stringify(event)).toString("base64") })),
  );
  return { status: 200, type: "application/vnd.amazon.eventstream", body: Buffer.concat(frames) };
}

/** Lengths and their checksum, headers, payload, and the checksum of all of it. */
function frame(json: string): Buffer {
  const payload = Buffer.from(json);
  const headers = Buffer.concat([
    header(":event-type", "chunk"),
    header(":content-type", "application/json"),
    header(":message-type", "event"),
  ]);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const head = Buffer.concat([prelude, headers, payload]);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(head), 0);
  return Buffer.concat([head, end]);
}

function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value), 0);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
}

import type { IncomingMessage } from "node:http";

/** Bytes of a request body. GitHub's is somewhere near; a runaway client must not take the process down. */
const LARGEST_REQUEST = 64 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > LARGEST_REQUEST) throw new Error(`a request body of more than ${String(LARGEST_REQUEST)} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export async function discard(request: IncomingMessage): Promise<void> {
  for await (const _ of request);
}

/** JSON, or a form's fields; undefined if it is neither. */
export function parseBody(bytes: Buffer, type: string | undefined): unknown {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString("utf8");
  if (type?.startsWith("application/x-www-form-urlencoded") === true && !/^\s*[[{]/.test(text)) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

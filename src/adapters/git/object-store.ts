import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";

import { ExternalError } from "../../domain/errors.ts";
import { abortable } from "./abortable.ts";
import { killGit, spawnGit, type GitDirectory } from "./run-git.ts";

/** An object, the size of one above the limit, or undefined for an id that the repository does not have. */
type StoredObject = { readonly bytes: Buffer } | { readonly tooLarge: number } | undefined;

/** Reads objects through one long-lived `git cat-file --batch`; concurrent reads are pipelined. Dispose ends the process. */
export interface ObjectStore extends AsyncDisposable {
  /** @throws {ExternalError} git failed; the next read starts it anew. */
  read(id: string, signal: AbortSignal): Promise<StoredObject>;
}

type Waiting = PromiseWithResolvers<StoredObject>;
type Body = { readonly size: number; readonly keep: boolean; readonly pieces: Buffer[]; left: number };

const LF = 10;
const MAX_HEADER = 200;

/** Takes git's answers apart: `<id> <type> <size>LF<bytes>LF`, or `<id> missing LF`, in the order of the questions. */
function answerReader(maxBytes: number, onAnswer: (answer: StoredObject) => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let body: Body | undefined;

  function takeHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(LF);
    header = Buffer.concat([header, end === -1 ? chunk : chunk.subarray(0, end)]);
    if (header.length > MAX_HEADER) throw new Error("git cat-file answered something else than an object");
    if (end === -1) return chunk.subarray(chunk.length);
    const size = /^\S+ [a-z]+ (\d+)$/.exec(header.toString("latin1"))?.[1];
    header = Buffer.alloc(0);
    if (size === undefined) onAnswer(undefined);
    else body = { size: Number(size), keep: Number(size) <= maxBytes, pieces: [], left: Number(size) + 1 };
    return chunk.subarray(end + 1);
  }

  function takeBody(open: Body, chunk: Buffer): Buffer {
    const piece = chunk.subarray(0, open.left);
    open.left -= piece.length;
    if (open.keep) open.pieces.push(piece);
    if (open.left === 0) {
      body = undefined;
      onAnswer(open.keep ? { bytes: Buffer.concat(open.pieces).subarray(0, open.size) } : { tooLarge: open.size });
    }
    return chunk.subarray(piece.length);
  }

  return (chunk) => {
    let rest = chunk;
    while (rest.length > 0) rest = body === undefined ? takeHeader(rest) : takeBody(body, rest);
  };
}

export function openObjectStore(directory: GitDirectory, maxBytes: number): ObjectStore {
  let child: ChildProcess | undefined;
  let waiting: Waiting[] = [];
  let disposed = false;

  function fail(message: string): void {
    const failed = waiting;
    waiting = [];
    if (child !== undefined) killGit(child);
    child = undefined;
    for (const { reject } of failed) reject(new ExternalError("git", message));
  }

  function start(): ChildProcess {
    const started = spawnGit(directory, ["cat-file", "--batch"], ["pipe", "pipe", "ignore"]);
    const take = answerReader(maxBytes, (answer) => {
      waiting.shift()?.resolve(answer);
      if (waiting.length === 0) hold(started, false);
    });
    started.stdout?.on("data", (chunk: Buffer) => {
      if (started !== child) return;
      try {
        take(chunk);
      } catch (error) {
        fail(String(error));
      }
    });
    started.stdin?.on("error", () => undefined);
    started.on("error", (error) => {
      if (started === child) fail(`git could not be started (${error.message}); is it installed?`);
    });
    started.on("close", (code) => {
      if (started === child) fail(`git cat-file ended early (exit ${code ?? "by signal"})`);
    });
    return started;
  }

  return {
    async read(id, signal) {
      signal.throwIfAborted();
      if (disposed) throw new Error("read from an object store after its disposal");
      if (!/^[0-9a-f]{40,64}$/.test(id)) return undefined;
      child ??= start();
      const answer = Promise.withResolvers<StoredObject>();
      waiting.push(answer);
      hold(child, true);
      child.stdin?.write(`${id}\n`);
      // A reader that aborts must not leave a rejection without a handler.
      answer.promise.catch(() => undefined);
      return abortable(answer.promise, signal);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      const open = child;
      fail("the object store was closed");
      if (open === undefined || open.exitCode !== null || open.signalCode !== null || open.pid === undefined) return;
      await new Promise((resolve) => {
        open.once("close", resolve);
        hold(open, true);
      });
    },
  };
}

/** An idle git must not keep the program alive; one with a question open must. */
function hold(child: ChildProcess, busy: boolean): void {
  const pipes = [child.stdin, child.stdout].filter((pipe) => pipe instanceof Socket);
  for (const handle of [child, ...pipes]) {
    if (busy) handle.ref();
    else handle.unref();
  }
}

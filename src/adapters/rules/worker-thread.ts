import { Worker } from "node:worker_threads";

import { errorMessage } from "../../domain/errors.ts";
import type { WorkerAnswer, WorkerData, WorkerRequest } from "./worker-protocol.ts";

/** What became of one request. `dead`: the worker is gone and must be replaced. */
export type Reply =
  | { readonly kind: "answer"; readonly answer: WorkerAnswer }
  | { readonly kind: "dead"; readonly error: string };

/** A worker that takes one request at a time and can be stopped in the middle of one. */
export class WorkerThread implements AsyncDisposable {
  readonly #worker: Worker;
  #settle: ((reply: Reply) => void) | undefined;
  #death: string | undefined;

  constructor(url: URL, data: WorkerData) {
    this.#worker = new Worker(url, { workerData: data, stderr: false });
    this.#worker.on("message", (answer: WorkerAnswer) => this.#reply({ kind: "answer", answer }));
    this.#worker.on("error", (error) => this.#die(errorMessage(error)));
    this.#worker.on("exit", () => this.#die("the worker ended"));
    // Only a request keeps the process alive, by its time limit: an idle engine is no reason to go on. Listening would undo it.
    this.#worker.unref();
  }

  /** Waits for the next answer, after sending `request` if there is one; ends the worker when that takes longer than `limitMs`. */
  async next(limitMs: number, request?: WorkerRequest): Promise<Reply> {
    if (this.#death !== undefined) return { kind: "dead", error: this.#death };
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#settle = resolve;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    if (request !== undefined) this.#worker.postMessage(request);
    const timer = setTimeout(() => this.#die(`took longer than ${limitMs / 1000} s`), limitMs);
    const reply = await promise;
    clearTimeout(timer);
    if (reply.kind === "dead") await this.#worker.terminate();
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#die("stopped");
    await this.#worker.terminate();
  }

  #die(reason: string): void {
    this.#death ??= reason;
    this.#reply({ kind: "dead", error: this.#death });
  }

  #reply(reply: Reply): void {
    this.#settle?.(reply);
    this.#settle = undefined;
  }
}

/** The part of Node that this project uses. */
declare const process: {
  readonly env: Record<string, string | undefined>;
  readonly argv: string[];
  exitCode: number | undefined;
  once(event: "SIGINT" | "SIGTERM", listener: () => void): void;
};

declare const Buffer: {
  from(text: string): Uint8Array;
};

interface ImportMeta {
  readonly dirname: string;
}

declare module "node:http" {
  export interface IncomingMessage {
    readonly method: string;
    readonly url: string;
  }
  export interface ServerResponse {
    readonly headersSent: boolean;
    setHeader(name: string, value: string): this;
    write(chunk: string): boolean;
    end(chunk?: string): this;
  }
  export interface Server {
    close(done?: () => void): void;
  }
}

declare module "node:events" {
  export class EventEmitter {
    constructor(options?: { captureRejections?: boolean });
    on(event: string, listener: (...args: any[]) => void): this;
    emit(event: string, ...args: unknown[]): boolean;
    removeAllListeners(event?: string): this;
  }
}

declare module "node:crypto" {
  interface Hmac {
    update(data: string): this;
    digest(encoding: "hex" | "base64url"): string;
  }
  export function createHmac(algorithm: string, key: string): Hmac;
  export function timingSafeEqual(left: Uint8Array, right: Uint8Array): boolean;
  export function randomUUID(): string;
}

declare module "node:child_process" {
  type Done = (error: Error | null, stdout: string, stderr: string) => void;
  export function exec(command: string, done?: Done): void;
  export function execFile(file: string, args: readonly string[], done?: Done): void;
}

declare module "node:util" {
  export function promisify(
    call: typeof import("node:child_process").execFile,
  ): (file: string, args: readonly string[]) => Promise<{ stdout: string; stderr: string }>;
  export function promisify(
    call: typeof import("node:child_process").exec,
  ): (command: string) => Promise<{ stdout: string; stderr: string }>;
}

declare module "node:path" {
  export function join(...parts: string[]): string;
}

declare module "node:fs/promises" {
  export interface FileHandle {
    readonly fd: number;
    write(data: string): Promise<{ bytesWritten: number }>;
    writeFile(data: string): Promise<void>;
    close(): Promise<void>;
  }
  export function open(path: string, flags?: string): Promise<FileHandle>;
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
  export function readdir(path: string): Promise<string[]>;
  export function mkdir(path: string, options?: { recursive?: boolean }): Promise<string | undefined>;
}

declare module "node:test" {
  export function describe(name: string, body: () => void): void;
  export function it(name: string, body: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
  interface Assert {
    equal(actual: unknown, expected: unknown): void;
    deepEqual(actual: unknown, expected: unknown): void;
    throws(call: () => unknown, expected?: RegExp): void;
    rejects(call: Promise<unknown>, expected?: RegExp): Promise<void>;
  }
  const assert: Assert;
  export default assert;
}

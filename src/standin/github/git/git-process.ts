import { spawn } from "node:child_process";

/** Output of a git command that ended; `code` is its exit status. */
interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git with nothing of the machine's configuration. */
export interface GitRunner {
  /** The environment every git of this stand-in runs in. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Runs to the end, whatever the exit status. */
  run(directory: string, args: readonly string[], input?: string | Uint8Array): Promise<GitResult>;
  /** The output of a command that has to succeed. @throws Error with git's own words if it does not. */
  read(directory: string, args: readonly string[], input?: string | Uint8Array): Promise<Buffer>;
  /**
   * `run` for a question about objects that are named by their ids: those never change, so what was answered once is not asked again.
   * A failure is: the object may come.
   */
  lookUp(directory: string, args: readonly string[]): Promise<GitResult>;
  /** `read`, as text without the final line break. */
  text(directory: string, args: readonly string[], input?: string | Uint8Array): Promise<string>;
}

const HARDENING = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  LC_ALL: "C",
  TZ: "UTC",
} as const;

/** Overrides that hold for every command: no hooks, no file monitor, no background maintenance, no ownership check. */
const SETTINGS = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.quotePath", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["safe.directory", "*"],
  ["protocol.file.allow", "always"],
] as const;

/** Answers about objects that are kept, and how long they may be. */
const MAX_KNOWN = 20_000;
const MAX_KNOWN_BYTES = 20_000;

/** @param searchPath where `git` is looked for, as in PATH. @param signal ends every running git when it aborts. */
export function createGitRunner(searchPath: string, home: string, signal: AbortSignal): GitRunner {
  const settings = Object.fromEntries(
    SETTINGS.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${String(index)}`, key],
      [`GIT_CONFIG_VALUE_${String(index)}`, value],
    ]),
  );
  const environment: Record<string, string> = {
    PATH: searchPath,
    HOME: home,
    ...HARDENING,
    GIT_CONFIG_COUNT: String(SETTINGS.length),
    ...settings,
  };

  const run: GitRunner["run"] = async (directory, args, input) =>
    new Promise((resolve, reject) => {
      const child = spawn("git", args, { cwd: directory, env: environment, signal, stdio: ["pipe", "pipe", "pipe"] });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
      // A command may end before it has read all its input; its exit status says what happened.
      child.stdin.on("error", () => undefined);
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({
          code: code ?? -1,
          stdout: Buffer.concat(stdout),
          stderr: Buffer.concat(stderr).toString("utf8").trim(),
        });
      });
      child.stdin.end(input ?? "");
    });

  const read: GitRunner["read"] = async (directory, args, input) => {
    const result = await run(directory, args, input);
    if (result.code !== 0) throw new Error(`git ${args.join(" ")} ended with ${String(result.code)}: ${result.stderr}`);
    return result.stdout;
  };

  const known = new Map<string, GitResult>();
  const lookUp: GitRunner["lookUp"] = async (directory, args) => {
    const key = [directory, ...args].join("\0");
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = await run(directory, args);
    const isKept = result.code === 0 && result.stdout.length <= MAX_KNOWN_BYTES && known.size < MAX_KNOWN;
    if (isKept) known.set(key, result);
    return result;
  };

  return {
    environment,
    signal,
    run,
    read,
    lookUp,
    text: async (directory, args, input) => (await read(directory, args, input)).toString("utf8").replace(/\n$/, ""),
  };
}

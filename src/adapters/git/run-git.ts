import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { join } from "node:path";

import { ConfigurationError, ExternalError } from "../../domain/errors.ts";

/** The git to run and the whole environment it gets besides ours; make it with `gitEnvironment`. */
export type GitProgram = { readonly executable: string; readonly environment: Readonly<Record<string, string>> };

/** One object database, addressed by its directory: git never looks for a repository by itself and never sees a work tree. */
export type GitDirectory = { readonly program: GitProgram; readonly gitDir: string };

export type GitOptions = {
  /** Accepted exit codes besides 0. */
  readonly accept?: readonly number[];
  readonly input?: string;
  /** More configuration, e.g. for one network call. Shown to nobody: it travels in the environment, not in argv. */
  readonly config?: Readonly<Record<string, string>>;
  /** Where git starts; the git directory unless told. */
  readonly cwd?: string;
  readonly maxBytes?: number;
};

const INHERITED = [
  "PATH",
  "SystemRoot",
  "TMPDIR",
  "TEMP",
  "TMP",
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "NO_PROXY",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
];

/** Every setting of a hostile repository that could run a program, reach a network or change what git prints, overruled. */
const CONFIG = [
  "core.bare=true",
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.attributesFile=/dev/null",
  "core.alternateRefsCommand=true",
  "core.pager=cat",
  "core.askPass=",
  "core.sshCommand=false",
  "credential.helper=",
  "safe.bareRepository=explicit",
  "safe.directory=*",
  "protocol.allow=never",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "filter.lfs.smudge=",
  "filter.lfs.required=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "log.showSignature=false",
  "color.ui=false",
  "diff.suppressBlankEmpty=false",
].flatMap((setting) => ["-c", setting]);

const ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_LFS_SKIP_SMUDGE: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  LC_ALL: "C",
};

const MAX_STDERR = 4_000;
const MAX_OUTPUT = 256 * 1024 * 1024;

/** What git may inherit from an environment: where programs, temporary files, proxies and certificates are; no secret, no `GIT_*`. */
export function gitEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function configInEnvironment(config: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(config);
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(pairs.length) };
  for (const [index, [key, value]] of pairs.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return variables;
}

/** Starts git without a shell, in its own process group, with nothing of our environment. */
export function spawnGit(
  { program, gitDir }: GitDirectory,
  args: readonly string[],
  stdio: StdioOptions,
  options: GitOptions = {},
): ChildProcess {
  return spawn(program.executable, ["--no-pager", ...CONFIG, ...args], {
    cwd: options.cwd ?? gitDir,
    detached: process.platform !== "win32",
    env: {
      ...program.environment,
      ...ENVIRONMENT,
      ...configInEnvironment(options.config ?? {}),
      // Without an index git finds no `.gitattributes` of the checked-out branch, which a stranger may have written.
      ...(options.cwd === undefined ? { GIT_DIR: gitDir, GIT_INDEX_FILE: join(gitDir, "no-index") } : {}),
    },
    shell: false,
    stdio,
    windowsHide: true,
  });
}

/** Ends git and what it started (fetch has children), at once. */
export function killGit(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

function failure(command: string, code: number | null, stderr: string): Error {
  const said = stderr.trim().replaceAll(/\s*\n\s*/g, "; ");
  if (/promisor remote|unable to read (?:tree|[0-9a-f]{40})|missing (?:blob|tree|object)/.test(said)) {
    return new ConfigurationError(
      `This clone does not hold all objects (partial clone), and git may not fetch them during a review. Run \`git fetch --refetch --no-filter origin\` first. git said: ${said}`,
    );
  }
  return new ExternalError("git", `git ${command} failed (exit ${code ?? "by signal"}): ${said || "no message"}`);
}

/**
 * Runs git and gives its output, piece by piece, to `onOutput`. Resolves with the exit code.
 * @throws {ExternalError} git is not there or failed. @throws the signal's reason on abort; git and its children are dead then.
 */
export async function streamGit(
  directory: GitDirectory,
  args: readonly string[],
  onOutput: (chunk: Buffer) => void,
  signal: AbortSignal,
  options: GitOptions = {},
): Promise<number> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawnGit(directory, args, [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"], options);
  const command = args.find((arg) => /^[a-z]/.test(arg)) ?? "";
  let stderr = "";

  function stop(reason: unknown): void {
    killGit(child);
    reject(reason);
  }
  const onAbort = (): void => stop(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });

  child.on("error", (cause) => {
    reject(new ExternalError("git", `git could not be started (${cause.message}); is it installed?`, { cause }));
  });
  // git may end before it has read its input; the exit code says whether that was an error.
  child.stdin?.on("error", () => undefined).end(options.input);
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR);
  });
  child.stdout?.on("data", (chunk: Buffer) => {
    try {
      onOutput(chunk);
    } catch (error) {
      stop(error);
    }
  });
  child.on("close", (code) => {
    if (code !== null && (code === 0 || options.accept?.includes(code) === true)) resolve(code);
    else reject(failure(command, code, stderr));
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The whole output of one git command and its exit code. @throws as `streamGit`, and {ExternalError} when it is above `maxBytes`. */
export async function runGit(
  directory: GitDirectory,
  args: readonly string[],
  signal: AbortSignal,
  options: GitOptions = {},
): Promise<{ readonly code: number; readonly output: Buffer }> {
  const { maxBytes = MAX_OUTPUT } = options;
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) throw new ExternalError("git", `git ${args[0] ?? ""} printed more than ${maxBytes} bytes`);
    chunks.push(chunk);
  };
  const code = await streamGit(directory, args, collect, signal, options);
  return { code, output: Buffer.concat(chunks) };
}

import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import { streamGit, type GitDirectory } from "./run-git.ts";

/** A repository on a server. The token reaches git in its environment only: never in argv, in an address or on a disk. */
export type Remote = { readonly cloneUrl: string; readonly token: string | undefined };

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** A server that sends less than this for so long is taken for dead. */
const LOW_SPEED = { bytesPerSecond: "500", seconds: "45" };

/**
 * Fetches objects. `wants` are refspecs or object ids.
 * @throws {ConfigurationError} no access, or one of `wants` is not there. @throws {ExternalError} the server is down (retryable) or git failed.
 */
export async function fetchFrom(
  directory: GitDirectory,
  remote: Remote,
  options: readonly string[],
  wants: readonly string[],
  signal: AbortSignal,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const quiet = ["--quiet", "--no-progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
  const args = ["fetch", ...quiet, ...options, "--stdin", "--end-of-options", "origin"];
  try {
    const input = wants.map((want) => `${want}\n`).join("");
    await streamGit(directory, args, () => undefined, signal, {
      config: { ...networkConfig(remote), ...config },
      input,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ExternalError ? explained(error, remote) : error;
  }
}

function networkConfig({ cloneUrl, token }: Remote): Record<string, string> {
  const url = checkedUrl(cloneUrl);
  return {
    "remote.origin.url": url.href,
    [`protocol.${url.protocol.slice(0, -1)}.allow`]: "always",
    // A redirect could carry the token to somebody else.
    "http.followRedirects": "false",
    "http.lowSpeedLimit": LOW_SPEED.bytesPerSecond,
    "http.lowSpeedTime": LOW_SPEED.seconds,
    ...(token === undefined ? {} : { [`http.${url.href}.extraHeader`]: `Authorization: Basic ${basic(token)}` }),
  };
}

function basic(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString("base64");
}

function checkedUrl(cloneUrl: string): URL {
  const url = URL.parse(cloneUrl);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname));
  if (url === null || !isSafe) {
    throw new ConfigurationError(
      `Repositories are fetched over https only, so that the token cannot be read on the way`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new ConfigurationError("The repository's address must not hold a user name or a password");
  }
  return url;
}

function explained(error: ExternalError, { token }: Remote): Error {
  const message =
    token === undefined ? error.message : error.message.replaceAll(token, "***").replaceAll(basic(token), "***");
  if (/Authentication failed|could not read Username|error: 40[13]|not found/i.test(message)) {
    return new ConfigurationError(
      `The token may not read the repository by git. Give the job \`permissions: contents: read\`. ${message}`,
    );
  }
  if (/couldn't find remote ref/.test(message))
    return new ConfigurationError(`It is not in the repository: ${message}`);
  const passing = /resolve host|connect|timed out|too slow|reset|early EOF|hung up|error: (?:429|5\d\d)/i.test(message);
  return new ExternalError("GitHub", message, { retryable: passing });
}

import type { AppClient, InstallationToken } from "../../adapters/github/app/app-client.ts";
import type { AppJob } from "../../domain/app-job.ts";
import { ConfigurationError } from "../../domain/errors.ts";

/** The two tokens of one job, good for its repository only. Disposing of them ends both. */
export type JobTokens = AsyncDisposable & {
  /** For everything that is read, and for git: it can change nothing. */
  readonly read: string;
  /** For what is posted, and for the branch of a fix that was asked for. */
  readonly write: string;
};

const READ = { contents: "read", issues: "read", pull_requests: "read", checks: "read", metadata: "read" } as const;
const WRITE = { issues: "write", pull_requests: "write", checks: "write", metadata: "read" } as const;
/** Commands that put commits on a branch of ours. */
const PROPOSING: ReadonlySet<string> = new Set(["fix", "refactor"]);

/** @throws {ConfigurationError} the App is not installed there (any more), or lacks a permission. */
export async function jobTokens(
  client: AppClient,
  { installation, repositoryId, trigger, helps }: AppJob,
  signal: AbortSignal,
): Promise<JobTokens> {
  await using opening = new AsyncDisposableStack();
  const scope = { installation, repositoryId };
  const keep = async (issuing: Promise<InstallationToken>): Promise<InstallationToken> => opening.use(await issuing);
  const reading = keep(client.issueToken({ ...scope, permissions: READ }, signal));
  // Who only helps another process writes nothing: that one does.
  const writing = helps === undefined ? keep(writeToken(client, scope, trigger, signal)) : reading;
  // Both have to be there or to have failed, so that none is left over.
  await Promise.allSettled([reading, writing]);
  const [read, write] = await Promise.all([reading, writing]);
  opening.move();
  const tokens = new Set([read, write]);
  return {
    read: read.value,
    write: write.value,
    async [Symbol.asyncDispose]() {
      await Promise.all([...tokens].map((token) => token[Symbol.asyncDispose]()));
    },
  };
}

/** Where the right to push was not granted, the command that needs it says so itself, with the token that can still write comments. */
async function writeToken(
  client: AppClient,
  scope: { readonly installation: number; readonly repositoryId: number },
  trigger: AppJob["trigger"],
  signal: AbortSignal,
): Promise<InstallationToken> {
  if (trigger.kind === "audit") return auditToken(client, scope, trigger, signal);
  const proposes = trigger.kind === "comment" && PROPOSING.has(trigger.command.verb);
  const least = { ...scope, permissions: { ...WRITE, contents: "read" as const } };
  if (!proposes) return client.issueToken(least, signal);
  try {
    return await client.issueToken({ ...scope, permissions: { ...WRITE, contents: "write" } }, signal);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return client.issueToken(least, signal);
  }
}

/**
 * For the ledger's branch and where the report goes. Code scanning is always among it where it was granted: what strangers could use goes
 * there and nowhere else, and only the recipe knows whether there can be such findings.
 */
async function auditToken(
  client: AppClient,
  scope: { readonly installation: number; readonly repositoryId: number },
  { publishTo }: Extract<AppJob["trigger"], { readonly kind: "audit" }>,
  signal: AbortSignal,
): Promise<InstallationToken> {
  const least = {
    contents: "write",
    metadata: "read",
    issues: publishTo === "issue" ? "write" : "read",
    pull_requests: publishTo === undefined || publishTo === "pull-request" ? "write" : "read",
  } as const;
  try {
    return await client.issueToken({ ...scope, permissions: { ...least, security_events: "write" } }, signal);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return client.issueToken({ ...scope, permissions: least }, signal);
  }
}

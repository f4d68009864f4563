import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import type { GitHubFailure } from "./failure.ts";

/** What was being done, for people, and the least permission it takes, as a line of a workflow's `permissions:` block. */
export type Doing = { readonly what: string; readonly permission: Permission };

type Permission =
  | "contents: read"
  | "contents: write"
  | "pull-requests: read"
  | "pull-requests: write"
  | "issues: read"
  | "issues: write"
  | "checks: write"
  | "security-events: write"
  | "metadata: read";

/** The failure as the error that ends a run: ConfigurationError where the reader can mend it, ExternalError where only time can. */
export function errorOf(failure: GitHubFailure, doing: Doing): ConfigurationError | ExternalError {
  const trace = failure.requestId === undefined ? "" : ` (GitHub request ${failure.requestId})`;
  const said = failure.message === "" ? "" : `: ${failure.message}`;
  switch (failure.kind) {
    case "unauthorized":
      return new ConfigurationError(
        `GitHub does not accept the token while trying to ${doing.what}. ${failure.tokenOf === "app" ? "It ended, or the App was taken away here" : "Give a valid one in github-token; tokens of a job end with the job"}${trace}.`,
      );
    case "forbidden":
      return new ConfigurationError(`${forbidden(failure, doing)}${trace}`);
    case "not-found":
      return new ConfigurationError(
        `GitHub found nothing while trying to ${doing.what}: it does not exist, or the token may not see it. ${failure.tokenOf === "app" ? `Or the App may not: ${granting(doing)}` : `Check the repository and the number, and that the job has \`permissions:\` with \`${doing.permission}\``}${trace}.`,
      );
    case "gone":
      return new ConfigurationError(`GitHub says it is gone for good while trying to ${doing.what}${said}${trace}.`);
    case "legal":
      return new ConfigurationError(`GitHub blocks this repository for legal reasons${said}${trace}.`);
    case "rate-limited":
      return new ExternalError(
        "GitHub",
        `GitHub's rate limit is used up, and waiting for it would take too long, while trying to ${doing.what}. Run again later${trace}.`,
        { retryable: true },
      );
    case "conflict":
    case "invalid":
      return new ExternalError("GitHub", `GitHub refused to ${doing.what} (${failure.status ?? "?"})${said}${trace}`);
    case "unavailable":
      break;
  }
  return new ExternalError(
    "GitHub",
    `GitHub is not answering (${failure.status ?? "no connection"}) while trying to ${doing.what}${said}. Run again later${trace}.`,
    { retryable: true },
  );
}

/** One sentence on what was refused and the YAML that grants it. */
export function forbidden(failure: GitHubFailure, doing: Doing): string {
  if (/\barchived\b/i.test(failure.message)) return `GitHub refused to ${doing.what}: the repository is archived.`;
  if (/\block(?:ed)?\b/i.test(failure.message)) return `GitHub refused to ${doing.what}: the conversation is locked.`;
  const enough =
    failure.acceptedPermissions === undefined ? "" : ` GitHub would accept any of: ${failure.acceptedPermissions}.`;
  const said = failure.message === "" ? "" : ` (${failure.message})`;
  const mend =
    failure.tokenOf === "app"
      ? `The App may not: ${granting(doing)}`
      : `Add to the job: \`permissions:\` with \`${doing.permission}\``;
  return `GitHub refused to ${doing.what}${said}. ${mend}.${enough}`;
}

function granting({ permission }: Doing): string {
  return `whoever owns it grants \`${permission}\`, and an owner here accepts that under Settings, GitHub Apps`;
}

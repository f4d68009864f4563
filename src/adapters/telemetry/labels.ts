/** Webhook events that have a label of their own. */
export const WEBHOOK_LABELS: ReadonlySet<string> = new Set([
  "issue_comment",
  "pull_request_review_comment",
  "pull_request",
  "check_run",
  "check_suite",
  "push",
  "installation",
  "installation_repositories",
  "ping",
]);

/** Tools that have a label of their own: what a model asks for may be any word. */
export const TOOL_LABELS: ReadonlySet<string> = new Set([
  "Read",
  "Glob",
  "Grep",
  "Edit",
  "Write",
  "check",
  "report_findings",
  "report_verdict",
  "report_changes",
  "give_answer",
  "Task",
  "TaskOutput",
  "TaskStop",
]);

/** The value when it is one of the set, else `other`: the number of time series stays bounded. */
export function oneOf(known: ReadonlySet<string>, value: string): string {
  return known.has(value) ? value : "other";
}

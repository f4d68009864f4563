/**
 * Who ended a run before its time: the machine or a person at it, a `stop` comment, or a push that made it pointless. `moved`: it goes on in
 * another process, so this one says nothing and publishes nothing.
 */
const STOP_KINDS = ["interrupted", "stop-command", "newer-head", "moved"] as const;
export type StopKind = (typeof STOP_KINDS)[number];

/** What becomes of what a stopped run had found. */
export const STOP_POLICIES = ["publish", "discard"] as const;
export type StopPolicy = (typeof STOP_POLICIES)[number];

/** The reason that a run's signal is aborted with; `text` is the sentence people read, without a full stop. */
export function stopReason(kind: StopKind, text: string): Error {
  return new DOMException(text, { name: "AbortError", cause: kind });
}

/** Who aborted the signal; `interrupted` for reasons that do not say. */
export function stopKindOf(signal: AbortSignal): StopKind {
  const reason: unknown = signal.reason;
  const cause = reason instanceof Error ? reason.cause : undefined;
  return STOP_KINDS.find((kind) => kind === cause) ?? "interrupted";
}

/**
 * Whether what was found until the stop is published. Without `policy` (the settings' `on-stop`): yes when a machine ended the run,
 * because nobody asked for less; no after a push, because the comments would be about code that is gone; no after `stop`, because
 * whoever says stop wants silence. Never when there is nothing to publish, or when another process will.
 */
export function publishesOnStop(kind: StopKind, policy: StopPolicy | undefined, findings: number): boolean {
  return kind !== "moved" && findings > 0 && (policy ?? (kind === "interrupted" ? "publish" : "discard")) === "publish";
}

/** Whether the run goes on in another process. */
export function isMoved(signal: AbortSignal): boolean {
  return signal.aborted && stopKindOf(signal) === "moved";
}

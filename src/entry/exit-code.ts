import { ConfigurationError, ExternalError } from "../domain/errors.ts";

/** 0 done; 1 findings at or above --fail-on, or an incomplete run; 2 wrong usage or configuration; 3 an outside service failed. */
export const EXIT = { done: 0, failed: 1, usage: 2, external: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What to print and how to exit for something that was thrown. Only bugs show a stack. */
export function describeFailure(
  error: unknown,
  interrupted: boolean,
): { readonly text: string; readonly code: ExitCode } {
  if (interrupted) return { text: "interrupted", code: EXIT.interrupted };
  if (error instanceof ConfigurationError) return { text: error.message, code: EXIT.usage };
  if (error instanceof ExternalError) return { text: error.message, code: EXIT.external };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `this is a bug in parallel-review, please report it:\n${stack}`, code: EXIT.failed };
}

import type { RunEvent } from "../domain/event.ts";

/** The one place where a run says what is happening. Never throws and never waits. */
export interface Journal {
  write(event: RunEvent): void;
}

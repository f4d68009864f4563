import { readReviewMemory } from "../../adapters/github/review-memory.ts";
import { errorOf } from "../../adapters/github/translate-error.ts";
import type { Written } from "../../domain/trigger.ts";
import type { ReviewMemory } from "../../ports/review-memory.ts";
import type { PullRequestOrder } from "../pull-request-order.ts";

/** A command on a pull request that somebody with write access wrote. */
export type CommentOrder = PullRequestOrder & { readonly asked: Written };

/** @throws {ConfigurationError | ExternalError} what we left on the pull request cannot be read. */
export async function memoryOf({ github, pull, host }: CommentOrder, signal: AbortSignal): Promise<ReviewMemory> {
  const memory = await readReviewMemory(github.read, pull.number, host.identity, signal);
  if (memory.ok) return memory.data;
  const doing = { what: "read what was said before on this pull request", permission: "pull-requests: read" } as const;
  throw errorOf(memory.failure, doing);
}

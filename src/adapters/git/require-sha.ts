import type { Sha } from "../../domain/change-set.ts";

/** Commits are named by full ids only, so that no ref can move or pass for an option. @throws {Error} for anything else. */
export function requireSha(sha: Sha): Sha {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) throw new Error(`not a full commit id: ${JSON.stringify(sha)}`);
  return sha;
}

import type { StandinPullRequest, StandinRepository } from "../github/model.ts";
import type { ReferenceContext } from "./markdown/link-references.ts";

/** What a page shows: a pull request as the stand-in remembers it. Read, never written. */
export interface PullRequestPageState {
  readonly repository: StandinRepository;
  readonly pull: StandinPullRequest;
}

export function pullAddress({ repository, pull }: PullRequestPageState): string {
  return `/${repository.fullName}/pull/${String(pull.number)}`;
}

export function referencesOf(repository: StandinRepository): ReferenceContext {
  return { repository: repository.fullName, knows: (number) => repository.issues.get(number)?.kind === "pull" };
}

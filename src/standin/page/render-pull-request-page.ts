import { checks } from "./checks.ts";
import { commits } from "./commits.ts";
import { conversation } from "./conversation.ts";
import { renderDocument } from "./document.ts";
import { filesChanged } from "./files-changed.ts";
import { header, type PullRequestTab } from "./header.ts";
import type { Markup } from "./markup.ts";
import { pullAddress, type PullRequestPageState } from "./page-state.ts";

export interface PullRequestPageOptions {
  /** `conversation` if not given. */
  readonly tab?: PullRequestTab;
  /** What "2 minutes ago" counts from. */
  readonly now: Date;
  /** Whether the page asks for news of itself; it needs {@link createPages} behind it. False if not given. */
  readonly isLive?: boolean;
}

const CONTENT: Readonly<Record<PullRequestTab, (state: PullRequestPageState, now: Date) => Markup[]>> = {
  conversation,
  commits,
  checks,
  files: filesChanged,
};

/**
 * One tab of a pull request as a whole HTML page that looks and reads like GitHub's. It needs no script, asks for nothing else, and lets
 * nothing run that an author wrote.
 */
export function renderPullRequestPage(state: PullRequestPageState, options: PullRequestPageOptions): string {
  const { tab = "conversation", now, isLive = false } = options;
  const { repository, pull } = state;
  return renderDocument({
    title: `${pull.title} · Pull request #${String(pull.number)} · ${repository.fullName}`,
    trail: [
      [repository.fullName, `/${repository.fullName}/pulls`],
      [`#${String(pull.number)}`, pullAddress(state)],
    ],
    blocks: [...header(state, tab), ...CONTENT[tab](state, now)],
    isLive,
  });
}

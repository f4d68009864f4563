import type { StandinPullRequest } from "../github/model.ts";
import { checkIcon, checksOf, lookOf } from "./checks-state.ts";
import { icon, type IconName } from "./icon.ts";
import { liveBlock } from "./live.ts";
import { markup, type Markup } from "./markup.ts";
import { pullAddress, type PullRequestPageState } from "./page-state.ts";
import { visibleThreads } from "./review-thread.ts";
import { plural } from "./time.ts";
import { timeline } from "./timeline.ts";

const TABS = ["conversation", "commits", "checks", "files"] as const;
export type PullRequestTab = (typeof TABS)[number];

const TAB_NAMES: Readonly<Record<PullRequestTab, { name: string; icon: IconName; path: string }>> = {
  conversation: { name: "Conversation", icon: "comment", path: "" },
  commits: { name: "Commits", icon: "commit", path: "/commits" },
  checks: { name: "Checks", icon: "checks", path: "/checks" },
  files: { name: "Files changed", icon: "file-diff", path: "/files" },
};

/** Title, state and tabs of a pull request, as two blocks. */
export function header(state: PullRequestPageState, tab: PullRequestTab): Markup[] {
  const { pull } = state;
  const from = pull.head.repository === state.repository ? "" : `${pull.head.owner.login}:`;
  const wants = pull.mergedAt === undefined ? "wants to merge" : "merged";
  const title = markup`<h1>${pull.title} <span class="number">#${pull.number}</span></h1><div class="meta">${stateBadge(pull)}<span class="muted"><strong>${pull.author.login}</strong> ${wants} ${plural(pull.commits.length, "commit")} into <code class="ref">${pull.base.ref}</code> from <code class="ref">${from}${pull.head.ref}</code></span></div>`;
  const counts = tabCounts(state);
  const tabs = TABS.map((name) => {
    const { name: label, icon: symbol, path } = TAB_NAMES[name];
    const current = name === tab ? markup` aria-current="page"` : undefined;
    return markup`<a href="${pullAddress(state)}${path}"${current}>${icon(symbol)}<span>${label}</span><span class="counter">${counts[name]}</span></a>`;
  });
  const [worst] = checksOf(state.repository, pull)
    .map(lookOf)
    .toSorted((a, b) => LOOKS.indexOf(a) - LOOKS.indexOf(b));
  const bar = markup`<nav class="tabs" aria-label="Pull request">${tabs}<span class="stat">${worst === undefined ? undefined : checkIcon(worst)}${diffStat(pull)}</span></nav>`;
  return [liveBlock("pull-title", "pull-title", title), liveBlock("pull-tabs", "pull-tabs", bar)];
}

const LOOKS = ["failure", "running", "attention", "neutral", "success"];

export function stateBadge(pull: StandinPullRequest): Markup {
  if (pull.mergedAt !== undefined) return badge("merged", "merge", "Merged");
  if (pull.state === "closed") return badge("closed", "pull-closed", "Closed");
  return pull.draft ? badge("draft", "pull-draft", "Draft") : badge("open", "pull", "Open");
}

function badge(look: string, name: IconName, text: string): Markup {
  return markup`<span class="state ${look}">${icon(name)}${text}</span>`;
}

function tabCounts(state: PullRequestPageState): Record<PullRequestTab, number> {
  const { pull, repository } = state;
  const said = timeline(pull).filter(({ kind }) => kind === "comment" || kind === "review").length;
  const inThreads = visibleThreads(pull).reduce((sum, { comments }) => sum + comments.length, 0);
  return {
    conversation: said + inThreads,
    commits: pull.commits.length,
    checks: checksOf(repository, pull).length,
    files: pull.files.length,
  };
}

/** Added and deleted lines of the whole pull request, with the five squares that show their share. */
function diffStat({ files }: StandinPullRequest): Markup {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return markup`<span class="added-count">+${additions.toLocaleString("en-US")}</span> <span class="deleted-count">−${deletions.toLocaleString("en-US")}</span> ${squares(additions, deletions)}`;
}

export function squares(additions: number, deletions: number): Markup {
  const all = additions + deletions;
  const shown = Math.min(5, all);
  const green = all === 0 ? 0 : Math.round((additions / all) * shown);
  const looks = Array.from({ length: 5 }, (_, index) => (index < green ? "added" : index < shown ? "deleted" : "none"));
  return markup`<span class="squares" aria-hidden="true">${looks.map((look) => markup`<i class="${look}"></i>`)}</span>`;
}

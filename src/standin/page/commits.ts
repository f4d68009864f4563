import { liveBlock } from "./live.ts";
import { markup, type Markup } from "./markup.ts";
import type { PullRequestPageState } from "./page-state.ts";
import { avatar } from "./person.ts";
import { timeElement } from "./time.ts";

/** The Commits tab. */
export function commits({ pull }: PullRequestPageState, now: Date): Markup[] {
  const rows = pull.commits.map(({ sha, message, author }) => {
    const [subject = "", ...rest] = message.split("\n");
    const body = rest.join("\n").trim();
    return markup`<li><div class="grow"><strong>${subject}</strong>${body === "" ? undefined : markup`<details class="commit-body"><summary>More</summary><pre>${body}</pre></details>`}<p class="muted">${avatar(author.name, "small")} ${author.name} committed ${timeElement(author.date, now)}</p></div><code class="sha" title="${sha}">${sha.slice(0, 7)}</code></li>`;
  });
  return [liveBlock("commits", "", markup`<ul class="box commit-list">${rows}</ul>`)];
}

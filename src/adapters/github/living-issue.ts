import { z } from "zod";

import { ConfigurationError, ExternalError } from "../../domain/errors.ts";
import type { IssueText, IssueWritten, LivingIssue } from "../../ports/living-issue.ts";
import { sendQuery } from "./graphql.ts";
import type { GitHub } from "./octokit.ts";
import { authorise } from "./permission.ts";
import { type Doing, errorOf, forbidden } from "./translate-error.ts";

const LABEL = "parallel-review";
const READING: Doing = { what: "read the audit's issue", permission: "issues: read" };
const WRITING: Doing = { what: "write the audit's issue", permission: "issues: write" };
/** Waits between looks for an issue that may have been made: lists lag behind writes for some seconds. */
const LOOKS_MS = [1_000, 2_000, 4_000];

const User = z.object({ id: z.number(), login: z.string() });
const Issue = z.object({
  number: z.number(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  user: User.nullish(),
  pull_request: z.unknown().optional(),
});
type Issue = z.infer<typeof Issue>;

const Editor = z.object({ login: z.string(), databaseId: z.number().optional(), __typename: z.string() }).nullable();
const Edits = z.object({
  repository: z.object({
    issue: z.object({
      viewerDidAuthor: z.boolean(),
      userContentEdits: z.object({ nodes: z.array(z.object({ editor: Editor })) }),
    }),
  }),
});
const QUERY = `query Edits($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      viewerDidAuthor
      userContentEdits(first: 50) { nodes { editor { __typename login ... on User { databaseId } ... on Bot { databaseId } } } }
    }
  }
}`;

/**
 * The issue of each recipe, known by its label, by the marker at its end, and by who made it. `identity` is the id of the account that
 * writes: another's issue with our marker is none of ours.
 */
export function livingIssue(
  github: GitHub,
  identity: number,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): LivingIssue {
  async function find(recipe: string, signal: AbortSignal): Promise<Issue | undefined> {
    const issues = await github.ask(
      {
        route: "GET /repos/{owner}/{repo}/issues",
        parameters: { labels: LABEL, state: "all", sort: "created", direction: "asc", per_page: 100 },
      },
      z.array(Issue),
      READING,
      signal,
    );
    const marked = issues.filter(
      ({ body, pull_request: pull }) => pull === undefined && (body ?? "").trimEnd().endsWith(markerOf(recipe)),
    );
    for (const issue of marked) {
      if (issue.user?.id === identity) return issue;
      // Another token's account: GitHub knows whether that is us.
      // oxlint-disable-next-line no-await-in-loop -- there is hardly ever more than one
      const facts = await factsOf(github, issue.number, signal);
      if (facts?.viewerDidAuthor === true) return issue;
    }
    return undefined;
  }

  async function create(title: string, body: string, recipe: string, signal: AbortSignal): Promise<IssueWritten> {
    const parameters = { title, body, labels: [LABEL] };
    const answer = await github.send({ route: "POST /repos/{owner}/{repo}/issues", parameters }, Issue, signal);
    if (answer.ok) return { kind: "created", url: answer.data.html_url };
    const { failure } = answer;
    // 410: the repository has no issues.
    if (failure.kind === "forbidden" || failure.kind === "gone") {
      return { kind: "left-alone", reason: forbidden(failure, WRITING) };
    }
    if (failure.kind !== "unavailable") throw errorOf(failure, WRITING);
    for (const wait of LOOKS_MS) {
      // oxlint-disable-next-line no-await-in-loop -- one look after the other is the point
      await sleep(wait, signal);
      // oxlint-disable-next-line no-await-in-loop -- as above
      const made = await find(recipe, signal);
      if (made !== undefined) return { kind: "created", url: made.html_url };
    }
    throw errorOf(failure, WRITING);
  }

  return {
    async read(recipe, signal) {
      const issue = await find(recipe, signal);
      if (issue === undefined) return undefined;
      const { number, html_url: url, body, state, user } = issue;
      const editors = await editorsOf(github, number, user?.id ?? identity, signal);
      return { number, url, body: body ?? "", open: state === "open", editors };
    },
    async write({ recipe, title, body: text }, before, signal) {
      const body = `${text.trimEnd()}\n\n${markerOf(recipe)}\n`;
      if (before === undefined) return create(title, body, recipe, signal);
      const route = { issue_number: before.number };
      const now = await github.ask(
        { route: "GET /repos/{owner}/{repo}/issues/{issue_number}", parameters: route },
        Issue,
        READING,
        signal,
      );
      if ((now.body ?? "") !== before.body) {
        return {
          kind: "left-alone",
          reason: `somebody changed ${before.url} meanwhile; the next run goes on from there`,
        };
      }
      if (now.body === body && now.title === title) return { kind: "unchanged", url: before.url };
      await github.ask(
        { route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}", parameters: { ...route, title, body } },
        Issue,
        WRITING,
        signal,
      );
      return { kind: "updated", url: before.url };
    },
  };
}

type Facts = z.infer<typeof Edits>["repository"]["issue"];

async function factsOf(github: GitHub, number: number, signal: AbortSignal): Promise<Facts | undefined> {
  const variables = { owner: github.owner, name: github.name, number };
  const answer = await sendQuery(github, QUERY, variables, Edits, signal);
  return answer.ok ? answer.data.repository.issue : undefined;
}

/** Everybody who edited after our last edit, if all of them may write. GitHub says who edited, and not which box they ticked. */
async function editorsOf(
  github: GitHub,
  number: number,
  ours: number,
  signal: AbortSignal,
): Promise<IssueText["editors"]> {
  const facts = await factsOf(github, number, signal);
  if (facts === undefined) return undefined;
  const editors = new Map<string, number | undefined>();
  for (const { editor } of facts.userContentEdits.nodes) {
    if (editor === null) return undefined;
    if (editor.databaseId === ours) break;
    if (editor.__typename !== "User") return undefined;
    editors.set(editor.login, editor.databaseId);
  }
  for (const [login, id] of editors) {
    // oxlint-disable-next-line no-await-in-loop -- hardly ever more than one
    const may = await mayWrite(github, login, id, signal);
    if (!may) return undefined;
  }
  return [...editors.keys()];
}

async function mayWrite(github: GitHub, login: string, id: number | undefined, signal: AbortSignal): Promise<boolean> {
  try {
    return (await authorise(github, { login, ...(id === undefined ? {} : { id }) }, new Set(), signal)).allowed;
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof ExternalError) return false;
    throw error;
  }
}

function markerOf(recipe: string): string {
  return `<!-- parallel-review:audit@1 recipe=${recipe} -->`;
}

import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import { ExternalError } from "../../domain/errors.ts";
import { EMPTY_LEDGER, formatLedger, type Ledger, parseLedger } from "../../domain/ledger.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { GitHub } from "./octokit.ts";
import { errorOf, type Doing } from "./translate-error.ts";

/** A branch without a common commit with any other: nobody merges it by mistake, and a checkout does not carry it. */
const BRANCH = "parallel-review/ledger";
const FILE = "ledger.jsonl";

const READING: Doing = { what: `read the branch ${BRANCH}`, permission: "contents: read" };
const WRITING: Doing = { what: `write the branch ${BRANCH}`, permission: "contents: write" };
const ATTEMPTS = 5;
/** The version of a ledger that is not there. */
const NO_VERSION = "none";
const FIRST_WAIT_MS = 500;

const Ref = z.object({ object: z.object({ sha: z.string() }) });
const Created = z.object({ sha: z.string() });
const Commit = z.object({ tree: z.object({ sha: z.string() }) });
const Tree = z.object({ tree: z.array(z.object({ path: z.string(), sha: z.string(), type: z.string() })) });
const Blob = z.object({ content: z.string(), encoding: z.literal("base64") });

type Stored = { readonly tip: Sha | undefined; readonly text: string };

/**
 * The ledger as one file on a branch of its own. Writes never force: when two runs end at once, the second one reads what the
 * first wrote and asks for its change again.
 */
export function ledgerBranch(github: GitHub, sleep: (ms: number, signal: AbortSignal) => Promise<void>): LedgerStore {
  const parse = (text: string): Ledger => (text === "" ? EMPTY_LEDGER : parseLedger(text, `${BRANCH}:${FILE}`));
  return {
    read: async (signal) => parse((await load(github, signal)).text),
    versions: {
      newest: async (signal) => (await readTip(github, signal)) ?? NO_VERSION,
      read: async (version, signal) => parse(version === NO_VERSION ? "" : await textAt(github, version, signal)),
    },
    async update(change, description, signal) {
      for (let attempt = 1; ; attempt += 1) {
        // oxlint-disable-next-line no-await-in-loop -- the next attempt starts from what is there then
        const stored = await load(github, signal);
        const text = formatLedger(change(parse(stored.text)));
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (text === stored.text || (await store(github, stored.tip, text, description, signal))) return;
        if (attempt === ATTEMPTS) {
          throw new ExternalError("GitHub", `other runs keep writing ${BRANCH}; run again later`, { retryable: true });
        }
        // oxlint-disable-next-line no-await-in-loop -- as above
        await sleep(FIRST_WAIT_MS * 2 ** attempt, signal);
      }
    },
  };
}

async function load(github: GitHub, signal: AbortSignal): Promise<Stored> {
  const tip = await readTip(github, signal);
  return { tip, text: tip === undefined ? "" : await textAt(github, tip, signal) };
}

/** Undefined when there is no such branch. */
async function readTip(github: GitHub, signal: AbortSignal): Promise<Sha | undefined> {
  const route = "GET /repos/{owner}/{repo}/git/ref/{+ref}";
  const answer = await github.send({ route, parameters: { ref: `heads/${BRANCH}` } }, Ref, signal);
  if (!answer.ok && answer.failure.kind === "not-found") return undefined;
  if (!answer.ok) throw errorOf(answer.failure, READING);
  return answer.data.object.sha;
}

async function textAt(github: GitHub, tip: Sha, signal: AbortSignal): Promise<string> {
  const read = <T>(what: string, schema: z.ZodType<T>): Promise<T> =>
    github.ask({ route: `GET /repos/{owner}/{repo}/git/${what}` }, schema, READING, signal);
  const commit = await read(`commits/${tip}`, Commit);
  const { tree } = await read(`trees/${commit.tree.sha}`, Tree);
  const blob = tree.find(({ path, type }) => path === FILE && type === "blob");
  if (blob === undefined) return "";
  const { content } = await read(`blobs/${blob.sha}`, Blob);
  return Buffer.from(content, "base64").toString("utf8");
}

/** False when somebody else was faster. */
async function store(
  github: GitHub,
  tip: Sha | undefined,
  text: string,
  description: string,
  signal: AbortSignal,
): Promise<boolean> {
  const make = async (kind: string, parameters: Readonly<Record<string, unknown>>): Promise<Sha> =>
    (await github.ask({ route: `POST /repos/{owner}/{repo}/git/${kind}`, parameters }, Created, WRITING, signal)).sha;
  const tree = await make("trees", { tree: [{ path: FILE, mode: "100644", type: "blob", content: text }] });
  const commit = await make("commits", { message: description, tree, parents: tip === undefined ? [] : [tip] });
  const answer =
    tip === undefined
      ? await github.send(
          { route: "POST /repos/{owner}/{repo}/git/refs", parameters: { ref: `refs/heads/${BRANCH}`, sha: commit } },
          Ref,
          signal,
        )
      : await github.send(
          {
            route: "PATCH /repos/{owner}/{repo}/git/refs/{+ref}",
            parameters: { ref: `heads/${BRANCH}`, sha: commit, force: false },
          },
          Ref,
          signal,
        );
  if (answer.ok) return true;
  if (answer.failure.kind === "invalid" || answer.failure.kind === "conflict") return false;
  // A write that nobody heard of may have been done: what is there now tells.
  if (answer.failure.kind === "unavailable") return (await load(github, signal)).tip === commit;
  throw errorOf(answer.failure, WRITING);
}

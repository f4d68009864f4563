import type { Sha } from "../../domain/change-set.ts";
import { requireSha } from "./require-sha.ts";
import { runGit, type GitDirectory } from "./run-git.ts";

/** Commits whose messages are read; longer histories say no more about the intent of a change. */
const MAX_COMMITS = 250;
const MAX_SUBJECT = 300;
const MAX_BODY = 10_000;

export type CommitText = { readonly subject: string; readonly body: string };

/** Subject and body of the commits of `base..head` without merges, newest last. Authors are left out: anybody can forge them. */
export async function readCommits(
  directory: GitDirectory,
  base: Sha,
  head: Sha,
  signal: AbortSignal,
): Promise<CommitText[]> {
  const format = ["--format=%s%x01%b", "-z", "--no-merges", `--max-count=${MAX_COMMITS}`, "--encoding=UTF-8"];
  const fixed = ["--no-show-signature", "--no-notes", "--no-color", "--no-decorate", "--no-patch", "--no-mailmap"];
  const range = [`${requireSha(base)}..${requireSha(head)}`, "--"];
  const { output } = await runGit(directory, ["log", ...format, ...fixed, "--end-of-options", ...range], signal);
  const records = output.toString("utf8").split("\0").filter(Boolean);
  return records.toReversed().map((record) => {
    const [subject = "", body = ""] = record.split("\u0001");
    return { subject: subject.slice(0, MAX_SUBJECT), body: body.trim().slice(0, MAX_BODY) };
  });
}

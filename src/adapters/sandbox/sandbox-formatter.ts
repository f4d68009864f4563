import { limitProblem } from "../../domain/edit-limits.ts";
import type { EditLog } from "../../domain/edit-log.ts";
import { errorMessage } from "../../domain/errors.ts";
import type { FileEdit } from "../../domain/file-edit.ts";
import type { CheckedTree } from "../../ports/checker.ts";
import type { FormatResult, Formatter } from "../../ports/formatter.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { missing, plain } from "./command-output.ts";
import { findRung, type Found } from "./find-rung.ts";
import { privateFolder } from "./private-folder.ts";
import { openToAll, readBack } from "./read-back.ts";
import { runConfined } from "./run-confined.ts";
import { LIMITS, requireCommand, type SandboxOptions } from "./sandbox-options.ts";
import { TreeStore } from "./tree-store.ts";

/** Stands for the edited files in the command, each an argument of its own. */
const FILES = "{files}";

/**
 * Formats in the sandbox that checks run in, on a copy that the command may write to. Of what it leaves behind only the edited files are
 * read, and a text that no writer could have written is not taken.
 * @throws {ConfigurationError} the command is none.
 */
export function sandboxFormatter(options: Omit<SandboxOptions, "parallel">): Formatter {
  return formatterOn(options, (signal) => findRung({ ...options, parallel: 1 }, signal));
}

/** As `sandboxFormatter`, with the rung given. */
export function formatterOn(
  options: Omit<SandboxOptions, "parallel">,
  find: (signal: AbortSignal) => Promise<Found>,
): Formatter {
  requireCommand(options.command);
  return {
    async format(tree, signal) {
      const found = await find(signal);
      if ("reason" in found) return { status: "failed", reason: found.reason };
      const { confinement, identity } = found.rung;
      await using folder = await privateFolder(options.temporaryDirectory, identity);
      const { dependencies } = options;
      const store = new TreeStore(folder.directory, { dependencies, writable: true, mounts: !confinement.writable });
      await using placed = await store.place(tree, signal);
      const paths = tree.edits.flatMap(({ kind, path }) => (kind === "delete" ? [] : [path]));
      await openToAll(placed.directory, paths);
      const limits = { ...LIMITS, ...options.limits };
      const argv = options.command.flatMap((part) => (part === FILES ? paths.map((path) => `./${path}`) : [part]));
      const run = { ...options, argv, tree: placed.directory, scratch: placed.scratch, limits, writes: true };
      try {
        const ending = await runConfined(
          confinement.start(run),
          { wallMs: limits.wallSeconds * 1_000, identity },
          signal,
        );
        const reason = missing(argv, ending, options.redact(plain(ending.output)));
        if (reason !== undefined) return { status: "failed", reason };
        if (ending.exitCode !== 0) {
          const how = ending.exitCode === undefined ? `was stopped (${ending.why})` : `ended with ${ending.exitCode}`;
          return { status: "failed", reason: `The formatter ${how}.` };
        }
      } catch (error) {
        signal.throwIfAborted();
        return { status: "failed", reason: `The formatter could not be started: ${errorMessage(error)}` };
      }
      return await afterwards(tree, placed.directory, signal);
    },
  };
}

async function afterwards({ base, edits }: CheckedTree, directory: string, signal: AbortSignal): Promise<FormatResult> {
  const formatted: FileEdit[] = [];
  for (const edit of edits) {
    if (edit.kind === "delete") {
      formatted.push(edit);
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop -- the first file that cannot be taken ends it
    const text = await readBack(directory, edit.path);
    if (text === undefined) return { status: "failed", reason: `The formatter left no text file at ${edit.path}.` };
    // oxlint-disable-next-line no-await-in-loop -- as above
    const before = edit.kind === "create" ? undefined : await textOf(base, edit.path, signal);
    const problem = text === edit.text ? undefined : limitProblem(before, text);
    if (problem !== undefined)
      return { status: "failed", reason: `What the formatter made of ${edit.path} is not taken: ${problem}` };
    if (text !== before) formatted.push({ ...edit, text });
  }
  return { status: "formatted", edits: formatted satisfies EditLog };
}

async function textOf(base: Snapshot, path: string, signal: AbortSignal): Promise<string | undefined> {
  const content = await base.read(path, signal);
  return content.kind === "text" ? content.text : undefined;
}

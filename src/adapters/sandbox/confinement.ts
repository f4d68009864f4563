import type { RepoPath } from "../../domain/repo-path.ts";

/** Where the tree is seen by the check, in every confinement that has a file system of its own. */
export const TREE = "/work";

/** A folder of the machine that the check may read, and its place in the tree (which has an empty folder there). */
export type Dependency = { readonly directory: string; readonly path: RepoPath };

/** The node that the check runs under; `npm` is npm's own folder, for `npx`, undefined where node came without it. */
export type NodeProgram = { readonly executable: string; readonly npm: string | undefined };

/** What the check may use up. Bytes and seconds; `processes` counts threads too. */
export type Limits = {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly processes: number;
  readonly fileBytes: number;
  readonly dataBytes: number;
  readonly temporaryBytes: number;
};

/** One run of a command. `tree` and `scratch` (an empty folder of this run) are real paths on this machine. */
type ConfinedRun = {
  readonly argv: readonly string[];
  readonly tree: string;
  readonly scratch: string;
  readonly dependencies: readonly Dependency[];
  readonly node: NodeProgram;
  readonly limits: Limits;
  /** Whether the command may change the tree; it may not unless told. */
  readonly writes?: boolean;
};

/** What to start, with its whole environment. `stop` ends what killing the started process group would not. */
export type Start = {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether what is started only waits for its one child, the first process of a namespace that all others die with. */
  readonly waits?: true;
  /** The command that ends it besides SIGKILL to its process group; undefined where that is enough. */
  readonly stop?: { readonly file: string; readonly args: readonly string[] };
};

/** One way to shut a command off: a rung of the ladder. */
export type Confinement = {
  /** For people, e.g. `bubblewrap`. */
  readonly name: string;
  /** The folder that the check sees its tree in. */
  treeSeenAs(run: ConfinedRun): string;
  /** Whether it cannot keep a command from writing into the tree that it was given, so that no file of it may be shared with another. */
  readonly writable: boolean;
  start(run: ConfinedRun): Start;
};

/**
 * The command behind env(1), with the whole environment that a check finds. A command that is not there ends alike everywhere then:
 * with exit code 127, or 126 when it cannot be executed.
 */
export function withEnvironment(argv: readonly string[], path: string, home: string): readonly string[] {
  return ["/usr/bin/env", "-i", `PATH=${path}`, `HOME=${home}`, "CI=1", "LANG=C.UTF-8", ...argv];
}

export function prlimitArguments(limits: Limits): string[] {
  return [
    "--core=0",
    `--nproc=${limits.processes}`,
    `--fsize=${limits.fileBytes}`,
    `--cpu=${limits.cpuSeconds}`,
    `--data=${limits.dataBytes}`,
    "--",
  ];
}

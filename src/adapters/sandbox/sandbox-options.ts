import { ConfigurationError } from "../../domain/errors.ts";
import type { Dependency, Limits, NodeProgram } from "./confinement.ts";

export type SandboxOptions = {
  /** The command and its arguments, never a shell line; from the workflow or the command line, never from the repository. */
  readonly command: readonly string[];
  /** `required`: no isolation, no check. `off`: as we are; only when a person asked for exactly that. */
  readonly sandbox: "required" | "off";
  /** Folders such as the caller's `node_modules`, real paths, to be seen read-only in the tree. */
  readonly dependencies: readonly Dependency[];
  readonly node: NodeProgram;
  /** Where the private folder with the trees is made. */
  readonly temporaryDirectory: string;
  /** Where programs are looked for when the sandbox is off; otherwise the system's folders and the tree's own tools count. */
  readonly path: string;
  /** Masks our secrets in what the check prints, should one get there all the same. */
  readonly redact: (text: string) => string;
  /** Checks that run at a time; the others wait, and their time does not run meanwhile. */
  readonly parallel: number;
  readonly limits?: Partial<Limits>;
};

/** What a command may use up unless told. */
export const LIMITS: Limits = {
  wallSeconds: 300,
  cpuSeconds: 1_200,
  processes: 1_024,
  fileBytes: 104_857_600,
  dataBytes: 8 * 1024 ** 3,
  temporaryBytes: 268_435_456,
};

/** @throws {ConfigurationError} the command is none. */
export function requireCommand(command: readonly string[]): void {
  const [program = ""] = command;
  // env(1) would take a name with = for a variable, and one that starts with a dash for an option.
  const isProgram = program !== "" && !program.includes("=") && !program.startsWith("-");
  if (isProgram && command.every((part) => !part.includes("\0"))) return;
  throw new ConfigurationError(
    'The command has to be a program and its arguments as a JSON array, e.g. ["npx", "tsc", "--noEmit"]; a shell line does not work.',
  );
}

import { stripVTControlCharacters } from "node:util";

import type { Ending } from "./run-confined.ts";

/** Without escape sequences; a line that was drawn over itself, as progress bars are, becomes several. */
export function plain(output: string): string {
  return stripVTControlCharacters(output).replaceAll(/\r\n?/g, "\n");
}

/** Why the command could not be run at all; undefined when it was. `output` is what it printed, plain. */
export function missing(command: readonly string[], { exitCode }: Ending, output: string): string | undefined {
  const isMissing = (exitCode === 127 || exitCode === 126) && /^(?:\/usr\/bin\/)?env: /m.test(output);
  if (!isMissing) return undefined;
  return `The command ${JSON.stringify(command[0])} cannot be run in the sandbox (${output.trim().slice(0, 200)}). It has to be a program in the repository's node_modules/.bin, npx, node, or under /usr; install the dependencies before this step.`;
}

import { join } from "node:path";

import { type Confinement, prlimitArguments, withEnvironment } from "./confinement.ts";

/**
 * No isolation: the check runs as we do, on its own copy of the tree, with a literal environment and, where there is prlimit, with
 * limits. Only for somebody who asked for exactly this: the check can read what we can, our own memory and keys included.
 */
export function unconfined(programs: { readonly prlimit: string | undefined; readonly path: string }): Confinement {
  return {
    name: "no sandbox",
    writable: true,
    treeSeenAs: ({ tree }) => tree,
    start({ argv, tree, scratch, limits }) {
      const limited = programs.prlimit === undefined ? [] : [programs.prlimit, ...prlimitArguments(limits)];
      const path = `${join(tree, "node_modules", ".bin")}:${programs.path}`;
      const [file = "", ...args] = [...limited, ...withEnvironment(argv, path, scratch)];
      return { file, args, environment: { PATH: path }, cwd: tree };
    },
  };
}

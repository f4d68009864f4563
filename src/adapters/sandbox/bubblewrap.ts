import { type Confinement, prlimitArguments, TREE, withEnvironment } from "./confinement.ts";

const NPM = "/node/lib/node_modules/npm";
const PATH = `${TREE}/node_modules/.bin:/node/bin:/usr/bin:/bin`;

/**
 * bubblewrap: namespaces of its own for everything, an empty root with the system's programs, node and the tree, all read-only.
 * `--as-pid-1` and the literal environment of bwrap itself both keep our environment out of its /proc (`--clearenv` does not).
 */
export function bubblewrap(programs: { readonly prlimit: string; readonly bwrap: string }): Confinement {
  return {
    name: "bubblewrap",
    writable: false,
    treeSeenAs: () => TREE,
    start({ argv, tree, dependencies, node, limits, writes = false }) {
      const readOnly = (source: string, target: string): string[] => ["--ro-bind", source, target];
      const optional = (path: string): string[] => ["--ro-bind-try", path, path];
      const args = [
        ...prlimitArguments(limits),
        programs.bwrap,
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--as-pid-1",
        "--cap-drop",
        "ALL",
        ...readOnly("/usr", "/usr"),
        ...["/lib", "/lib64", "/bin", "/sbin"].flatMap(optional),
        ...readOnly(node.executable, "/node/bin/node"),
        ...(node.npm === undefined
          ? []
          : [...readOnly(node.npm, NPM), "--symlink", `${NPM}/bin/npx-cli.js`, "/node/bin/npx"]),
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--size",
        String(limits.temporaryBytes),
        "--tmpfs",
        "/tmp",
        writes ? "--bind" : "--ro-bind",
        tree,
        TREE,
        ...dependencies.flatMap(({ directory, path }) => readOnly(directory, `${TREE}/${path}`)),
        "--remount-ro",
        "/dev",
        "--remount-ro",
        "/",
        "--chdir",
        TREE,
        "--",
        ...withEnvironment(argv, PATH, "/tmp"),
      ];
      return { file: programs.prlimit, args, environment: { PATH: "/usr/bin:/bin" }, waits: true };
    },
  };
}

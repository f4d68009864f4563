import { type Confinement, prlimitArguments, TREE, withEnvironment } from "./confinement.ts";

const NPM = "/node/lib/node_modules/npm";
const PATH = `${TREE}/node_modules/.bin:/node/bin:/usr/bin:/bin`;

/**
 * Builds a root of its own, read-only but for /tmp, and gives up every capability before the check starts. A constant: whatever varies
 * comes as positional arguments and is never read as shell. `$1` is an empty folder, `$2` the size of /tmp; then triples of a source, the
 * place to mount it at, and `ro` or `rw`; after `--` the command.
 */
const SCRIPT = `set -eu
root=$1 size=$2
shift 2
mount --make-rprivate /
mount -t tmpfs -o mode=0755,size=1m none "$root"
mkdir "$root/proc" "$root/dev" "$root/tmp" "$root/old"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o "mode=1777,nosuid,nodev,size=$size" none "$root/tmp"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
while [ "$1" != -- ]; do
  target=$root$2
  if [ -d "$1" ]; then
    [ -d "$target" ] || mkdir -p "$target"
  else
    mkdir -p "\${target%/*}"
    : > "$target"
  fi
  mount --bind "$1" "$target"
  mount -o "remount,bind,$3,nosuid" "$target"
  shift 3
done
shift
if [ -d "$root${NPM}" ]; then ln -s "${NPM}/bin/npx-cli.js" "$root/node/bin/npx"; fi
for link in bin sbin lib lib64; do
  if [ -L "/$link" ]; then ln -s "$(readlink "/$link")" "$root/$link"; fi
done
mount -o remount,bind,ro "$root"
cd "$root"
pivot_root . old
umount -l /old
cd ${TREE}
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- "$@"
`;

/** util-linux alone: namespaces by unshare(1), and the root that bubblewrap would build. */
export function namespaces(programs: { readonly prlimit: string; readonly unshare: string }): Confinement {
  return {
    name: "Linux namespaces (unshare)",
    writable: false,
    treeSeenAs: () => TREE,
    start({ argv, tree, scratch, dependencies, node, limits, writes = false }) {
      const mounts: (readonly [source: string, target: string, mode: "ro" | "rw"])[] = [
        ["/usr", "/usr", "ro"],
        [node.executable, "/node/bin/node", "ro"],
        ...(node.npm === undefined ? [] : [[node.npm, NPM, "ro"] as const]),
        [tree, TREE, writes ? "rw" : "ro"],
        ...dependencies.map(({ directory, path }) => [directory, `${TREE}/${path}`, "ro"] as const),
      ];
      const args = [
        ...prlimitArguments(limits),
        programs.unshare,
        "--user",
        "--map-root-user",
        "--mount",
        "--net",
        "--pid",
        "--ipc",
        "--uts",
        "--cgroup",
        "--fork",
        "--kill-child=SIGKILL",
        "--",
        "/bin/sh",
        "-c",
        SCRIPT,
        "sh",
        scratch,
        String(limits.temporaryBytes),
        ...mounts.flat(),
        "--",
        ...withEnvironment(argv, PATH, "/tmp"),
      ];
      return { file: programs.prlimit, args, environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }, waits: true };
    },
  };
}

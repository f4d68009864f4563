import { randomBytes } from "node:crypto";

import { type Confinement, TREE, withEnvironment } from "./confinement.ts";

/** Exists on every system, so that a tmpfs over it can hold the tree and node without a new folder in the root. */
const BASE = "/srv";
const SEEN = `${BASE}${TREE}`;
const NODE = `${BASE}/node`;
const PATH = `${SEEN}/node_modules/.bin:${NODE}/bin:/usr/bin:/bin`;

/**
 * A transient systemd unit under a user of its own, without network; it needs root, or sudo that does not ask. The unit outlives the
 * process that asked for it, so it has to be stopped by name.
 */
export function systemd(programs: {
  readonly run: readonly string[];
  readonly control: readonly string[];
}): Confinement {
  return {
    name: "systemd",
    writable: false,
    treeSeenAs: () => SEEN,
    start({ argv, tree, dependencies, node, limits, writes = false }) {
      const unit = `parallel-review-check-${randomBytes(6).toString("hex")}.service`;
      const properties: readonly string[] = [
        "DynamicUser=1",
        "PrivateNetwork=1",
        "PrivateTmp=1",
        "PrivateDevices=1",
        "PrivateIPC=1",
        "ProtectSystem=strict",
        "ProtectHome=tmpfs",
        "ProtectProc=invisible",
        "ProcSubset=pid",
        "ProtectKernelTunables=1",
        "ProtectControlGroups=1",
        "RestrictSUIDSGID=1",
        "NoNewPrivileges=1",
        "CapabilityBoundingSet=",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "InaccessiblePaths=-/run/docker.sock -/run/dbus -/run/systemd/private -/var/lib",
        `TemporaryFileSystem=${BASE}:ro`,
        ...(writes
          ? [`BindPaths=${bindPair(tree, SEEN)}`, `ReadWritePaths=${SEEN}`]
          : [`BindReadOnlyPaths=${bindPair(tree, SEEN)}`]),
        ...dependencies.map(({ directory, path }) => `BindReadOnlyPaths=${bindPair(directory, `${SEEN}/${path}`)}`),
        `BindReadOnlyPaths=${bindPair(node.executable, `${NODE}/bin/node`)}`,
        `WorkingDirectory=${SEEN}`,
        `MemoryMax=${limits.dataBytes}`,
        "MemorySwapMax=0",
        `TasksMax=${limits.processes}`,
        `RuntimeMaxSec=${limits.wallSeconds}`,
        `LimitFSIZE=${limits.fileBytes}`,
        `LimitCPU=${limits.cpuSeconds}`,
        "LimitCORE=0",
        "KillMode=control-group",
        "KillSignal=SIGKILL",
      ];
      const [file = "", ...start] = programs.run;
      const [stopFile = "", ...stop] = programs.control;
      return {
        file,
        args: [
          ...start,
          "--quiet",
          "--pipe",
          "--wait",
          "--collect",
          `--unit=${unit}`,
          ...properties.flatMap((property) => ["-p", property]),
          "--",
          ...withEnvironment(argv, PATH, "/tmp"),
        ],
        environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
        stop: { file: stopFile, args: [...stop, "stop", unit] },
      };
    },
  };
}

/** `source:target`, quoted as unit files are: a colon or a space in a path would end it. */
function bindPair(source: string, target: string): string {
  const quoted = (path: string): string => path.replaceAll(/[\\: "']/g, (char) => `\\${char}`);
  return `${quoted(source)}:${quoted(target)}`;
}

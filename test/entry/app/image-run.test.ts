import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "../../..");
const SYSTEM = ["/usr", "/bin", "/lib", "/lib64", "/etc"].filter((path) => existsSync(path));
const Lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });

/** Mounts of the box: the system to read, and nothing else of this machine. */
const base = [
  "--unshare-user",
  "--unshare-pid",
  "--unshare-ipc",
  "--die-with-parent",
  "--uid=1000 --gid=1000",
  "--cap-drop=ALL",
  "--proc=/proc --dev=/dev",
  "--clearenv",
  "--setenv=PATH=/usr/bin:/bin",
]
  .flatMap((words) => words.split(/[ =]/))
  .concat(SYSTEM.flatMap((path) => ["--ro-bind", path, path]));
const BOX = "bwrap";
const hasBoxes = spawnSync(BOX, [...base, "/bin/true"]).status === 0;
if (!hasBoxes) console.warn("What the image holds is not run: there is no bubblewrap here that may make a box.");

/** What the Dockerfile copies of this repository into the image that runs. */
function copied(): readonly string[] {
  const text = readFileSync(join(root, ".github/app/Dockerfile"), "utf8");
  const last = text.slice(text.lastIndexOf("\nFROM "));
  return [...last.matchAll(/^COPY (?!--from=)(.+) \S+$/gm)].flatMap(([, paths = ""]) => paths.split(" "));
}

/** The packages that `npm ci --omit=dev` installs at the top, by the lockfile. */
function production(): readonly string[] {
  const { packages } = Lock.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  return Object.entries(packages).flatMap(([path, { dev = false }]) => {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    // Those of other machines are in the lockfile, and not on this one.
    return name === undefined || dev || !existsSync(join(root, "node_modules", name)) ? [] : [name];
  });
}

describe.skipIf(!hasBoxes)("what the image holds", () => {
  let app: string;
  let mounts: readonly string[];
  beforeAll(() => {
    app = mkdtempSync(join(tmpdir(), "image-"));
    for (const path of copied()) cpSync(join(root, path), join(app, path), { recursive: true });
    const packages = production();
    expect(packages.length).toBeGreaterThan(100);
    mounts = packages.flatMap((name) => {
      mkdirSync(join(app, "node_modules", name), { recursive: true });
      return ["--ro-bind", realpathSync(join(root, "node_modules", name)), `/app/node_modules/${name}`];
    });
  });
  afterAll(() => rmSync(app, { recursive: true, force: true }));

  /** Runs a command as the image would: its files alone, nothing but /tmp to write to, as a user without rights. */
  const inImage = async (args: readonly string[]): Promise<string> => {
    const node = ["--ro-bind", dirname(realpathSync(process.execPath)), "/node", "--ro-bind", app, "/app"];
    const box = [...base, ...node, ...mounts, "--tmpfs", "/tmp", "--remount-ro", "/", "--chdir", "/app"];
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    execFile(BOX, [...box, "/node/node", ...args], { maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      // The whole command line would stand in the error.
      else reject(new Error(`it ended with ${error.code}:\n${stderr.slice(-2_000)}`));
    });
    return promise;
  };

  it("carries out a whole run of the App on a read-only root, as nobody special", async () => {
    const stdout = await inImage(["src/entry/cli.ts", "app", "--demo", "--once"]);

    expect(stdout).toContain("parallel-review[bot] reviewed");
    expect(stdout).toMatch(/The run: done, http/);
  }, 90_000);

  it("is closed, and has nothing of development", async () => {
    const script = `
      const { writeFileSync, existsSync } = require("node:fs");
      const tried = ["/app/x", "/app/src/x", "/x", "/etc/x", "/tmp/x"].map((path) => {
        try { writeFileSync(path, ""); return "written"; } catch ({ code }) { return code; }
      });
      console.log(JSON.stringify([process.getuid(), tried, existsSync("/app/node_modules/vitest"), existsSync("/app/test")]));`;
    const stdout = await inImage(["--eval", script]);

    expect(JSON.parse(stdout)).toEqual([1000, ["EROFS", "EROFS", "EROFS", "EROFS", "written"], false, false]);
  });
});

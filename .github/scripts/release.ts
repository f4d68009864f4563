/** Puts the built bundle on a commit of its own, beside main, and tags it: `v1.2.3` for good, `v1` moved. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const [version = ""] = process.argv.slice(2);
const match = /^(\d+)\.\d+\.\d+$/.exec(version);
if (match === null) throw new Error(`"${version}" is not a version such as 1.2.3`);
if (!existsSync("dist/action.js")) throw new Error("dist/action.js is missing: run npm run build first");

const git = (...args: string[]): void => {
  execFileSync("git", args, { stdio: "inherit" });
};
git("checkout", "--detach");
git("add", "--force", "dist");
git(
  "-c",
  "user.name=github-actions[bot]",
  "-c",
  "user.email=41898282+github-actions[bot]@users.noreply.github.com",
  "commit",
  "-m",
  `Release ${version}`,
);
git("tag", `v${version}`);
git("tag", "--force", `v${match[1]}`);
git("push", "origin", `v${version}`);
git("push", "--force", "origin", `v${match[1]}`);

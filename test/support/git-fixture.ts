import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { gitEnvironment, type GitProgram } from "../../src/adapters/git/run-git.ts";
import type { MemoryFile } from "./memory-snapshot.ts";

export const GIT_PROGRAM: GitProgram = { executable: "git", environment: gitEnvironment(process.env) };

/** A real repository in a temporary folder, removed on dispose. */
export type GitFixture = Disposable & {
  readonly directory: string;
  readonly gitDir: string;
  git(...args: string[]): string;
  /** Makes `branch` point to a new commit with exactly these files, on top of `parents`; nothing is checked out. */
  commit(
    files: Readonly<Record<string, MemoryFile>> | readonly (readonly [path: Uint8Array | string, file: MemoryFile])[],
    options?: { readonly branch?: string; readonly parents?: readonly string[]; readonly message?: string },
  ): string;
};

function quoted(path: Uint8Array | string): Buffer {
  const bytes = Buffer.from(path);
  return Buffer.from(`"${Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}"`);
}

function record(path: Uint8Array | string, file: MemoryFile): Buffer {
  if (typeof file === "object" && "submodule" in file) {
    return Buffer.concat([Buffer.from(`M 160000 ${file.submodule} `), quoted(path), Buffer.from("\n")]);
  }
  const isPlain = typeof file === "string" || file instanceof Uint8Array;
  const mode = isPlain ? "100644" : "symlink" in file ? "120000" : "100755";
  const data = Buffer.from(isPlain ? file : "symlink" in file ? file.symlink : file.text);
  const head = Buffer.from(`M ${mode} inline `);
  return Buffer.concat([head, quoted(path), Buffer.from(`\ndata ${data.length}\n`), data, Buffer.from("\n")]);
}

export function gitFixture(): GitFixture {
  const directory = mkdtempSync(join(tmpdir(), "pr-git-"));
  const env = {
    ...GIT_PROGRAM.environment,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Dev",
    GIT_AUTHOR_EMAIL: "dev@example.com",
    GIT_COMMITTER_NAME: "Dev",
    GIT_COMMITTER_EMAIL: "dev@example.com",
    HOME: directory,
  };
  const run = (args: readonly string[], input?: Buffer): string =>
    execFileSync("git", args, { cwd: directory, env, input: input ?? "", stdio: ["pipe", "pipe", "pipe"] })
      .toString()
      .trim();
  run(["init", "-q", "-b", "main"]);
  let time = 1_767_000_000;
  return {
    directory,
    gitDir: join(directory, ".git"),
    git: (...args) => run(args),
    commit(files, { branch = "main", parents, message = "Change" } = {}) {
      const list = Array.isArray(files)
        ? (files as [string, MemoryFile][])
        : Object.entries(files as Record<string, MemoryFile>);
      time += 60;
      const ref = `refs/heads/${branch}`;
      const exists = run(["for-each-ref", ref]) !== "";
      const [first, ...others] = parents ?? (exists ? [run(["rev-parse", ref])] : []);
      const lines = [
        `commit ${ref}`,
        `committer Dev <dev@example.com> ${time} +0000`,
        `data ${Buffer.byteLength(message)}`,
        message,
        ...(first === undefined ? [] : [`from ${first}`]),
        ...others.map((parent) => `merge ${parent}`),
        "deleteall",
        "",
      ];
      const stream = [Buffer.from(lines.join("\n")), ...list.map(([path, file]) => record(path, file))];
      run(["fast-import", "--quiet", "--force"], Buffer.concat(stream));
      return run(["rev-parse", ref]);
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

import type { RepoPath } from "./repo-path.ts";

/** Those of the paths that the output names, each once, in the order given: as a whole path, also behind `./` or a folder it runs in. */
export function namedIn(output: string, paths: readonly RepoPath[]): readonly RepoPath[] {
  return paths.filter((path) => linesNaming(output, path).length > 0);
}

/** The lines of the output that name the path. */
export function linesNaming(output: string, path: RepoPath): readonly string[] {
  if (!output.includes(path)) return [];
  return output.split("\n").filter((line) => names(line, path));
}

function names(line: string, path: RepoPath): boolean {
  for (let at = line.indexOf(path); at !== -1; at = line.indexOf(path, at + 1)) {
    const before = line.slice(Math.max(0, at - 2), at);
    const after = line.slice(at + path.length, at + path.length + 1);
    const startsThere = /(?:^|[^\w./\\-]|^\.\/|[^\w.]\.\/)$/.test(before) || before.endsWith("/");
    if (startsThere && !/[\w/-]/.test(after)) return true;
  }
  return false;
}

/** The known paths that the output names, each once, in the order it names them. */
export function pathsIn(output: string, known: ReadonlySet<RepoPath>): readonly RepoPath[] {
  const words = output.match(/[\w@$./+~-]+\.\w+/g) ?? [];
  return [...new Set(words.map((word) => word.replace(/^\.\//, "")).filter((word) => known.has(word)))];
}

/** The lines that the base's own check does not print; numbers do not count, because an edit moves lines. */
export function newComplaints(output: string, baseline: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of baseline.split("\n")) counts.set(shape(line), (counts.get(shape(line)) ?? 0) + 1);
  return output.split("\n").filter((line) => {
    if (line.trim() === "") return false;
    const left = (counts.get(shape(line)) ?? 0) - 1;
    counts.set(shape(line), left);
    return left < 0;
  });
}

function shape(line: string): string {
  return line.replaceAll(/\d+/g, "#").trim();
}

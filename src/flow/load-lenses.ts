import { ConfigurationError } from "../domain/errors.ts";
import type { Lens } from "../domain/lens.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import { parseAgentFile } from "../subagent/agent-files.ts";
import { parseLensFile } from "../subagent/lens-files.ts";
import { readTexts } from "./read-texts.ts";

const LENS_FILE = /^\.github\/parallel-review\/lenses\/[^/]+\.md$/;
const AGENT_FILE = /^\.claude\/agents\/.+\.md$/;

/** More files than this are not a set of lenses. */
const MAX_FILES = 100;
const MAX_CHARACTERS = 50_000;

/** The repository's own lenses, and what is to be said when one of them is used. */
export type LoadedLenses = {
  readonly lenses: readonly Lens[];
  readonly notesOf: ReadonlyMap<string, readonly string[]>;
};

/**
 * The lenses a repository brings: those of its settings, then its lens files, then its subagent files; the first of a name counts.
 * `snapshot` is the default branch, never the change itself.
 * @throws {ConfigurationError} a broken lens file, or two of the same name; subagent files only give notes.
 */
export async function loadLenses(
  snapshot: Snapshot,
  inSettings: readonly Lens[],
  signal: AbortSignal,
): Promise<LoadedLenses> {
  const entries = await snapshot.list(signal);
  const paths = entries.filter(({ kind }) => kind === "file").map(({ path }) => path);
  const lensPaths = paths.filter((path) => LENS_FILE.test(path)).slice(0, MAX_FILES);
  const agentPaths = paths.filter((path) => AGENT_FILE.test(path)).slice(0, MAX_FILES);
  const texts = await readTexts(snapshot, [...lensPaths, ...agentPaths], signal);
  const readable = (path: RepoPath): string => (texts.get(path) ?? "").slice(0, MAX_CHARACTERS);

  const lenses = new Map(inSettings.map((lens) => [lens.name, lens]));
  const from = new Map<string, RepoPath>();
  for (const path of lensPaths) {
    const lens = parseLensFile(path, readable(path));
    const other = from.get(lens.name);
    if (other !== undefined) throw new ConfigurationError(`${path}:1: ${other} has a lens named ${lens.name} already`);
    from.set(lens.name, path);
    if (!lenses.has(lens.name)) lenses.set(lens.name, lens);
  }
  const notesOf = new Map<string, readonly string[]>();
  for (const path of agentPaths) {
    const { lens, notes } = parseAgentFile(path, readable(path));
    if (lens === undefined || lenses.has(lens.name)) continue;
    lenses.set(lens.name, lens);
    notesOf.set(lens.name, notes);
  }
  return { lenses: [...lenses.values()], notesOf };
}

import { isProtectedPath } from "../domain/protected-path.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import { allowedBy, type WriteScope } from "../domain/write-scope.ts";
import type { Snapshot, TreeEntry } from "../ports/snapshot.ts";
import { blobId } from "./overlay.ts";

/** A file as the snapshot has it; `text` is undefined for one that is to be created. */
export type Writable =
  | { readonly text: string; readonly blob: string; readonly executable: boolean }
  | { readonly text: undefined };

/** The file at a path if it may be written, else why not, in words for the model. `view` is the snapshot with the edits so far. */
export async function writableFile(
  { snapshot, view }: { readonly snapshot: Snapshot; readonly view: Snapshot },
  path: RepoPath,
  rules: { readonly scope: WriteScope; readonly named: ReadonlySet<RepoPath> },
  signal: AbortSignal,
): Promise<Writable | { readonly problem: string }> {
  const allowed = allowedBy(rules.scope, path);
  if (allowed === "nothing") return { problem: `You may not write this file. ${scopeText(rules.scope)}` };
  const isNamed = rules.named.has(path);
  if (isProtectedPath(path) && !isNamed) {
    return {
      problem: "This file can run code or steers a tool, so it is protected: a person has to name it in the request.",
    };
  }
  const entry = (await snapshot.list(signal)).find((each) => each.path === path);
  if (entry === undefined) return newFile(path, await view.list(signal), snapshot.truncated);
  if (allowed === "create") return { problem: "The file exists; you may create files of this name, not change them." };
  if (entry.kind === "symlink") return { problem: "This is a symbolic link; links are neither followed nor replaced." };
  if (entry.kind === "submodule") return { problem: "This is a submodule; its files are in another repository." };
  if (entry.executable && !isNamed) {
    return { problem: "This file is an executable, so it is protected: a person has to name it in the request." };
  }
  return existingFile(snapshot, entry, signal);
}

async function existingFile(
  snapshot: Snapshot,
  entry: TreeEntry,
  signal: AbortSignal,
): Promise<Writable | { readonly problem: string }> {
  const content = await snapshot.read(entry.path, signal);
  if (content.kind !== "text") return { problem: `This file cannot be edited: it is ${content.kind}.` };
  // What does not encode to the bytes that were decoded would be damaged in places that nobody edited.
  if (blobId(content.text) !== entry.blob)
    return { problem: "This file is not UTF-8 text, so it cannot be edited here." };
  return { text: content.text, blob: entry.blob, executable: entry.executable };
}

function newFile(
  path: RepoPath,
  entries: readonly TreeEntry[],
  truncated: boolean,
): Writable | { readonly problem: string } {
  if (truncated) return { problem: "The tree is too large to tell whether this file exists, so it cannot be created." };
  const folded = path.toLowerCase();
  for (const { path: other } of entries) {
    if (other === path) continue;
    const name = other.toLowerCase();
    if (name === folded) return { problem: `${JSON.stringify(other)} exists; the two names differ in case only.` };
    if (folded.startsWith(`${name}/`)) return { problem: `${JSON.stringify(other)} is not a folder.` };
    if (name.startsWith(`${folded}/`)) return { problem: "This is a folder." };
  }
  return { text: undefined };
}

function scopeText({ paths, newFiles }: WriteScope): string {
  const shown = paths.slice(0, 20).map((path) => JSON.stringify(path));
  const more = paths.length > shown.length ? ` and ${paths.length - shown.length} more` : "";
  const patterns = newFiles.map(({ folder, prefix, suffix }) => JSON.stringify(`${folder}/${prefix}*${suffix}`));
  const create = patterns.length === 0 ? "" : ` You may create ${patterns.join(", ")}.`;
  return `You may write ${shown.length === 0 ? "no existing file" : shown.join(", ")}${more}.${create} Describe anything else that has to change in your report.`;
}

import type { RepoPath } from "./repo-path.ts";

/**
 * What one file becomes, as a whole, against the snapshot that the edits were made on. `text` is the entire new text with its
 * line ends and byte order mark as they are to be stored, always well-formed, to be encoded as UTF-8. `baseBlob` is the git id of
 * the version that is replaced or removed: whoever commits the edit can tell whether the file has changed since. The mode of a
 * modified file stays as it was (`executable` tells which); a created one is a plain file.
 */
export type FileEdit =
  | {
      readonly kind: "modify";
      readonly path: RepoPath;
      readonly baseBlob: string;
      readonly executable: boolean;
      readonly text: string;
    }
  | { readonly kind: "create"; readonly path: RepoPath; readonly text: string }
  | { readonly kind: "delete"; readonly path: RepoPath; readonly baseBlob: string };

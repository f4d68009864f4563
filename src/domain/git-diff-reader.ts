import { byteBuffer, type ByteBuffer } from "./byte-buffer.ts";
import type { ChangedFile, Hunk } from "./diff.ts";
import { parsePatch } from "./parse-diff.ts";
import { parseRawDiff, type RawChange } from "./parse-raw-diff.ts";

/** Above either, the hunks of a file are left out (`too-large`). The lines are GitHub's own limit for one file's diff. */
export type DiffLimits = { readonly fileLines: number; readonly fileBytes: number };
const DIFF_LIMITS: DiffLimits = { fileLines: 20_000, fileBytes: 1_000_000 };

/** Takes the output of `git diff-tree -r -z --raw -p` in pieces of any size and holds no more than one file's patch as bytes. */
export type GitDiffReader = {
  push(chunk: Uint8Array): void;
  /** The changed files, sorted by path. A binary that was only moved is not known to be one. @throws {Error} when the output was cut or is not what git prints. */
  end(): ChangedFile[];
};

type Patch = { hunks: Hunk[]; binary: boolean; additions: number; deletions: number; tooLarge: boolean };
type OpenPatch = { inHunks: boolean; binary: boolean; additions: number; deletions: number; lines: number };

const NUL = 0;
const LF = 10;
const COLON = 58;
const PLUS = 43;
const MINUS = 45;
const PATCH_START = new TextEncoder().encode("diff --git ");
const HUNK_START = new TextEncoder().encode("@@ ");
const BINARY = new TextEncoder().encode("Binary files ");

function startsWith(line: Uint8Array, prefix: Uint8Array): boolean {
  return line.length >= prefix.length && prefix.every((byte, index) => line[index] === byte);
}

function* linesOf(chunk: Uint8Array, pending: ByteBuffer): Generator<Uint8Array> {
  let from = 0;
  for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
    const rest = chunk.subarray(from, end + 1);
    if (pending.total === 0) {
      yield rest;
    } else {
      pending.append(rest);
      yield pending.bytes();
      pending.clear();
    }
    from = end + 1;
  }
  pending.append(chunk.subarray(from));
}

function patchReader(limits: DiffLimits): { line(line: Uint8Array): void; end(): Patch[] } {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const patches: Patch[] = [];
  const body = byteBuffer(limits.fileBytes);
  let open: OpenPatch | undefined;

  function close(): void {
    if (open === undefined) return;
    const { binary, additions, deletions, lines } = open;
    const tooLarge = lines > limits.fileLines || body.total > limits.fileBytes;
    patches.push({
      hunks: tooLarge ? [] : parsePatch(decoder.decode(body.bytes())),
      binary,
      additions,
      deletions,
      tooLarge,
    });
    body.clear();
    open = undefined;
  }

  return {
    line(line) {
      if (startsWith(line, PATCH_START)) {
        close();
        open = { inHunks: false, binary: false, additions: 0, deletions: 0, lines: 0 };
      }
      if (open === undefined) return;
      if (!open.inHunks && startsWith(line, BINARY)) open.binary = true;
      open.inHunks ||= startsWith(line, HUNK_START);
      if (!open.inHunks) return;
      open.lines += 1;
      if (line[0] === PLUS) open.additions += 1;
      if (line[0] === MINUS) open.deletions += 1;
      body.append(line);
    },
    end() {
      close();
      return patches;
    },
  };
}

function join({ patches: _patches, ...change }: RawChange, patches: readonly Patch[]): ChangedFile {
  const tooLarge = patches.some((patch) => patch.tooLarge);
  return {
    ...change,
    binary: patches.some((patch) => patch.binary),
    hunks: tooLarge ? [] : patches.flatMap(({ hunks }) => hunks),
    additions: patches.reduce((sum, { additions }) => sum + additions, 0),
    deletions: patches.reduce((sum, { deletions }) => sum + deletions, 0),
    ...(tooLarge ? { hunksOmitted: "too-large" as const } : {}),
  };
}

export function gitDiffReader(limits: DiffLimits = DIFF_LIMITS): GitDiffReader {
  const fields: Uint8Array[] = [];
  const field = byteBuffer(Number.POSITIVE_INFINITY);
  const pendingLine = byteBuffer(limits.fileBytes + 1);
  const patches = patchReader(limits);
  let inPatch = false;
  let total = 0;

  /** Takes NUL-terminated fields; an empty one stands between the records and the patch. Gives what is left of the chunk. */
  function takeFields(chunk: Uint8Array): Uint8Array {
    let from = 0;
    while (!inPatch) {
      const end = chunk.indexOf(NUL, from);
      field.append(chunk.subarray(from, end === -1 ? chunk.length : end));
      if (end === -1) return chunk.subarray(chunk.length);
      inPatch = field.total === 0;
      if (!inPatch) fields.push(field.bytes().slice());
      field.clear();
      from = end + 1;
    }
    return chunk.subarray(from);
  }

  return {
    push(chunk) {
      total += chunk.length;
      const rest = inPatch ? chunk : takeFields(chunk);
      if (inPatch) for (const line of linesOf(rest, pendingLine)) patches.line(line);
    },
    end() {
      if (total > 0 && fields[0]?.[0] !== COLON) throw new Error("git printed something else than a raw diff");
      if (pendingLine.total > 0) patches.line(pendingLine.bytes());
      const changes = parseRawDiff(fields);
      const blocks = patches.end();
      const expected = changes.reduce((sum, change) => sum + change.patches, 0);
      if (blocks.length !== expected) {
        throw new Error(`git announced ${expected} patches and printed ${blocks.length}`);
      }
      let next = 0;
      const files = changes.map((change) => {
        const own = blocks.slice(next, next + change.patches);
        next += change.patches;
        return join(change, own);
      });
      return files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    },
  };
}

import { closeSync, ftruncateSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { ConfigurationError, errorMessage } from "../../domain/errors.ts";
import { mapStrings } from "../../domain/map-strings.ts";
import type { RunStore } from "../../ports/run-store.ts";
import { transcriptLine } from "./transcript.ts";

const FINDINGS_FILE = "findings.json";
export const TRANSCRIPT_FILE = "transcript.jsonl";

export type RunFolderOptions = {
  readonly folder: string;
  /** Bytes of the transcript to go on behind; 0 begins a new one. */
  readonly keepBytes: number;
  /** Takes our own secrets out of the transcript. Nothing more: a replay needs the words that were said. */
  readonly mask: (text: string) => string;
  /** Makes the report's texts fit to be read by anybody. */
  readonly clean: (text: string) => string;
  /** Called once, when the folder cannot be written any more. */
  readonly onFailure: (problem: string) => void;
};

/**
 * A folder with `findings.json` and `transcript.jsonl`. Writes at once and in order: what was appended is with the operating system, so
 * that killing this process loses nothing (a power cut may).
 * @throws {ConfigurationError} the folder cannot be written to begin with.
 */
export function openRunFolder(options: RunFolderOptions): RunStore & Disposable {
  const { folder, mask, clean } = options;
  const file = openTranscript(options);
  let works = true;
  const attempt = (action: () => void): void => {
    if (!works) return;
    try {
      action();
    } catch (error) {
      works = false;
      options.onFailure(`The run can no longer be resumed from ${folder}: ${errorMessage(error)}`);
    }
  };
  return {
    append: (entry) =>
      attempt(() => {
        const line = Buffer.from(`${transcriptLine(entry, mask)}\n`);
        for (let at = 0; at < line.length;) at += writeSync(file, line, at);
      }),
    saveReport: (report) =>
      attempt(() =>
        replaceFile(join(folder, FINDINGS_FILE), `${JSON.stringify(mapStrings(report, clean), null, 2)}\n`),
      ),
    [Symbol.dispose]: () => closeSync(file),
  };
}

/** Gives the file this content in one step: a reader finds the old one or the new one, never a part. */
function replaceFile(path: string, content: string): void {
  const next = `${path}.next`;
  writeFileSync(next, content);
  renameSync(next, path);
}

function openTranscript({ folder, keepBytes }: RunFolderOptions): number {
  try {
    mkdirSync(folder, { recursive: true });
    // Opened for appending, so that a cut at `keepBytes` moves the end that is written to as well.
    const file = openSync(join(folder, TRANSCRIPT_FILE), "a");
    ftruncateSync(file, keepBytes);
    return file;
  } catch (error) {
    throw new ConfigurationError(`the output directory ${folder} cannot be written: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

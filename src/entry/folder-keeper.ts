import { existsSync } from "node:fs";
import { join } from "node:path";

import { openRunFolder, TRANSCRIPT_FILE } from "../adapters/journal/run-folder.ts";
import { readTranscript } from "../adapters/journal/transcript.ts";
import { ConfigurationError } from "../domain/errors.ts";
import { secretMasker } from "../domain/redact.ts";
import type { Journal } from "../ports/journal.ts";
import type { RunKeeper } from "../ports/run-store.ts";

/**
 * What to do with what an earlier attempt left: begin anew, go on when it is of this same run, or go on and nothing else. With
 * `resume-if-same` keeping is a courtesy: a place that cannot be written costs the checkpoint, not the run.
 */
export type Earlier = "ignore" | "resume-if-same" | "resume";

export type KeptFolder = {
  /** Where `findings.json` and `transcript.jsonl` go. */
  readonly folder: string;
  readonly secrets: readonly string[];
  readonly clean: (text: string) => string;
};

/** Keeps a run in a folder. */
export function folderKeeper({ folder, secrets, clean }: KeptFolder, earlier: Earlier, journal: Journal): RunKeeper {
  const file = join(folder, TRANSCRIPT_FILE);
  const onFailure = (message: string): void => journal.write({ kind: "degradation", message });
  let wholeBytes = 0;
  return {
    place: earlier === "resume" ? file : folder,
    async earlier() {
      if (earlier !== "resume" && !existsSync(file)) return [];
      const transcript = readTranscript(file);
      ({ wholeBytes } = transcript);
      return transcript.entries;
    },
    async open(goesOn) {
      const keepBytes = goesOn ? wholeBytes : 0;
      try {
        const store = openRunFolder({ folder, keepBytes, mask: secretMasker(secrets), clean, onFailure });
        return { ...store, [Symbol.asyncDispose]: async () => store[Symbol.dispose]() };
      } catch (error) {
        if (earlier !== "resume-if-same" || !(error instanceof ConfigurationError)) throw error;
        journal.write({ kind: "run-start", description: `the run is not kept: ${error.message}` });
        return undefined;
      }
    },
  };
}

import type { RateLedgers } from "../../flow/scheduler/rate-ledger.ts";
import type { Journal } from "../../ports/journal.ts";
import type { RunKeeper } from "../../ports/run-store.ts";
import type { SharedWork } from "../../ports/shared-work.ts";
import type { Host } from "../host.ts";
import type { AppLog } from "./app-log.ts";

export type AppHostParts = {
  readonly log: AppLog;
  readonly runId: string;
  readonly runUrl: string;
  readonly identity: number;
  readonly journal: Journal;
  readonly ledgers: RateLedgers;
  readonly keeper: RunKeeper;
  readonly sharedWork: SharedWork | undefined;
  readonly stopOthers: NonNullable<Host["stopOthers"]>;
  readonly wasDone: NonNullable<Host["wasDone"]>;
  /** Who the App is, where that takes the place of a key. */
  readonly identityToken: Host["identityToken"] | undefined;
  /** Whether this try only helps another process with its run. */
  readonly helps: boolean;
};

/** What a job of the App ended with, beside what it posted. */
export type AppHost = Host & {
  /** Why what it found did not reach the pull request; undefined when it did, or nothing was to be posted. */
  readonly undelivered: () => string | undefined;
};

/** Outputs that say where on GitHub what a job came to is. */
const ADDRESSES: ReadonlySet<string> = new Set(["review-url", "pull-request-url", "issue-url"]);

/**
 * The App as a host. What a workflow would print is about the code under review, or written by people, so the log gets only how much there
 * was of it: people read it on the pull request and on the run's page.
 */
export function appHost(parts: AppHostParts): AppHost {
  const { log, runId, journal, sharedWork, identityToken, ...rest } = parts;
  let undelivered: string | undefined;
  const say = (kind: string, text: string): void => log.info("run", { run: runId, kind, characters: text.length });
  return {
    info: (text) => say("info", text),
    warning(text) {
      say("warning", text);
      journal.write({ kind: "degradation", message: text });
    },
    fail(text, why) {
      say("fail", text);
      if (why === "undelivered") undelivered = text;
    },
    output(name, url) {
      if (ADDRESSES.has(name) && url !== "") journal.write({ kind: "published", url });
    },
    summary: async () => undefined,
    ...rest,
    journal,
    // Pages are for people with access of their own.
    isProgressPublic: false,
    words: {
      decider: "whoever runs the App",
      howToSet: "whoever runs the App sets ANTHROPIC_API_KEY there, or CLAUDE_PROVIDER",
      keptIn: () => `on the page of the run: ${rest.runUrl}`,
      wholeAt: (url) => `All findings are on [the page of the run](${url}).`,
    },
    ...(sharedWork === undefined ? {} : { sharedWork }),
    ...(identityToken === undefined ? {} : { identityToken }),
    undelivered: () => undelivered,
  };
}

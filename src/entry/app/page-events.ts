import type { Context } from "hono";
import { streamSSE } from "hono/streaming";

import type { Clock } from "../../ports/clock.ts";
import type { RunArchive } from "../../ports/run-archive.ts";
import type { Markup } from "../../render/app/markup.ts";

/** Longest silence: proxies end connections that say nothing for a minute. */
const SILENCE_MS = 25_000;
/** Shortest time between two renderings of one page. */
const PAUSE_MS = 500;
const MAX_STREAMS = 200;

export type PageEvents = {
  /**
   * Sends the page's content again whenever it differs.
   * @param runId when only changes of this run matter
   * @param render undefined: there is nothing more to see, for this viewer or at all
   */
  stream(
    context: Context,
    runId: string | undefined,
    render: (signal: AbortSignal) => Promise<Markup | undefined>,
  ): Response;
};

/** @param closing the server is about to end: open streams end with it, and browsers come back to whoever takes over. */
export function pageEvents(archive: RunArchive, clock: Clock, closing: AbortSignal): PageEvents {
  let open = 0;
  return {
    stream(context, runId, render) {
      if (open >= MAX_STREAMS) return context.text("Too many pages are open.\n", 503, { "retry-after": "30" });
      open += 1;
      return streamSSE(context, async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const signal = AbortSignal.any([gone.signal, closing]);
        let sent = "";
        try {
          let { version } = await archive.changes(0, 0, signal);
          let isChanged = true;
          while (!signal.aborted) {
            // Asked each time: a session ends, and so does what somebody may see.
            const content = await render(signal);
            if (content === undefined) return await stream.writeSSE({ event: "over", data: "" });
            const text = content.toString();
            if (isChanged && text !== sent) await stream.writeSSE({ event: "content", data: text });
            else await stream.write(": still here\n\n");
            sent = text;
            await clock.sleep(PAUSE_MS, signal);
            const changes = await archive.changes(version, SILENCE_MS, signal);
            version = changes.version;
            isChanged = runId === undefined ? changes.runIds.length > 0 : changes.runIds.includes(runId);
          }
        } catch (error) {
          // Who left, or what failed, ends the stream; the browser asks again by itself.
          if (!signal.aborted)
            await stream.writeSSE({ event: "problem", data: error instanceof Error ? error.name : "" });
        } finally {
          open -= 1;
        }
        return undefined;
      });
    },
  };
}

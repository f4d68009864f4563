import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";

import { ExternalError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { JobQueue } from "../../ports/job-queue.ts";
import type { RunArchive } from "../../ports/run-archive.ts";
import type { Markup } from "../../render/app/markup.ts";
import { messagePage } from "../../render/app/message-page.ts";
import { runTitle } from "../../render/app/words.ts";
import { answerMessage, answerPage, ASSETS, notAllowed, notFound, SIGN_IN, signInFirst } from "./page-answers.ts";
import { pageContents } from "./page-contents.ts";
import { pageEvents } from "./page-events.ts";
import { type Gate, mayAct, maySee, type Viewer } from "./page-gate.ts";
import { pageGuard } from "./page-guard.ts";
import { readDays, readRunsQuery, runsAddress } from "./page-query.ts";

export type PageParts = {
  readonly archive: RunArchive;
  readonly queue: JobQueue;
  /** `loopbackGate` or `loginGate`. */
  readonly access: Gate;
  readonly clock: Clock;
  /** `https://github.com` without a slash at the end. */
  readonly serverUrl: string;
  /** Aborted when this server is about to end: the open event streams end. */
  readonly closing: AbortSignal;
};

const MAX_FORM_BYTES = 16_384;
/** Every address below is guarded; those of others that live beside the pages are not ours to guard. */
const OWN_PATHS = [
  "/",
  "/runs/*",
  "/costs",
  "/dead-letters/*",
  "/events/*",
  "/login/*",
  "/logout",
  "/signed-out",
  "/assets/*",
];

type Shown = (context: Context, viewer: Viewer, signal: AbortSignal) => Response | Promise<Response>;
type Handler = (context: Context) => Promise<Response>;
type Render = (context: Context, viewer: Viewer, signal: AbortSignal) => Promise<Markup | undefined>;

/** The pages for people: runs, one run, transcripts, costs and dead letters. What somebody may not see is not there. */
export function pageRoutes({ archive, queue, access: gate, clock, serverUrl, closing }: PageParts): Hono {
  const app = new Hono();
  const contents = pageContents({ archive, queue, now: () => clock.now(), serverUrl });
  const events = pageEvents(archive, clock, closing);
  const guard = pageGuard(gate);
  for (const path of OWN_PATHS) app.use(path, guard, bodyLimit({ maxSize: MAX_FORM_BYTES }));

  /** Shows it to whoever is signed in. */
  const shown =
    (handler: Shown): Handler =>
    async (context) => {
      const viewer = await viewerOf(gate, context);
      if (viewer instanceof Response) return viewer;
      return viewer === undefined ? signInFirst(context) : handler(context, viewer, context.req.raw.signal);
    };
  /** Does it for whoever is signed in and sent our own form. */
  const done = (handler: Shown): Handler =>
    shown(async (context, viewer, signal) => {
      const { csrf } = await context.req.parseBody();
      if (csrf === viewer.csrf) return handler(context, viewer, signal);
      return answerMessage(viewer, 403, "This form is out of date", "Load the page again and repeat what you did.");
    });
  /** The content of a page again and again, for as long as the viewer is signed in. */
  const live = (render: Render, runId: (context: Context) => string | undefined = () => undefined): Handler =>
    shown((context) =>
      events.stream(context, runId(context), async (signal) => {
        const viewer = await gate.viewer(context);
        return viewer === undefined ? undefined : render(context, viewer, signal);
      }),
    );

  for (const { path, type, text } of Object.values(ASSETS)) {
    const headers = { "content-type": type, "cache-control": "public, max-age=31536000, immutable" };
    app.get(path, (context) => context.body(text, 200, headers));
  }
  if (gate.routes !== undefined) app.route("/", gate.routes);
  app.get("/", (context) => context.redirect("/runs"));
  app.get("/signed-out", (context) => {
    const isFailure = context.req.query("why") === "attempt";
    const text = isFailure ? "GitHub did not confirm who you are. Try again." : "You are signed out.";
    return answerPage(undefined, { title: "Signed out", content: messagePage("Signed out", text, SIGN_IN) });
  });

  app.get(
    "/runs",
    shown(async (context, viewer, signal) => {
      const query = readRunsQuery(context.req.query());
      if (typeof query === "string") return answerMessage(viewer, 400, "That cannot be shown", `${query}.`);
      const content = await contents.runs(query, viewer, signal);
      const at = runsAddress(query.shown, query.before);
      return answerPage(viewer, { title: "Runs", section: "runs", content, events: `/events${at}` });
    }),
  );
  app.get(
    "/events/runs",
    live(async (context, viewer, signal) => {
      const query = readRunsQuery(context.req.query());
      return typeof query === "string" ? undefined : contents.runs(query, viewer, signal);
    }),
  );

  app.get(
    "/runs/:id",
    shown(async (context, viewer, signal) => {
      const record = await contents.record(context.req.param("id") ?? "", viewer, signal);
      if (record === undefined) return notFound(viewer);
      const told = context.req.query("told");
      return answerPage(viewer, {
        title: runTitle(record.summary),
        section: "runs",
        content: contents.run(record, viewer, told),
        events: `/events/runs/${record.summary.id}${told === "stop" ? "?told=stop" : ""}`,
      });
    }),
  );
  app.get(
    "/events/runs/:id",
    live(
      async (context, viewer, signal) => {
        const record = await contents.record(context.req.param("id") ?? "", viewer, signal);
        return record === undefined ? undefined : contents.run(record, viewer, context.req.query("told"));
      },
      (context) => context.req.param("id"),
    ),
  );
  app.get(
    "/runs/:id/transcripts/:asker",
    shown(async (context, viewer, signal) => {
      const record = await contents.record(context.req.param("id") ?? "", viewer, signal);
      const asker = context.req.param("asker") ?? "";
      if (record === undefined || !record.askers.includes(asker)) return notFound(viewer);
      const content = await contents.transcript(record, asker, signal);
      return answerPage(viewer, { title: `${asker}, ${runTitle(record.summary)}`, section: "runs", content });
    }),
  );
  const acts = {
    stop: (id: string, { name }: Viewer, signal: AbortSignal): Promise<unknown> =>
      queue.stop({ id }, `stopped on the page by ${name}`, signal),
    retry: (id: string, _: Viewer, signal: AbortSignal): Promise<unknown> => queue.retry(id, signal),
  };
  for (const [verb, act] of Object.entries(acts)) {
    app.post(
      `/runs/:id/${verb}`,
      done(async (context, viewer, signal) => {
        const record = await contents.record(context.req.param("id") ?? "", viewer, signal);
        if (record === undefined) return notFound(viewer);
        const { id, repositoryId } = record.summary;
        if (!mayAct(viewer, repositoryId)) return notAllowed(viewer);
        await act(id, viewer, signal);
        return context.redirect(`/runs/${id}?told=${verb}`, 303);
      }),
    );
  }

  app.get(
    "/costs",
    shown(async (context, viewer, signal) => {
      const days = readDays(context.req.query("days"));
      if (typeof days === "string") return answerMessage(viewer, 400, "That cannot be shown", `${days}.`);
      const content = await contents.costs(days, viewer, signal);
      return answerPage(viewer, { title: "Costs", section: "costs", content });
    }),
  );

  app.get(
    "/dead-letters",
    shown(async (_, viewer, signal) => {
      const content = await contents.letters(viewer, signal);
      return answerPage(viewer, {
        title: "Dead letters",
        section: "dead-letters",
        content,
        events: "/events/dead-letters",
      });
    }),
  );
  app.get(
    "/events/dead-letters",
    live((_, viewer, signal) => contents.letters(viewer, signal)),
  );
  app.post(
    "/dead-letters/:id/replay",
    done(async (context, viewer, signal) => {
      const id = context.req.param("id");
      const letter = (await queue.deadLetters(signal)).find((each) => each.id === id);
      if (letter === undefined || !maySee(viewer, letter.job.repositoryId)) return notFound(viewer);
      if (!mayAct(viewer, letter.job.repositoryId)) return notAllowed(viewer);
      await queue.replay(letter.id, signal);
      return context.redirect("/dead-letters", 303);
    }),
  );
  // Whatever is not ours and of nobody beside us.
  app.get(
    "*",
    guard,
    shown((_, viewer) => notFound(viewer)),
  );
  return app;
}

/** Who is looking; an answer when that cannot be told now. */
async function viewerOf(gate: Gate, context: Context): Promise<Viewer | Response | undefined> {
  try {
    return await gate.viewer(context);
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    return answerMessage(undefined, 503, "GitHub does not answer", `${error.message}. Try again in a minute.`);
  }
}

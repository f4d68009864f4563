import { randomBytes, timingSafeEqual } from "node:crypto";

import { Hono } from "hono";

import { appManifest, convertManifest, type NewAppCredentials } from "../../adapters/github/app/manifest.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import { messagePage } from "../../render/app/message-page.ts";
import { setupPage } from "../../render/app/setup-page.ts";
import { isLoopback } from "./app-settings.ts";
import { answerMessage, answerPage, ASSETS } from "./page-answers.ts";

export type SetupParts = {
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** Where GitHub and people reach this server, without a slash at its end. */
  readonly publicUrl: string;
  /** Shown in the terminal only: who knows it may set this server up. */
  readonly key: string;
  /** Keeps what GitHub handed over. @throws {ConfigurationError} */
  readonly save: (app: NewAppCredentials) => void;
  /** Called once the App is there and the page that says so has been made. */
  readonly done: () => void;
};

/** Longest name GitHub gives to an App. */
const APP_NAME = /^[\w .-]{1,34}$/;
const ORGANISATION = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;

/**
 * The first run: a page with one button that has GitHub make an App with exactly what this program needs. Only who holds the key of this
 * process can begin, and what comes back has to belong to a beginning of ours: else a stranger could have us work for an App of theirs.
 */
export function setupRoutes(parts: SetupParts): Hono {
  const { apiUrl, serverUrl, publicUrl, key, save, done } = parts;
  const states = new Set<string>();
  const routes = new Hono();
  routes.use(async (context, next) => {
    await next();
    context.header("cache-control", "no-store");
    context.header("referrer-policy", "no-referrer");
    const policy = `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${new URL(serverUrl).origin}`;
    context.header("content-security-policy", `${policy}; frame-ancestors 'none'; base-uri 'none'`);
    context.header("x-content-type-options", "nosniff");
  });
  routes.get(ASSETS.style.path, (context) =>
    context.body(ASSETS.style.text, 200, { "content-type": ASSETS.style.type }),
  );
  const told = (status: 400 | 403 | 404 | 502, text: string): Response =>
    answerMessage(undefined, status, status === 403 || status === 404 ? "Not set up yet" : "Not set up", text);
  routes.notFound(() => told(404, "Open the address that the terminal shows."));
  routes.get("/", (context) => context.redirect(`/setup?${new URLSearchParams(context.req.query()).toString()}`));
  routes.get("/setup", (context) => {
    if (!isSame(context.req.query("key") ?? "", key)) {
      return told(403, "Open the address that the terminal shows.");
    }
    const organisation = context.req.query("organization") ?? "";
    const name = context.req.query("name") ?? "parallel-review";
    if (!APP_NAME.test(name) || (organisation !== "" && !ORGANISATION.test(organisation))) {
      return told(400, "That is no name of an App or organization.");
    }
    const state = randomBytes(24).toString("base64url");
    states.add(state);
    const owner = organisation === "" ? "" : `/organizations/${organisation}`;
    const action = `${serverUrl}${owner}/settings/apps/new?state=${state}`;
    const manifest = JSON.stringify(appManifest({ name, publicUrl }));
    const isUnreachable = isLoopback(publicUrl) && !isLoopback(serverUrl);
    const content = setupPage({ action, manifest, name, organisation, key, publicUrl, isUnreachable });
    return answerPage(undefined, { title: "Set up", content });
  });
  routes.get("/setup/done", async (context) => {
    const state = context.req.query("state") ?? "";
    const code = context.req.query("code") ?? "";
    if (!states.delete(state) || !/^[\w-]{1,100}$/.test(code)) {
      return told(400, "Start again from the address that the terminal shows.");
    }
    try {
      const app = await convertManifest(apiUrl, code, context.req.raw.signal);
      save(app);
      const text = "Its keys are kept on this machine. Now choose where it works.";
      const way = { href: `${app.url}/installations/new`, text: `Install ${app.slug}` };
      const answer = answerPage(undefined, {
        title: "The App is made",
        content: messagePage("The App is made", text, way),
      });
      done();
      return answer;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return told(502, `${error.message}.`);
    }
  });
  return routes;
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

import { randomBytes, timingSafeEqual } from "node:crypto";

import { Hono } from "hono";
import { html } from "hono/html";

import { appManifest, convertManifest, type NewAppCredentials } from "../../adapters/github/app/manifest.ts";
import { ConfigurationError } from "../../domain/errors.ts";

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
    const policy = `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${new URL(serverUrl).origin}`;
    context.header("content-security-policy", `${policy}; frame-ancestors 'none'; base-uri 'none'`);
  });
  routes.get("/", (context) => context.redirect(`/setup?${new URLSearchParams(context.req.query()).toString()}`));
  routes.get("/setup", (context) => {
    if (!isSame(context.req.query("key") ?? "", key)) {
      return context.html(page("Not set up yet", html`<p>Open the address that the terminal shows.</p>`), 403);
    }
    const organisation = context.req.query("organization") ?? "";
    const name = context.req.query("name") ?? "parallel-review";
    if (!APP_NAME.test(name) || (organisation !== "" && !ORGANISATION.test(organisation))) {
      return context.html(page("Not set up yet", html`<p>That is no name of an App or organization.</p>`), 400);
    }
    const state = randomBytes(24).toString("base64url");
    states.add(state);
    const owner = organisation === "" ? "" : `/organizations/${organisation}`;
    const action = `${serverUrl}${owner}/settings/apps/new?state=${state}`;
    return context.html(page("Set up", beginning({ action, name, organisation, key, publicUrl })));
  });
  routes.get("/setup/done", async (context) => {
    const state = context.req.query("state") ?? "";
    const code = context.req.query("code") ?? "";
    if (!states.delete(state) || !/^[\w-]{1,100}$/.test(code)) {
      return context.html(page("Not set up", html`<p>Start again from the address that the terminal shows.</p>`), 400);
    }
    try {
      const app = await convertManifest(apiUrl, code, context.req.raw.signal);
      save(app);
      const install = `${app.url}/installations/new`;
      const answer = context.html(
        page(
          "The App is made",
          html`<p>Its keys are kept on this machine. Now choose where it works:</p>
            <p><a class="button" href="${install}">Install ${app.slug}</a></p>`,
        ),
      );
      done();
      return await answer;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return context.html(page("Not set up", html`<p>${error.message}.</p>`), 502);
    }
  });
  return routes;
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

type Html = ReturnType<typeof html>;

function beginning(form: {
  readonly action: string;
  readonly name: string;
  readonly organisation: string;
  readonly key: string;
  readonly publicUrl: string;
}): Html {
  const manifest = JSON.stringify(appManifest(form));
  return html`<p>
      GitHub will make an App that may read code, post reviews and checks, and put a fix that was asked for on a branch
      of its own. Its webhooks come to <code>${form.publicUrl}</code>.
    </p>
    <form method="post" action="${form.action}">
      <input type="hidden" name="manifest" value="${manifest}" />
      <button>Make the App on GitHub${form.organisation === "" ? "" : ` for ${form.organisation}`}</button>
    </form>
    <form method="get" action="/setup">
      <input type="hidden" name="key" value="${form.key}" />
      <label>Its name <input name="name" value="${form.name}" maxlength="34" required /></label>
      <label>Organization (none: your own account) <input name="organization" value="${form.organisation}" /></label>
      <button class="quiet">Change</button>
    </form>`;
}

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}" +
  "button,.button{font:inherit;padding:.6rem 1rem;border:1px solid;border-radius:6px;background:#1f6feb;color:#fff;text-decoration:none}" +
  "button.quiet{background:none;color:inherit}label{display:block;margin:1rem 0}input:not([type=hidden]){font:inherit;display:block;width:100%}";

function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title} · parallel-review</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}

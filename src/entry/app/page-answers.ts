import { createHash } from "node:crypto";

import type { Context } from "hono";

import { LIVE_SCRIPT } from "../../render/app/live-script.ts";
import { messagePage } from "../../render/app/message-page.ts";
import { type PageContent, pageDocument } from "../../render/app/page-frame.ts";
import { STYLESHEET } from "../../render/app/style.ts";
import type { Viewer } from "./page-gate.ts";

/** The style sheet and the script, under addresses that change with them. */
export const ASSETS = {
  style: { path: `/assets/page-${digest(STYLESHEET)}.css`, type: "text/css; charset=utf-8", text: STYLESHEET },
  script: { path: `/assets/live-${digest(LIVE_SCRIPT)}.js`, type: "text/javascript; charset=utf-8", text: LIVE_SCRIPT },
};

export const SIGN_IN = { href: "/login", text: "Sign in with GitHub" };

type Failure = 400 | 401 | 403 | 404 | 502 | 503;

export function answerPage(viewer: Viewer | undefined, content: PageContent, status: 200 | Failure = 200): Response {
  const assets = { style: ASSETS.style.path, script: ASSETS.script.path };
  const html = pageDocument(content, { viewer, csrf: viewer?.csrf ?? "", assets });
  return new Response(html, { status, headers: { "content-type": "text/html; charset=utf-8" } });
}

export function answerMessage(viewer: Viewer | undefined, status: Failure, title: string, text: string): Response {
  return answerPage(viewer, { title, content: messagePage(title, text) }, status);
}

/** The same for what is not there and for what the viewer may not see. */
export function notFound(viewer: Viewer): Response {
  const text = "There is nothing at this address, or it is not for you to see.";
  return answerMessage(viewer, 404, "Not found", text);
}

export function notAllowed(viewer: Viewer): Response {
  const text = "Stopping and starting runs takes write access to their repository on GitHub.";
  return answerMessage(viewer, 403, "Not allowed", text);
}

/** Offers to sign in, and to come back here afterwards. */
export function signInFirst(context: Context): Response {
  const { pathname, search } = new URL(context.req.url);
  const to = context.req.method === "GET" ? `?to=${encodeURIComponent(`${pathname}${search}`)}` : "";
  const text = "You see the runs of the repositories that you can read on GitHub.";
  const way = { ...SIGN_IN, href: `${SIGN_IN.href}${to}` };
  return answerPage(undefined, { title: "Sign in", content: messagePage("Sign in", text, way) }, 401);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

import type { Context, MiddlewareHandler } from "hono";

import type { Gate } from "./page-gate.ts";

/** Nothing runs, is fetched or is framed but what this server wrote; no script and no style stands in a page itself. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // With `no-referrer` browsers would send `Origin: null` with our own forms.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** Refuses requests that came by a wrong name, and forms that came from another site's page; puts the security headers on the rest. */
export function pageGuard(gate: Gate): MiddlewareHandler {
  return async (context, next) => {
    const origin = gate.origin(context);
    if (origin === undefined) return context.text("This server is not known by that name.\n", 421, HEADERS);
    const isRead = context.req.method === "GET" || context.req.method === "HEAD";
    if (!isRead && !isFromOwnPage(context, origin)) {
      return context.text("This form was not sent from a page of this server.\n", 403, HEADERS);
    }
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
    if (!context.res.headers.has("cache-control")) context.res.headers.set("cache-control", "no-store");
    if (origin.startsWith("https:")) context.res.headers.set("strict-transport-security", "max-age=31536000");
    return undefined;
  };
}

/** Every browser of today says at least one of the two; what it says has to be right. */
function isFromOwnPage({ req }: Context, own: string): boolean {
  const [origin, site] = [req.header("origin"), req.header("sec-fetch-site")];
  if (origin === undefined && site === undefined) return false;
  return (origin ?? own) === own && (site ?? "same-origin") === "same-origin";
}

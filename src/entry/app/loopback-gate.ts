import { randomBytes } from "node:crypto";

import { ConfigurationError } from "../../domain/errors.ts";
import type { Gate, Viewer } from "./page-gate.ts";

const BINDS: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
/** A name that a stranger's page resolved to this machine is none of these (DNS rebinding). */
const HOSTS = /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?$/i;
/** What proxies and tunnels add to what they pass on. */
const BY_PROXY = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/** Whether a proxy says that it passed this request on. */
export function isByProxy(headers: Pick<Headers, "has">): boolean {
  return BY_PROXY.some((name) => headers.has(name));
}

/**
 * No sign-in: whoever is at this machine sees everything. Requests by any other name than the machine's own have no business here.
 * @param bind the address that the server listens on
 * @throws {ConfigurationError} others could reach it.
 */
export function loopbackGate(bind: string): Gate {
  if (!BINDS.has(bind)) {
    throw new ConfigurationError(
      `pages without sign-in are for this machine only: listen on 127.0.0.1 in place of ${bind}, or configure the sign-in (GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET)`,
    );
  }
  const viewer: Viewer = {
    name: "local, without sign-in",
    canLeave: false,
    repositories: "all",
    csrf: randomBytes(24).toString("base64url"),
  };
  return {
    origin(context) {
      // A proxy on this machine lets everybody look as if they were at it.
      if (isByProxy(context.req.raw.headers)) return undefined;
      const host = context.req.header("host") ?? "";
      return HOSTS.test(host) ? `http://${host.toLowerCase()}` : undefined;
    },
    viewer: async () => viewer,
  };
}

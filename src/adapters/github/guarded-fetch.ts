import { isAllowed } from "./allow-list.ts";
import type { Access } from "./allow-list.ts";

export type Fetch = typeof globalThis.fetch;

/** Whether octokit failed because the guard refused the request: a bug of ours, never GitHub's answer. */
export function isRefusedRequest(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.cause instanceof RangeError;
}

/** A renamed or moved repository answers with one redirect; more is a loop. */
const MAX_REDIRECTS = 2;

/**
 * The client's only way to the network. Refuses, before a socket is opened, whatever is not on the allow-list of `access`;
 * follows redirects only on the same host and only to allowed addresses; ends each exchange after `timeoutMs`, its body included.
 */
export function guardFetch(fetch: Fetch, baseUrl: string, access: Access, timeoutMs: number): Fetch {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/$/, "").replace(/\/v3$/, "");
  const check = (url: URL, method: string, body: unknown): void => {
    const path = url.pathname.slice(prefix.length).replace(/^\/v3(?=\/)/, "");
    const inside = url.origin === base.origin && url.pathname.startsWith(prefix);
    if (!inside || !isAllowed(access, method, path, body)) {
      throw new RangeError(`${method} ${url.pathname} is not a request this program may send to GitHub`);
    }
  };
  return async (input, init = {}) => {
    let url = new URL(input instanceof Request ? input.url : input);
    const method = (init.method ?? "GET").toUpperCase();
    const body: unknown = typeof init.body === "string" && init.body !== "" ? JSON.parse(init.body) : undefined;
    const signals = [AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])];
    for (let hops = 0; ; hops += 1) {
      check(url, method, body);
      const response = await fetch(url.href, { ...init, redirect: "manual", signal: AbortSignal.any(signals) });
      const location = response.headers.get("location");
      if (!isRedirect(response.status, method) || location === null || hops === MAX_REDIRECTS) return response;
      await response.body?.cancel();
      url = new URL(location, url);
    }
  };
}

/** 301 and 302 may be answered to a write only by 307 and 308, which promise that nothing was done yet. */
function isRedirect(status: number, method: string): boolean {
  return status === 307 || status === 308 || (method === "GET" && (status === 301 || status === 302));
}

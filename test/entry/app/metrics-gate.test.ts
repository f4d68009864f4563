import { describe, expect, it } from "vitest";

import { listen } from "../../../src/entry/app/listen.ts";
import { metricsGate } from "../../../src/entry/app/metrics-gate.ts";
import { serverRoutes } from "../../../src/entry/app/server-routes.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

type Way = { readonly token?: string; readonly isBehindProxy?: boolean; readonly headers?: Record<string, string> };

/** What a request from this machine is answered, and what those for the load balancer are. */
async function answers({ token, isBehindProxy = false, headers = {} }: Way): Promise<readonly number[]> {
  const metrics = metricsGate({ token, isBehindProxy, metrics: async () => new Response("jobs 1\n") });
  const routes = serverRoutes({
    webhooks: undefined,
    metrics,
    ready: async () => undefined,
    draining: new AbortController().signal,
  });
  await using server = await listen((request, caller) => routes.fetch(request, caller), { host: "127.0.0.1", port: 0 });
  const all = ["/metrics", "/healthz", "/readyz"].map((path) => fetch(`${server.url}${path}`, { headers }));
  return (await Promise.all(all)).map(({ status }) => status);
}

describe("/metrics", () => {
  it.each([
    ["this machine", {}, 200],
    ["a proxy that says so", { headers: { "x-forwarded-for": "203.0.113.7" } }, 403],
    ["where there is a proxy that need not say so", { isBehindProxy: true }, 403],
    ["whoever shows no token", { token: TOKEN }, 401],
    ["whoever shows another one", { token: TOKEN, headers: { authorization: `Bearer ${TOKEN.slice(1)}0` } }, 401],
    ["whoever shows the token", { token: TOKEN, headers: { authorization: `Bearer ${TOKEN}` } }, 200],
    [
      "whoever shows the token through a proxy",
      { token: TOKEN, isBehindProxy: true, headers: { authorization: `Bearer ${TOKEN}`, via: "1.1 proxy" } },
      200,
    ],
  ])("answers %s (%o) with %i; alive and ready are for everybody", async (_, way: Way, status) => {
    expect(await answers(way)).toEqual([status, 200, 200]);
  });

  it("answers nobody else, whatever they say of themselves", async () => {
    const gate = metricsGate({ token: undefined, isBehindProxy: false, metrics: async () => new Response("") });
    const asked = async (peer: string | undefined): Promise<number> =>
      (await gate(new Request("http://127.0.0.1/metrics"), peer)).status;

    expect(
      await Promise.all(["203.0.113.7", "::ffff:203.0.113.7", "127.0.0.1.evil", "", undefined].map(asked)),
    ).toEqual(Array.from({ length: 5 }, () => 403));
    expect(await Promise.all(["127.0.0.1", "::1", "::ffff:127.0.0.1"].map(asked))).toEqual([200, 200, 200]);
  });
});

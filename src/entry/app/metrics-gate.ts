import { timingSafeEqual } from "node:crypto";

import { isByProxy } from "./loopback-gate.ts";

export type MetricsGateParts = {
  /** Whoever shows it may look. Undefined: whoever is at this machine. */
  readonly token: string | undefined;
  /** Whether a proxy passes requests on to this server: then everybody comes from this machine. */
  readonly isBehindProxy: boolean;
  readonly metrics: () => Promise<Response>;
};

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/** How much goes on is not for everybody. `peer` is the address that the connection comes from. */
export function metricsGate({
  token,
  isBehindProxy,
  metrics,
}: MetricsGateParts): (request: Request, peer: string | undefined) => Promise<Response> {
  return async (request, peer) => {
    if (token !== undefined) {
      if (isSame(request.headers.get("authorization") ?? "", `Bearer ${token}`)) return metrics();
      return refuse(401, "show METRICS_TOKEN as a bearer token", { "www-authenticate": "Bearer" });
    }
    const isHere = !isBehindProxy && LOOPBACK.test(peer ?? "") && !isByProxy(request.headers);
    return isHere ? metrics() : refuse(403, "metrics are for this machine only, unless METRICS_TOKEN is set");
  };
}

function refuse(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { ...headers, "cache-control": "no-store" } });
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

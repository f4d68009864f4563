import { Hono } from "hono";

import type { Caller } from "./listen.ts";

/** What this process answers machines: webhooks, and whether it is alive and well. */
export type ServerParts = {
  /** Undefined in a process that takes no webhooks. */
  readonly webhooks: ((request: Request) => Promise<Response>) | undefined;
  readonly metrics: (request: Request, peer: string | undefined) => Promise<Response>;
  /** Rejects when what it needs to work cannot be reached. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** Aborted once this process is to end: then no new traffic is wanted. */
  readonly draining: AbortSignal;
};

export const WEBHOOK_PATH = "/api/github/webhooks";
const READY_MS = 2_000;

export function serverRoutes({ webhooks, metrics, ready, draining }: ServerParts): Hono<{ Bindings: Partial<Caller> }> {
  const routes = new Hono<{ Bindings: Partial<Caller> }>();
  routes.get("/healthz", (context) => context.json({ status: "alive" }));
  routes.get("/readyz", async (context) => {
    if (draining.aborted) return context.json({ status: "draining" }, 503);
    try {
      await ready(AbortSignal.timeout(READY_MS));
      return context.json({ status: "ready" });
    } catch {
      return context.json({ status: "the queue cannot be reached" }, 503);
    }
  });
  routes.get("/metrics", (context) => metrics(context.req.raw, context.env.peer));
  if (webhooks !== undefined) routes.all(WEBHOOK_PATH, (context) => webhooks(context.req.raw));
  return routes;
}

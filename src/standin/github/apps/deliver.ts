import { createHmac, randomUUID } from "node:crypto";

import { installationJson } from "../json/app-json.ts";
import { nodeId, userJson } from "../json/user-json.ts";
import type { StandinRepository, StandinUser } from "../model.ts";
import { now, type World } from "../world.ts";
import type { StandinApp, StandinDelivery, StandinInstallation } from "./model-app.ts";
import { covers, repositoriesOf } from "./reach.ts";

/** What happened, before each App's own parts are added. */
export interface AppEvent {
  readonly name: string;
  readonly action: string | undefined;
  readonly repository: StandinRepository;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Slug of the only App that hears of it, as with check runs; every subscriber if undefined. */
  readonly only?: string | undefined;
}

/** Documented: an answer has to come within ten seconds. */
const TIMEOUT_MS = 10_000;

/** Hands an event to every App that subscribes to it and is installed on the repository. */
export function deliverEvent(world: World, event: AppEvent): void {
  for (const app of world.apps.values()) {
    if (event.only !== undefined && event.only !== app.slug) continue;
    for (const installation of app.installations.values()) {
      if (installation.suspended || !covers(installation, event.repository)) continue;
      if (!installation.events.includes(event.name)) continue;
      const payload = {
        ...event.payload,
        installation: { id: installation.id, node_id: nodeId("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u", installation.id) },
      };
      send(world, app, {
        event: event.name,
        action: event.action ?? null,
        installationId: installation.id,
        repositoryId: event.repository.id,
        payload,
      });
    }
  }
}

/** Every App hears of its installations, subscribed or not. */
export function announceInstallation(
  world: World,
  app: StandinApp,
  installation: StandinInstallation,
  action: "created" | "deleted",
): void {
  const sender: StandinUser = installation.account;
  const repositories = repositoriesOf(world, installation).map((repository) => ({
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: repository.fullName,
    private: repository.private,
  }));
  send(world, app, {
    event: "installation",
    action,
    installationId: installation.id,
    repositoryId: null,
    payload: {
      action,
      installation: installationJson(world, app, installation),
      repositories,
      requester: null,
      sender: userJson(world, sender),
    },
  });
}

/** What a new App's hook is sent. */
export function ping(world: World, app: StandinApp): void {
  const { url } = app.hook;
  const config = { url, content_type: "json", secret: "********", insecure_ssl: "0" };
  const hook = { type: "App", id: app.id, name: "web", active: true, events: app.events, app_id: app.id, config };
  send(world, app, {
    event: "ping",
    action: null,
    installationId: null,
    repositoryId: null,
    payload: { zen: "Keep it logically awesome.", hook_id: app.id, hook },
  });
}

/** Sends a delivery of the log again, under its guid. */
export function redeliver(world: World, app: StandinApp, delivery: StandinDelivery): void {
  send(world, app, delivery, delivery.guid);
}

type Message = Pick<StandinDelivery, "event" | "action" | "installationId" | "repositoryId" | "payload">;

function send(world: World, app: StandinApp, message: Message, again?: string): void {
  if (!app.hook.active) return;
  const guid = again ?? randomUUID();
  const body = JSON.stringify(message.payload);
  const sign = (algorithm: "sha1" | "sha256"): string =>
    `${algorithm}=${createHmac(algorithm, app.hook.secret).update(body).digest("hex")}`;
  const delivery: StandinDelivery = {
    ...message,
    id: world.nextId(),
    guid,
    deliveredAt: now(world),
    redelivery: again !== undefined,
    url: app.hook.url,
    requestHeaders: {
      Accept: "*/*",
      "Content-Type": "application/json",
      "User-Agent": "GitHub-Hookshot/standin",
      "X-GitHub-Delivery": guid,
      "X-GitHub-Event": message.event,
      "X-GitHub-Hook-ID": String(app.id),
      "X-GitHub-Hook-Installation-Target-ID": String(app.id),
      "X-GitHub-Hook-Installation-Target-Type": "integration",
      "X-Hub-Signature": sign("sha1"),
      "X-Hub-Signature-256": sign("sha256"),
    },
    durationSeconds: 0,
    statusCode: 0,
    status: "",
    responseHeaders: {},
    responseBody: "",
  };
  app.deliveries.push(delivery);
  const done = post(world, delivery, body).finally(() => world.deliveries.delete(done));
  world.deliveries.add(done);
}

async function post(world: World, delivery: StandinDelivery, body: string): Promise<void> {
  const started = performance.now();
  try {
    const response = await fetch(delivery.url, {
      method: "POST",
      headers: delivery.requestHeaders,
      body,
      redirect: "manual",
      signal: AbortSignal.any([world.git.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    delivery.responseBody = await response.text();
    delivery.responseHeaders = Object.fromEntries(response.headers);
    delivery.statusCode = response.status;
    delivery.status = response.ok ? "OK" : response.statusText;
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    delivery.status = timedOut ? "timed out" : "failed to connect to host";
    delivery.statusCode = timedOut ? 504 : 502;
  }
  delivery.durationSeconds = (performance.now() - started) / 1000;
}

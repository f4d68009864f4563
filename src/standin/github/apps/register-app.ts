import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";

import { findRepository, now, user, type World } from "../world.ts";
import { announceInstallation, ping } from "./deliver.ts";
import type { AppPermissions, StandinApp, StandinInstallation } from "./model-app.ts";

export interface NewApp {
  readonly name: string;
  /** Login of whose App it is. */
  readonly owner: string;
  readonly permissions: AppPermissions;
  readonly events: readonly string[];
  /** Where its webhooks go; none are sent without. */
  readonly hookUrl?: string;
  /** A made-up one if not given. */
  readonly webhookSecret?: string;
  readonly callbackUrls?: readonly string[];
}

export interface NewInstallation {
  /** Login of the account it is installed on. */
  readonly account: string;
  /** `owner/name`; every repository of the account if not given. */
  readonly repositories?: readonly string[];
}

export function registerApp(world: World, wanted: NewApp): StandinApp {
  const slug = wanted.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  if (slug === "" || world.apps.has(slug)) throw new Error(`there is an App named ${wanted.name} already`);
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const id = world.nextId();
  const app: StandinApp = {
    id,
    slug,
    name: wanted.name,
    owner: user(world, wanted.owner),
    bot: user(world, `${slug}[bot]`),
    clientId: `Iv23li${randomBytes(7).toString("hex")}`,
    clientSecret: randomBytes(20).toString("hex"),
    privateKey,
    publicKey: createPublicKey(privateKey),
    permissions: { metadata: "read", ...wanted.permissions },
    events: wanted.events,
    hook: {
      url: wanted.hookUrl ?? "",
      secret: wanted.webhookSecret ?? randomBytes(20).toString("hex"),
      active: wanted.hookUrl !== undefined,
    },
    callbackUrls: wanted.callbackUrls ?? [],
    installations: new Map(),
    deliveries: [],
    createdAt: now(world),
  };
  world.apps.set(slug, app);
  ping(world, app);
  return app;
}

export function installApp(world: World, app: StandinApp, wanted: NewInstallation): StandinInstallation {
  for (const name of wanted.repositories ?? []) {
    const [owner = "", repository = ""] = name.split("/");
    if (findRepository(world, owner, repository) === undefined) throw new Error(`there is no repository ${name}`);
  }
  const installation: StandinInstallation = {
    id: world.nextId(),
    account: user(world, wanted.account),
    repositories: wanted.repositories?.map((name) => name.toLowerCase()),
    permissions: app.permissions,
    events: app.events,
    createdAt: now(world),
    suspended: false,
  };
  app.installations.set(installation.id, installation);
  announceInstallation(world, app, installation, "created");
  return installation;
}

export function uninstallApp(world: World, app: StandinApp, installation: StandinInstallation): void {
  app.installations.delete(installation.id);
  for (const token of world.tokens.values()) if (token.installation === installation.id) token.revoked = true;
  announceInstallation(world, app, installation, "deleted");
}

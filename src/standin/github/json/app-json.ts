import type { StandinApp, StandinDelivery, StandinInstallation } from "../apps/model-app.ts";
import type { StandinUser } from "../model.ts";
import type { World } from "../world.ts";
import { nodeId, userJson } from "./user-json.ts";

/** The App behind a bot token, as in check runs. Actions and made-up bots are Apps that nobody registered here. */
export function appJson(world: World, slug: string, bot: StandinUser): Record<string, unknown> {
  const app = world.apps.get(slug);
  return app === undefined ? unregisteredJson(world, slug, bot) : registeredJson(world, app);
}

function registeredJson(world: World, app: StandinApp): Record<string, unknown> {
  return {
    id: app.id,
    slug: app.slug,
    client_id: app.clientId,
    node_id: nodeId("A", app.id),
    owner: userJson(world, app.owner),
    name: app.name,
    description: "",
    external_url: `${world.origin}/apps/${app.slug}`,
    html_url: `${world.origin}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: app.events,
    installations_count: app.installations.size,
  };
}

function unregisteredJson(world: World, slug: string, owner: StandinUser): Record<string, unknown> {
  return {
    id: slug === "github-actions" ? 15_368 : 1_000_000 + slug.length,
    slug,
    client_id: `Iv1.${slug}`,
    node_id: nodeId("A", slug.length),
    owner: userJson(world, owner),
    name: slug === "github-actions" ? "GitHub Actions" : slug,
    description: "",
    external_url: `${world.origin}/apps/${slug}`,
    html_url: `${world.origin}/apps/${slug}`,
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
    permissions: { metadata: "read" },
    events: [],
  };
}

export function installationJson(
  world: World,
  app: StandinApp,
  installation: StandinInstallation,
): Record<string, unknown> {
  const { id, account } = installation;
  return {
    id,
    account: userJson(world, account),
    repository_selection: installation.repositories === undefined ? "all" : "selected",
    access_tokens_url: `${world.origin}/app/installations/${String(id)}/access_tokens`,
    repositories_url: `${world.origin}/installation/repositories`,
    html_url: `${world.origin}/settings/installations/${String(id)}`,
    app_id: app.id,
    client_id: app.clientId,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspended ? userJson(world, account) : null,
    suspended_at: installation.suspended ? installation.createdAt : null,
  };
}

/** An entry of the list of deliveries. */
export function deliveryItemJson(delivery: StandinDelivery): Record<string, unknown> {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** One delivery with what was sent and answered. */
export function deliveryJson(delivery: StandinDelivery): Record<string, unknown> {
  return {
    ...deliveryItemJson(delivery),
    url: delivery.url,
    request: { headers: delivery.requestHeaders, payload: delivery.payload },
    response: { headers: delivery.responseHeaders, payload: delivery.responseBody },
  };
}
